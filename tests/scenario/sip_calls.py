"""Calls through mediad alone: registrar, B2BUA and media in one, judged by what both ears heard.

usage: python3 -m tests.scenario.sip_calls NAME...      (see CASES)
"""

import csv
import os
import subprocess
import sys
import time

from scripts.lab.baresip import Baresip
from scripts.lab.network import ROOT, Lan
from scripts.lab.process import Process
from scripts.lab.sip import SipDaemon
from scripts.lab.speech import EXACT, OPUS, judge

from .cases import run_cases

AUDIO = os.path.join(ROOT, "tests", "data", "audio")
SECONDS = 9


class Stage:
    """A server with two users, 101 and 102, and two hosts for phones."""

    def __init__(self, lan, folder, arguments=()):
        self.lan, self.folder, self.running = lan, folder, []
        self.server = lan.add_host("server", "10.81.0.1/24")
        self.left, self.right = lan.add_host("left", "10.81.0.11/24"), lan.add_host("right", "10.81.0.12/24")
        self.daemon = SipDaemon(self.server, os.path.join(folder, "daemon"),
                                [argument.format(ip=self.server.ip) for argument in arguments])
        self.running.append(self.daemon)
        self.daemon.add_user("101", "secret-101")
        self.daemon.add_user("102", "secret-102")

    def phone(self, host, user, codec, wav, password=None, answer=False, server=None):
        phone = Baresip(host, os.path.join(self.folder, user), user, password or f"secret-{user}",
                        server or self.daemon.server, codec, os.path.join(AUDIO, wav), SECONDS, answer=answer)
        self.running.append(phone)
        return phone

    def close(self):
        for thing in reversed(self.running):
            thing.close() if hasattr(thing, "close") else thing.stop()


def talk(stage, dialled, codec, limits, callee_server=None):
    callee = stage.phone(stage.right, "102", codec, "male_48k.wav", answer=True, server=callee_server)
    caller = stage.phone(stage.left, "101", "PCMU", "female_48k.wav")
    return converse(stage, caller, callee, f"sip:{dialled}@{stage.daemon.server}", limits)


def converse(stage, caller, callee, uri, limits):
    """A call with speech both ways, which leaves nothing behind but its ladder and its record."""
    if not (callee.registered() and caller.registered()):
        return ["a phone could not register"]
    caller.dial(uri)
    if not caller.established(12):
        return [f"the call was not established:\n{stage.daemon.last_ladder()}"]
    time.sleep(SECONDS)
    caller.hang_up()
    time.sleep(0.7)
    ladder = stage.daemon.last_ladder()
    failures = [f"no {word} in the ladder:\n{ladder}" for word in ("INVITE", "180", "200", "ACK", "BYE")
                if word not in ladder]
    left = stage.daemon.ports_used()
    if left:
        failures.append(f"{left} ports still used after the call")
    if stage.daemon.figure("calls") != 0:
        failures.append("the call is still there")
    caller.close()
    callee.close()
    return failures + judge("there", caller, callee, limits) + judge("back", callee, caller, limits)


def same_codec(stage):
    return talk(stage, "102", "PCMU", EXACT)


def transcoded(stage):
    """Also: the call's record says who, how long, what and how well."""
    failures = talk(stage, "102", "opus", OPUS)
    if failures:
        return failures
    time.sleep(1)
    rows = list(csv.DictReader(stage.daemon.ask("cdr", "export", "--csv", "--since", "1h").splitlines()))
    if len(rows) != 1:
        return [f"{len(rows)} records of one call"]
    row = rows[0]
    wanted = {"caller": "101", "dialled": "102", "origin": "101", "destination": "102", "status": "200",
              "ended_by": "caller", "transcoded": "1"}
    failures = [f"record: {key} is {row[key]!r} instead of {value!r}" for key, value in wanted.items() if row[key] != value]
    if not SECONDS - 2 < float(row["duration_s"]) < SECONDS + 3:
        failures.append(f"record: {row['duration_s']} s long")
    if "PCMU" not in row["caller_codecs"] or "opus" not in row["callee_codecs"]:
        failures.append(f"record: codecs {row['caller_codecs']!r} and {row['callee_codecs']!r}")
    for side in ("caller", "callee"):
        if not (row[f"{side}_mos"] and float(row[f"{side}_mos"]) > 3.5 and float(row[f"{side}_loss_percent"]) < 1):
            failures.append(f"record: {side} mos {row[f'{side}_mos']!r} loss {row[f'{side}_loss_percent']!r}")
    return failures


def over_tls(stage):
    """The callee is reached over the connection that it registered by."""
    return talk(stage, "102", "opus", OPUS, stage.daemon.tls_server)


