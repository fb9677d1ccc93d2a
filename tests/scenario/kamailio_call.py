"""One call through Kamailio and the daemon on a LAN of namespaces, judged by what both ears heard.

usage: python3 -m tests.scenario.kamailio_call NAME...      (see CASES)
MEDIA_DAEMON="command with {ip} and {folder}" tests another daemon.
"""

import os
import sys
import time

from scripts.lab import speech
from scripts.lab.baresip import Baresip
from scripts.lab.kamailio import Kamailio, anchored
from scripts.lab.linphone import Linphone
from scripts.lab.media import MediaDaemon
from scripts.lab.network import ROOT, Lan
from scripts.lab.speech import EXACT, G729, OPUS, WIDE

from .cases import run_cases

AUDIO = os.path.join(ROOT, "tests", "data", "audio")
SECONDS = 9

# name: caller's phone, caller's codec, callee's name (its suffix tells Kamailio the codec), callee's codec, limits of both
CASES = {
    "pass": (Baresip, "PCMU", "bob", "PCMU", EXACT, EXACT),
    "opus": (Baresip, "PCMU", "bob-opus", "opus", OPUS, OPUS),
    "alaw": (Baresip, "opus", "bob-pcma", "PCMA", OPUS, OPUS),
    "g711": (Baresip, "PCMU", "bob-pcma", "PCMA", EXACT, EXACT),
    "g722": (Baresip, "PCMU", "bob-g722", "G722", WIDE, WIDE),
    "g729": (Linphone, "G729", "bob-pcmu", "PCMU", G729, G729),
    "g729-opus": (Linphone, "G729", "bob-opus", "opus", G729, G729),
}
DIGITS = {"pass": "159#", "g711": "159#", "opus": "2580"}


def run_case(name, folder):
    phone, codec, callee_name, callee_codec, limits_there, limits_back = CASES[name]
    running, failures = [], []
    with Lan("sc") as lan:
        try:
            server = lan.add_host("server", "10.79.0.1/24")
            left, right = lan.add_host("left", "10.79.0.11/24"), lan.add_host("right", "10.79.0.12/24")
            daemon = MediaDaemon(server, os.path.join(folder, "daemon"), os.environ.get("MEDIA_DAEMON"))
            running.append(daemon)
            proxy_folder = os.path.join(folder, "kamailio")
            kamailio = Kamailio(server, proxy_folder, anchored(server, proxy_folder))
            running.append(kamailio)
            callee = Baresip(right, os.path.join(folder, "callee"), callee_name, f"pw-{callee_name}", kamailio.server,
                             callee_codec, os.path.join(AUDIO, "male_48k.wav"), SECONDS, answer=True)
            running.append(callee)
            caller = phone(left, os.path.join(folder, "caller"), "alice", "pw-alice", kamailio.server, codec,
                           os.path.join(AUDIO, "female_48k.wav"), SECONDS)
            running.append(caller)
            if not (callee.registered() and caller.registered()):
                return ["a phone could not register"]
            caller.dial(f"sip:{callee_name}@{kamailio.server}")
            if not caller.established(12):
                return ["the call was not established"]
            digits = DIGITS.get(name, "")
            for digit in digits:
                time.sleep(0.4)
                caller.tell("sndcode", digit)
            time.sleep(SECONDS - 0.4 * len(digits))
            caller.hang_up()
            time.sleep(0.5)
            left_over = [c for c in daemon.call_ids()]
            caller.close()
            callee.close()
            if digits and callee.digits() != digits:
                failures.append(f"digits {callee.digits()!r} instead of {digits!r}")
            # Digits replace speech while they last: intelligibility towards the callee is not judged then.
            failures += speech.judge(f"{name} there", caller, callee, None if digits else limits_there)
            failures += speech.judge(f"{name} back", callee, caller, limits_back)
            if len(left_over) > 1:
                failures.append(f"calls left over: {left_over}")
        finally:
            for thing in reversed(running):
                thing.close()
    if daemon.process.text().lower().count("sanitizer"):
        failures.append(f"sanitizer report in {daemon.process.log}")
    return failures


if __name__ == "__main__":
    sys.exit(run_cases(sys.argv[1:] or list(CASES), run_case))
