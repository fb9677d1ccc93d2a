"""The demo: two softphones without a common codec call each other through Kamailio and a media daemon.

Two calls on a LAN of namespaces: PCMU (baresip) to Opus (baresip), then G.729 (linphone) to Opus (baresip). Each phone
plays recorded speech and records what it hears. Printed per direction: codecs, packets, loss, jitter, MOS, the delay
that the server added, and how close what was heard is to what was said. Exit status 1 if an ear heard nothing.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from . import capture, picture, speech
from .baresip import Baresip
from .kamailio import Kamailio, anchored
from .linphone import Linphone
from .media import MediaDaemon
from .network import ROOT, Lan

_AUDIO = os.path.join(ROOT, "tests", "data", "audio")
_SECONDS = 9  # of conversation; the longer clip has 7.9


class Ear:
    """One direction of a call, and what came of it."""

    def __init__(self, speaker, listener):
        self.speaker, self.listener = speaker, listener
        self.figures = None
        self.delays = []
        self.reordered = 0
        self.stream = {}

    @property
    def heard_something(self):
        return self.figures is not None and self.figures["stoi"] > 0.5


def call(name, caller, callee, lan, server_host, daemon, kamailio, folder):
    """Runs one call; returns its two Ears."""
    print(f"\n{name}", flush=True)
    wire = capture.Capture(lan, server_host, os.path.join(folder, "wire.pcap"))
    try:
        caller.dial(f"sip:{callee.user}@{kamailio.server}")
        if not caller.established(12):
            print(f"  the call was not established; see {folder}")
            return [Ear(caller, callee), Ear(callee, caller)]
        time.sleep(_SECONDS)
        ids = daemon.call_ids()
        query = daemon.query(ids[0]) if ids else {}
        detail = daemon.mediactl("call", ids[0]) if ids else ""
        caller.hang_up()
        time.sleep(0.3)
    finally:
        wire.close()
    with open(os.path.join(folder, "mediactl.txt"), "w") as file:
        file.write(detail)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda phone: phone.close(), (caller, callee)))
    packets = wire.rtp()
    ears = [Ear(caller, callee), Ear(callee, caller)]
    streams = streams_by_ip(query)
    for ear in ears:
        a, b = ear.speaker.host.ip, ear.listener.host.ip
        ear.delays = capture.added_delay_ms(packets, server_host.ip, a, b)
        ear.reordered = capture.out_of_order(packets, server_host.ip, b)
        ear.stream = streams.get(a, {})
        ear.figures = speech.compare(ear.speaker.said, ear.listener.heard)
        listen_as = os.path.join(folder, f"{ear.listener.user}_heard.wav")
        if os.path.exists(ear.listener.heard):
            shutil.copy(ear.listener.heard, listen_as)
    for ear in ears:
        report(ear)
    draw(name, ears, os.path.join(folder, "ends.png"))
    return ears


def streams_by_ip(query):
    """The RTP figures of an ng query reply, by the address of the phone that they come from."""
    found = {}
    ssrcs = query.get("SSRC", {})
    for tag in query.get("tags", {}).values():
        for media in tag.get("medias", []):
            stream = (media.get("streams") or [{}])[0]
            address = stream.get("endpoint", {}).get("address")
            ingress = (stream.get("ingress SSRCs") or [{}])[0]
            found[address] = {"packets": stream.get("stats", {}).get("packets", 0),
                              "codec": media.get("codec", ""),
                              **ssrcs.get(str(ingress.get("SSRC", stream.get("SSRC"))), {})}
    return found


def percentile(values, fraction):
    return values[min(len(values) - 1, int(len(values) * fraction))] if values else float("nan")


def report(ear):
    mos = ear.stream.get("average MOS", {})
    figures = ear.figures or {}
    print(f"  {ear.speaker.user:>10} {ear.speaker.codec:>5} -> {ear.listener.codec:<5} {ear.listener.user:<10}"
          f" packets {ear.stream.get('packets', 0):>4}  loss {mos.get('packet loss', 0)} %"
          f"  jitter {mos.get('jitter', 0)} ms  MOS {mos.get('MOS', 0) / 10:.1f}"
          f"  added delay p50 {percentile(ear.delays, .5):.2f} p99 {percentile(ear.delays, .99):.2f} ms"
          f"  reordered {ear.reordered}", flush=True)
    if not ear.heard_something:
        print(f"  {'':>10} {ear.listener.user} heard nothing of what {ear.speaker.user} said")
    else:
        print(f"  {'':>10} heard against said: intelligibility (STOI) {figures['stoi']:.3f}, weighted SNR"
              f" {figures['fw_snr']:.1f} dB, level {figures['gain_db']:+.1f} dB, dropouts"
              f" {figures['dropout_ms']:.0f} ms", flush=True)


def draw(name, ears, path):
    directions = []
    for ear in ears:
        if not os.path.exists(ear.listener.heard):
            return
        figures = ear.figures or {}
        caption = (f"{ear.speaker.codec} to {ear.listener.codec}: STOI {figures.get('stoi', 0):.3f}, "
                   f"weighted SNR {figures.get('fw_snr', 0):.1f} dB")
        directions.append((f"{ear.speaker.user} said", ear.speaker.said, f"{ear.listener.user} heard",
                           ear.listener.heard, figures.get("delay_ms", 0) / 1000, caption))
    picture.draw(path, name, directions, _SECONDS)


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder = os.path.realpath(folder)
    os.makedirs(folder)
    started = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(130))  # unwinds through the with-blocks and finally clauses
    running = []
    ears = []
    with Lan("demo") as lan:
        try:
            server = lan.add_host("server", "10.77.0.1/24")
            left = lan.add_host("left", "10.77.0.11/24")
            right = lan.add_host("right", "10.77.0.12/24")
            daemon = MediaDaemon(server, os.path.join(folder, "mediad"), os.environ.get("MEDIA_DAEMON"))
            running.append(daemon)
            proxy_folder = os.path.join(folder, "kamailio")
            kamailio = Kamailio(server, proxy_folder, anchored(server, proxy_folder))
            running.append(kamailio)
            women, men = os.path.join(_AUDIO, "female_48k.wav"), os.path.join(_AUDIO, "male_48k.wav")
            for name, make_caller, caller_name, caller_codec, callee_name in [
                    ("PCMU to Opus: baresip calls baresip", Baresip, "anna", "PCMU", "ben-opus"),
                    ("G.729 to Opus: linphone calls baresip", Linphone, "clara", "G729", "dave-opus")]:
                where = os.path.join(folder, f"{caller_codec}-opus")
                os.makedirs(where)
                callee = Baresip(right, os.path.join(where, callee_name), callee_name, f"pw-{callee_name}",
                                 kamailio.server, "opus", men, _SECONDS, answer=True)
                running.append(callee)
                caller = make_caller(left, os.path.join(where, caller_name), caller_name, f"pw-{caller_name}",
                                     kamailio.server, caller_codec, women, _SECONDS)
                running.append(caller)
                for phone in (callee, caller):
                    if not phone.registered():
                        print(f"{phone.user} could not register; see {phone.process.log}")
                        return 1
                ears += call(name, caller, callee, lan, server, daemon, kamailio, where)
        finally:
            for thing in reversed(running):
                thing.close()
    deaf = [ear.listener.user for ear in ears if not ear.heard_something]
    print(f"\n{len(ears) - len(deaf)} of 4 ears heard what was said"
          f" ({time.monotonic() - started:.0f} s). Recordings and pictures: {os.path.relpath(folder)}")
    for path in sorted(subprocess.run(["find", folder, "-name", "*_heard.wav", "-o", "-name", "ends.png"],
                                      capture_output=True, text=True).stdout.split()):
        print(f"  {os.path.relpath(path)}")
    return 1 if deaf or len(ears) < 4 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