def hold(stage):
    """A re-INVITE each for hold and for talking on, answered by the other phone; the call lives on."""
    callee = stage.phone(stage.right, "102", "opus", "male_48k.wav", answer=True)
    caller = stage.phone(stage.left, "101", "PCMU", "female_48k.wav")
    if not (callee.registered() and caller.registered()):
        return ["a phone could not register"]
    caller.dial(f"sip:102@{stage.daemon.server}")
    if not caller.established(12):
        return ["the call was not established"]
    for command in ("hold", "resume"):
        time.sleep(1)
        caller.tell(command)
    time.sleep(1)
    ladder = stage.daemon.last_ladder()
    callee.hang_up()
    time.sleep(0.7)
    failures = []
    offers = [line for line in ladder.splitlines() if "102 " in line and "<-- mediad  INVITE" in line]
    if len(offers) != 3:
        failures.append(f"{len(offers)} INVITEs reached the callee instead of 3:\n{ladder}")
    if " 4" in "".join(line.split("mediad ")[1] for line in ladder.splitlines() if "(INVITE)" in line):
        failures.append(f"a re-INVITE was refused:\n{ladder}")
    if stage.daemon.figure("calls") != 0 or stage.daemon.ports_used():
        failures.append("something is left of the call")
    return failures


def extension(stage):
    """A user dials an extension number that is another user's."""
    stage.daemon.ask("ext", "add", "5551234", "user:102")
    return talk(stage, "5551234", "PCMU", EXACT)


def wrong_password(stage):
    phone = stage.phone(stage.left, "101", "PCMU", "female_48k.wav", password="guess")
    time.sleep(3)
    failures = ["a wrong password registered"] if "200 OK" in phone.process.text() else []
    if stage.daemon.ask("reg"):
        failures.append("there is a registration")
    if not stage.daemon.figure("wrong_credentials_total"):
        failures.append("no wrong credentials were counted")
    return failures


def stranger(stage):
    """Without credentials nobody rings and no port is taken."""
    callee = stage.phone(stage.right, "102", "PCMU", "male_48k.wav", answer=True)
    caller = stage.phone(stage.left, "666", "PCMU", "female_48k.wav", password="guess")
    if not callee.registered():
        return ["102 could not register"]
    caller.dial(f"sip:102@{stage.daemon.server}")
    time.sleep(3)
    failures = []
    if caller.established(0.1):
        failures.append("a stranger's call was established")
    if stage.daemon.figure("calls_total") != 0 or stage.daemon.ports_used() != 0:
        failures.append("a stranger cost a call or ports")
    if "Incoming call" in callee.process.text():
        failures.append("102 rang")
    return failures


def unreachable(stage):
    """A known user without a phone is 480, a number that is nobody's 404."""
    caller = stage.phone(stage.left, "101", "PCMU", "female_48k.wav")
    if not caller.registered():
        return ["101 could not register"]
    caller.dial(f"sip:102@{stage.daemon.server}")
    failures = [] if caller.process.wait_for("480", 5) else ["no 480 for a user without a phone"]
    caller.dial(f"sip:999@{stage.daemon.server}")
    return failures + ([] if caller.process.wait_for("404", 5) else ["no 404 for nobody's number"])


def carrier(stage):
    """A host whose address is a trunk's."""
    host = stage.lan.add_host("carrier", "10.81.0.13/24")
    stage.daemon.ask("trunk", "add", "carrier", "--uri", f"sip:{host.ip}", "--from", host.ip)
    return host


def sipp(host, folder, name, *arguments):
    return Process(host.command("sipp", "-i", host.ip, "-p", "5060", "-nostdin", "-trace_err", "-error_file",
                                os.path.join(folder, f"{name}.err"), *arguments), os.path.join(folder, f"{name}.log"))


def trunk_in(stage):
    """A carrier known by its address calls a DID; an extension it may not dial."""
    host = carrier(stage)
    stage.daemon.ask("did", "add", "4930123", "user:102")
    callee = stage.phone(stage.right, "102", "PCMU", "male_48k.wav", answer=True)
    if not callee.registered():
        return ["102 could not register"]
    failures = []
    for number, good in (("4930123", True), ("102", False)):
        caller = sipp(host, stage.folder, f"uac-{number}", "-sn", "uac", "-s", number, "-m", "3", "-l", "1", "-d", "400",
                      stage.daemon.server)
        stage.running.append(caller)
        try:
            if (caller.wait(30) == 0) != good:
                failures.append(f"calls to {number}: " + ("failed" if good else "got through"))
        except subprocess.TimeoutExpired:
            failures.append(f"calls to {number} never ended")
    if stage.daemon.figure("calls_answered_total") != 3:
        failures.append(f"{stage.daemon.figure('calls_answered_total')} calls answered instead of 3")
    if stage.daemon.ports_used():
        failures.append("ports still used after the calls")
    return failures


