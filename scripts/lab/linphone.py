"""A headless linphonec phone, the one packaged client that speaks G.729. It is told what to do on its standard input."""

import os
import re
import subprocess
import time

from .process import Process

_CONFIG = """\
[sip]
auto_net_state_mon=0
sip_port={sip_port}
sip_tcp_port=0
sip_tls_port=0
contact="{user}" <sip:{user}@{ip}>
default_proxy=-1
use_info=0
use_rfc2833=1
guess_hostname=0
register_only_when_network_is_up=0
media_encryption=none
inc_timeout=60
use_ipv6=0
bind_address={ip}
[rtp]
audio_rtp_port={rtp_port}
audio_jitt_comp=60
audio_adaptive_jitt_comp_enabled=1
symmetric=1
[sound]
echocancellation=0
use_files_instead_of_sound_cards=1
[net]
firewall_policy=0
mtu=1300
[video]
enabled=0
capture=0
display=0
"""

_RATES = {"opus": 48000, "G722": 16000}


class Linphone:
    def __init__(self, host, folder, user, password, server, codec, wav, seconds, answer=False, sip_port=5071,
                 rtp_port=22000):
        home = os.path.join(folder, "home")
        # linphonec opens its ports only if these folders exist
        os.makedirs(os.path.join(home, ".local/share/linphone"), exist_ok=True)
        os.makedirs(os.path.join(home, ".config/linphone"), exist_ok=True)
        self.host, self.folder, self.user, self.codec = host, folder, user, codec
        self.rate = _RATES.get(codec, 8000)
        self.said = os.path.join(folder, "said.wav")
        self.heard = os.path.join(folder, "heard.wav")
        subprocess.run(["sox", wav, "-r", str(self.rate), "-c", "1", "-b", "16", self.said, "pad", "0.5",
                        str(seconds)], check=True)
        rc = os.path.join(folder, "linphonerc")
        with open(rc, "w") as file:
            file.write(_CONFIG.format(user=user, ip=host.ip, sip_port=sip_port, rtp_port=rtp_port))
        command = ["linphonec", "-c", rc] + (["-a"] if answer else [])
        self.process = Process(host.command("env", f"HOME={home}", *command), os.path.join(folder, "log"),
                               stdin=subprocess.PIPE)
        self.process.wait_for("Ready", 5)
        time.sleep(0.5)
        self.tell("codec disable all", "codec list")
        time.sleep(0.4)
        number = re.search(rf"^ *(\d+): *{codec} \(", self.process.text(), re.MULTILINE | re.IGNORECASE)
        if not number:
            raise RuntimeError(f"linphonec knows no codec {codec}; see {self.process.log}")
        self.tell(f"codec enable {number.group(1)}", "soundcard use files", f"play {self.said}",
                  f"record {self.heard}", f"register sip:{user}@{server.rsplit(':', 1)[0]} sip:{server} {password}")

    def tell(self, *lines):
        for line in lines:
            self.process.stdin.write((line + "\n").encode())
            self.process.stdin.flush()
            time.sleep(0.15)

    def registered(self, seconds=10):
        for _ in range(int(seconds / 0.5)):
            self.tell("status register")
            if self.process.wait_for("registered, identity=", 0.35):
                return True
        return False

    def dial(self, uri):
        self.tell(f"call {uri}")

    def established(self, seconds=10):
        return self.process.wait_for("Media streams established", seconds)

    def hang_up(self):
        self.tell("terminate")

    def close(self):
        if self.process.alive():
            try:
                self.tell("quit")
                self.process.wait(3)
            except (subprocess.SubprocessError, OSError):
                pass
        self.process.stop()
