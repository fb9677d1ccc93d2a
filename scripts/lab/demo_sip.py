"""The SIP demo: two softphones register with mediad, one over UDP with PCMA, one over TLS with Opus; one calls the other
by its name, then by a number that leads to it; a third, whose password is wrong, gets nowhere. No proxy in between.

Printed: registrations, how close what was heard is to what was said, and the SIP ladder of each call. Exit status 1 if an
ear heard nothing or the stranger got through.
"""

import os
import shutil
import signal
import sys
import time

from . import speech
from .baresip import Baresip
from .network import ROOT, Lan
from .sip import SipDaemon

_AUDIO = os.path.join(ROOT, "tests", "data", "audio")
_SECONDS = 9


def register(host, server, folder, user, password, codec, wav, answer=False):
    return Baresip(host, os.path.join(folder, user), user, password, server, codec, os.path.join(_AUDIO, wav), _SECONDS,
                   answer=answer)


def call(daemon, left, right, dialled, folder):
    """101 (UDP, PCMA) calls `dialled`, which leads to 102 (TLS, Opus); returns how many ears heard."""
    callee = register(right, daemon.tls_server, folder, "102", "secret-102", "opus", "male_48k.wav", answer=True)
    caller = register(left, daemon.server, folder, "101", "secret-101", "PCMA", "female_48k.wav")
    try:
        if not (callee.registered() and caller.registered()):
            print(f"a phone could not register; see {folder}")
            return 0
        print(daemon.ask("reg"), end="")
        print(f"101 dials {dialled}: {daemon.ask('route', 'test', dialled, '--from', '101').splitlines()[0]}", flush=True)
        caller.dial(f"sip:{dialled}@{daemon.server}")
        if not caller.established(12):
            print(f"the call was not established; see {folder}")
            return 0
        time.sleep(_SECONDS)
        caller.hang_up()
        time.sleep(0.7)
    finally:
        caller.close()
        callee.close()
    heard = 0
    for speaker, listener in ((caller, callee), (callee, caller)):
        figures = speech.compare(speaker.said, listener.heard)
        good = figures is not None and figures["stoi"] > 0.5
        heard += good
        print(f"  {speaker.user} {speaker.codec:>5} -> {listener.codec:<5} {listener.user}  " +
              (f"intelligibility (STOI) {figures['stoi']:.3f}, weighted SNR {figures['fw_snr']:.1f} dB, dropouts"
               f" {figures['dropout_ms']:.0f} ms" if good else "heard nothing"), flush=True)
    return heard


def stranger(daemon, host, folder):
    """True if a phone with a wrong password is refused."""
    phone = register(host, daemon.server, folder, "103", "guess", "PCMU", "female_48k.wav")
    try:
        phone.dial(f"sip:102@{daemon.server}")
        got_in = phone.established(3) or "200 OK" in phone.process.text()
    finally:
        phone.close()
    print(f"103 with a wrong password: {'GOT THROUGH' if got_in else 'refused'};"
          f" {daemon.figure('wrong_credentials_total')} wrong credentials, {daemon.figure('challenged_total')} requests"
          f" without any, {daemon.ports_used()} media ports in use", flush=True)
    return not got_in


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder = os.path.realpath(folder)
    os.makedirs(folder)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(130))  # unwinds through the with-blocks and finally clauses
    with Lan("sipdemo") as lan:
        server, left, right, third = (lan.add_host(name, f"10.76.0.{last}/24") for name, last in
                                      (("server", 1), ("left", 11), ("right", 12), ("third", 13)))
        daemon = SipDaemon(server, os.path.join(folder, "mediad"))
        try:
            for user in ("101", "102", "103"):
                daemon.add_user(user, f"secret-{user}")
            daemon.ask("ext", "add", "03012345", "user:102")
            heard = 0
            for dialled in ("102", "03012345"):
                where = os.path.join(folder, dialled)
                os.makedirs(where)
                heard += call(daemon, left, right, dialled, where)
                print(daemon.last_ladder(), flush=True)
            refused = stranger(daemon, third, folder)
        finally:
            daemon.close()
    print(f"{heard} of 4 ears heard what was said. Recordings and logs: {os.path.relpath(folder)}")
    return 0 if heard == 4 and refused else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