def trunk_out(stage):
    """A user calls through a trunk what its account allows, and nothing else."""
    host = carrier(stage)
    stage.daemon.ask("route", "add", "0", "carrier", "--strip", "1", "--prepend", "49")
    stage.daemon.ask("user", "add", "101", "--prefixes", "030")
    answerer = sipp(host, stage.folder, "uas", "-sn", "uas")
    stage.running.append(answerer)
    caller = stage.phone(stage.left, "101", "PCMU", "female_48k.wav")
    if not caller.registered():
        return ["101 could not register"]
    caller.dial(f"sip:0900123@{stage.daemon.server}")
    failures = [] if caller.process.wait_for("403", 5) else ["no 403 for a prefix that is not allowed"]
    caller.dial(f"sip:030123@{stage.daemon.server}")
    if not caller.established(8):
        return failures + ["the call through the trunk was not established"]
    ladder = stage.daemon.last_ladder()
    if f"INVITE sip:4930123@{host.ip}" not in ladder:
        failures.append(f"the number was not rewritten:\n{ladder}")
    time.sleep(1)
    caller.hang_up()
    time.sleep(0.7)
    if stage.daemon.figure("calls") != 0 or stage.daemon.ports_used():
        failures.append("something is left of the call")
    return failures


def second_server(stage, *words):
    """Another mediad as the carrier: it knows us as 4930123 by a password, and has a phone 300. `words` are options
    of our trunk to it."""
    host = stage.lan.add_host("carrier", "10.81.0.13/24")
    carrier = SipDaemon(host, os.path.join(stage.folder, "carrier"))
    stage.running.append(carrier)
    carrier.add_user("4930123", "trunk-secret")
    carrier.add_user("300", "secret-300")
    stage.daemon.ask("trunk", "add", "carrier", "--uri", f"sip:{host.ip}", "--user", "4930123", *words)
    return carrier


def trunk_login(stage):
    """The carrier asks who we are: for the INVITE it is told, and the ear hears that the media runs."""
    carrier = second_server(stage, "--password", "trunk-secret", "--realm", "mediad", "--options", "5")
    stage.daemon.ask("route", "add", "9", "carrier", "--strip", "1")
    stage.daemon.ask("user", "add", "101", "--prefixes", "9")
    callee = stage.phone(stage.right, "300", "PCMU", "male_48k.wav", answer=True, server=carrier.server)
    caller = stage.phone(stage.left, "101", "PCMU", "female_48k.wav")
    failures = converse(stage, caller, callee, f"sip:9300@{stage.daemon.server}", EXACT)
    ladder = stage.daemon.last_ladder()
    if "401" not in ladder or "with credentials" not in ladder:
        failures.append(f"the carrier did not ask who we are:\n{ladder}")
    if not stage.daemon.ask("trunk", "list").rstrip().endswith("alive"):
        failures.append("the trunk is not alive: " + stage.daemon.ask("trunk", "list"))
    return failures


def trunk_registered(stage):
    """We register with the carrier, and what it calls there is known to be the trunk's and rings at home."""
    carrier = second_server(stage, "--password", "trunk-secret", "--register", "yes")
    stage.daemon.ask("did", "add", "4930123", "user:102")
    deadline = time.monotonic() + 5
    while "registered" not in stage.daemon.ask("reg").split("4930123")[-1] and time.monotonic() < deadline:
        time.sleep(0.1)
    if stage.daemon.figure("trunks_registered") != 1 or "4930123" not in carrier.ask("reg"):
        return ["not registered with the carrier: " + stage.daemon.ask("trunk", "list")]
    callee = stage.phone(stage.right, "102", "PCMU", "male_48k.wav", answer=True)
    caller = stage.phone(stage.left, "300", "PCMU", "female_48k.wav", server=carrier.server)
    return converse(stage, caller, callee, f"sip:4930123@{carrier.server}", EXACT)


CASES = {"same": same_codec, "transcoded": transcoded, "tls": over_tls, "hold": hold, "extension": extension,
         "trunk-in": trunk_in, "trunk-out": trunk_out, "wrong-password": wrong_password, "trunk-login": trunk_login,
         "trunk-registered": trunk_registered, "stranger": stranger, "unreachable": unreachable}


def run_case(case, folder, arguments=()):
    with Lan("sip") as lan:
        stage = None
        try:
            stage = Stage(lan, folder, arguments)
            failures = case(stage)
        finally:
            if stage:
                stage.close()
        if stage.daemon.process.text().lower().count("sanitizer"):
            failures.append(f"sanitizer report in {stage.daemon.process.log}")
    return failures


def main(names, cases):
    """`cases`: by name, what is to be done on a stage and with what arguments of the daemon."""
    return run_cases(names, lambda name, folder: run_case(cases[name][0], folder, cases[name][1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(CASES), {name: (case, ()) for name, case in CASES.items()}))
