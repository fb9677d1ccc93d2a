"""mediad as the SIP system of the lab: phones register with it, no proxy in between."""

import os
import subprocess

from .media import MediaDaemon, read_metrics
from .network import BUILD


def make_certificate(ip, folder):
    """A self-signed one for this address; returns the files of it and of its key."""
    certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", f"/CN={ip}", "-addext",
                    f"subjectAltName=IP:{ip}"], check=True, capture_output=True)
    return certificate, key


class SipDaemon(MediaDaemon):
    """Serves SIP over UDP and TCP on port 5060, and over TLS on 5061 with a certificate that it makes itself."""

    def __init__(self, host, folder, arguments=()):
        os.makedirs(folder, exist_ok=True)
        self.server = f"{host.ip}:5060"
        self.tls_server = f"{host.ip}:5061;transport=tls"
        certificate, key = make_certificate(host.ip, folder)
        listen = [f"--listen-sip=udp:{host.ip}:5060", f"--listen-sip=tcp:{host.ip}:5060",
                  f"--listen-sip=tls:{host.ip}:5061", f"--sip-certificate={certificate}", f"--sip-key={key}"]
        super().__init__(host, folder, arguments=[f"--sip-database={folder}/sip.db", *listen, *arguments])

    def ask(self, *words):
        """A mediactl command that must succeed."""
        done = self.host.run(f"{BUILD}/mediad/mediactl", "--socket", self.admin, *words, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"mediactl {' '.join(words)}: {done.stderr}")
        return done.stdout

    def add_user(self, name, password, *options):
        self.ask("user", "add", name, "--password", password, *options)

    def ports_used(self):
        return sum(int(value) for name, value in read_metrics(self.host).items() if name.startswith("mediad_ports_used{"))

    def figure(self, name):
        return int(read_metrics(self.host)[f"mediad_sip_{name}"])

    def last_ladder(self):
        """Of the call that was begun last."""
        started = [line for line in self.process.text().splitlines() if "sip call id=" in line]
        if not started:
            return ""
        return self.ask("trace", started[-1].split("sip call id=")[1].split()[0])
