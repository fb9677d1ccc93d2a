"""A headless baresip 1.0 phone: plays a wav, records what it hears, is told what to do over ctrl_tcp."""

import glob
import os
import re
import shutil
import subprocess

from .process import Process

_CONFIG = """\
poll_method epoll
sip_listen {ip}:{sip_port}
call_local_timeout 60
call_max_calls 8
audio_player aubridge,sink
audio_source aufile,{source}
audio_alert aubridge,alert
ausrc_srate {rate}
auplay_srate {rate}
ausrc_channels 1
auplay_channels 1
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
audio_buffer 20-160
audio_level no
net_interface {interface}
rtp_tos 184
rtp_ports {rtp_ports}
rtcp_mux no
jitter_buffer_delay 2-10
rtp_stats yes
module_path /usr/lib/baresip/modules
module g711.so
module opus.so
module g722.so
module aufile.so
module aubridge.so
module sndfile.so
snd_path {folder}
module srtp.so
module stun.so
module ice.so
module_tmp uuid.so
module_tmp account.so
module_app contact.so
module_app menu.so
module ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control_port}
opus_bitrate 24000
opus_stereo no
opus_sprop_stereo no
"""

# name in audio_codecs, rate of its sound files
_CODECS = {"PCMU": ("PCMU/8000/1", 8000), "PCMA": ("PCMA/8000/1", 8000),
           "opus": ("opus/48000/1", 48000), "G722": ("G722/16000/1", 16000)}

# ctrl_tcp speaks JSON in netstrings and serves one connection at a time, inside the phone's namespace.
_CONTROL = r"""
import json, socket, sys, time
request = json.dumps({"command": sys.argv[2], "params": " ".join(sys.argv[3:]), "token": "t"}).encode()
for attempt in range(100):
    try:
        sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
        break
    except OSError:
        time.sleep(0.05)
else:
    sys.exit("no ctrl_tcp")
sock.sendall(b"%d:%s," % (len(request), request))
buffer = b""
while True:
    chunk = sock.recv(65536)
    if not chunk:
        sys.exit("closed")
    buffer += chunk
    while b":" in buffer:
        colon = buffer.index(b":")
        size = int(buffer[:colon])
        if len(buffer) < colon + size + 2:
            break
        message = json.loads(buffer[colon + 1:colon + 1 + size])
        buffer = buffer[colon + size + 2:]
        if message.get("response"):
            print(message.get("data", ""))
            sys.exit(0 if message.get("ok") else 1)
"""


class Baresip:
    def __init__(self, host, folder, user, password, server, codec, wav, seconds, answer=False, extra="",
                 sip_port=5070, control_port=4470, rtp_ports="20000-20100", interface=None):
        os.makedirs(folder, exist_ok=True)
        self.host, self.folder, self.user, self.codec = host, folder, user, codec
        self._control_port = control_port
        name, self.rate = _CODECS[codec]
        self.said = os.path.join(folder, "said.wav")
        self.heard = os.path.join(folder, "heard.wav")
        # baresip hangs up when its source ends: silence follows the speech.
        subprocess.run(["sox", wav, "-r", str(self.rate), "-c", "1", "-b", "16", self.said, "pad", "0.5",
                        str(seconds + 30)], check=True)
        ip = host.ip
        with open(os.path.join(folder, "config"), "w") as file:
            file.write(_CONFIG.format(ip=f"[{ip}]" if ":" in ip else ip, sip_port=sip_port, source=self.said,
                                      rate=self.rate, rtp_ports=rtp_ports, folder=folder,
                                      control_port=control_port, interface=interface or "eth0"))
        mode = "auto" if answer else "manual"
        domain = server.rsplit(":", 1)[0]
        with open(os.path.join(folder, "accounts"), "w") as file:
            file.write(f'<sip:{user}@{domain}>;auth_user={user};auth_pass={password};outbound="sip:{server}"'
                       f";regint=60;answermode={mode};audio_codecs={name}{extra}\n")
        open(os.path.join(folder, "contacts"), "w").close()
        self.process = Process(host.command("baresip", "-f", folder), os.path.join(folder, "log"))

    def tell(self, command, *parameters):
        done = subprocess.run(self.host.command("python3", "-c", _CONTROL, str(self._control_port), command,
                                                *parameters), capture_output=True, text=True, timeout=20)
        return done.stdout

    def registered(self, seconds=10):
        return self.process.wait_for("200 OK", seconds)

    def dial(self, uri):
        self.tell("dial", uri)

    def established(self, seconds=10):
        return self.process.wait_for("Call established", seconds)

    def hang_up(self):
        self.tell("hangup")

    def digits(self):
        """Events heard (RFC 4733), in order."""
        log = re.sub(r"\x1b\[[0-9;]*m", "", self.process.text())
        found = re.findall(r"received event: '(.)' \(end=(\d)\)", log)
        digits, last_end = "", False
        for digit, end in found:
            if end == "1" and not last_end:
                digits += digit
            last_end = end == "1"
        return digits

    def close(self):
        if self.process.alive():
            try:
                self.tell("quit")
                self.process.wait(3)
            except (subprocess.SubprocessError, OSError):
                pass
        self.process.stop()
        recordings = sorted(glob.glob(os.path.join(self.folder, "dump-*-dec.wav")))
        if recordings:
            shutil.move(recordings[-1], self.heard)
        for leftover in glob.glob(os.path.join(self.folder, "dump-*-enc.wav")):
            os.remove(leftover)
