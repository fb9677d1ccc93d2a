"""mediad as the SIP system of the lab: phones register with it, no proxy in between."""

import os

from .media import MediaDaemon
from .network import BUILD


class SipDaemon(MediaDaemon):
    def __init__(self, host, folder, transports=("udp", "tcp"), arguments=()):
        self.server = f"{host.ip}:5060"
        listen = [f"--listen-sip={transport}:{host.ip}:5060" for transport in transports]
        super().__init__(host, folder, f"{BUILD}/mediad/mediad --config-file=none --interface={{ip}}"
                         " --listen-ng=127.0.0.1:2223 --listen-http=127.0.0.1:9901 --admin-socket={folder}/admin.sock"
                         f" --sip-database={{folder}}/sip.db --log-level=6", [*listen, *arguments])

    def ask(self, *words):
        """A mediactl command that must succeed."""
        done = self.host.run(f"{BUILD}/mediad/mediactl", "--socket", self.admin, *words, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"mediactl {' '.join(words)}: {done.stderr}")
        return done.stdout

    def add_user(self, name, password, *options):
        self.ask("user", "add", name, "--password", password, *options)

    def ports_used(self):
        metrics = self.host.run("curl", "-s", "http://127.0.0.1:9901/metrics").stdout
        return sum(int(line.rsplit(" ", 1)[1]) for line in metrics.splitlines() if line.startswith("mediad_ports_used{"))

    def figure(self, name):
        metrics = self.host.run("curl", "-s", "http://127.0.0.1:9901/metrics").stdout
        return next((int(line.split()[1]) for line in metrics.splitlines() if line.startswith(f"mediad_sip_{name} ")), None)

    def last_ladder(self):
        """Of the call that was begun last."""
        started = [line for line in self.process.text().splitlines() if "sip call id=" in line]
        if not started:
            return ""
        return self.ask("trace", started[-1].split("sip call id=")[1].split()[0])
