"""SIP figures of mediad: calls a second with their media anchored, refreshes of registrations, twice the load, memory.

usage: python3 -m scripts.lab.sip_bench [--seconds S] [--rates R,R…] [calls|register|overload|memory]...
Generator and server each have a CPU of their own. The server's CPU time is the kernel's accounting of its threads.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

from .network import BUILD, Pair
from .process import Process
from .sip import SipDaemon

_LOAD = f"{BUILD}/bench/load/sip_load"
_SERVER_CPU, _CLIENT_CPU = "1", "0"
_USERS = 1000


class Bench:
    """mediad and, on the other end of the wire, a trunk that calls itself through it."""

    def __init__(self, pair, folder, seconds):
        self.server, self.client = pair.hosts
        self.seconds = seconds
        self.daemon = SipDaemon(self.server, folder, ["--port-min=10000", "--port-max=32000", "--log-level=4"])
        for command in (["taskset", "-apc", _SERVER_CPU], ["chrt", "-a", "-r", "-p", "20"]):
            subprocess.run([*command, str(self.daemon.pid())], check=True, capture_output=True)
        self.daemon.ask("trunk", "add", "load", "--uri", f"sip:{self.client.ip}:5090", "--from", self.client.ip)
        self.daemon.ask("did", "add", "1000", "trunk:load:2000")

    def run(self, rate, *arguments):
        """A run in which the generator fell behind is made again, three times at most."""
        for _ in range(3):
            result = self._run(rate, *arguments)
            if not result["void"]:
                break
        return result

    def _run(self, rate, *arguments):
        done = subprocess.run(
            self.client.command("taskset", "-c", _CLIENT_CPU, "chrt", "-r", "20", _LOAD, "--server", self.daemon.server,
                                "--local", self.client.ip, "--pid", str(self.daemon.pid()), "--rate", str(rate),
                                "--seconds", str(self.seconds), *arguments),
            capture_output=True, text=True, timeout=300)
        if not done.stdout:
            raise RuntimeError(f"sip_load: {done.stderr}")
        return json.loads(done.stdout)

    def close(self):
        self.daemon.close()


def is_clean(result):
    return not (result["void"] or result["refused"] or result["given_up"] or result["shed"] or result["sent_again"]
                or result.get("heard_again"))


def show(label, result):
    figures = {k: v for k, v in result.items() if k not in ("first_refusal", "calls", "refreshes", "rate")}
    print(f"{label:28} {'clean' if is_clean(result) else 'VOID ' if result['void'] else 'dirty'} {json.dumps(figures)}", flush=True)
    if result.get("first_refusal"):
        print(f"{'':28} first refusal: {result['first_refusal']}", flush=True)


def calls(bench, rates):
    """The highest clean rate."""
    best = 0
    for rate in rates:
        result = bench.run(rate)
        show(f"calls {rate}/s", result)
        if not is_clean(result):
            break
        best = rate
    print(f"calls: {best} a second without a failure or a retransmission", flush=True)
    return best


def overload(bench, rates):
    """Twice what it carries."""
    best = calls(bench, rates)
    if not best:
        return
    result = bench.run(2 * best)
    show(f"calls {2 * best}/s", result)
    print(f"overload: {result['goodput_per_s']:.0f} a second of {best}: {result['goodput_per_s'] / best:.0%}", flush=True)


def memory(bench, _):
    """Of calls that are up at the same time."""
    bench.seconds, before = 5, bench.seconds
    warm = bench.run(500, "--hold-ms", "1000")
    result = bench.run(1000, "--hold-ms", "4500")
    bench.seconds = before
    show("memory", result)
    each = (result["memory_most_kb"] - warm["memory_after_kb"]) / result["most_open"]
    print(f"memory: {each:.1f} KiB a call with {result['most_open']} at a time", flush=True)


def register(bench, _):
    bench.daemon.ask("trunk", "del", "load")  # which is known by its address, so that no user would be asked for a password
    for number in range(_USERS):
        bench.daemon.add_user(f"load{number}", f"load{number}")
    for rate in (2000, 5000, 10000, 15000, 20000):
        result = bench.run(rate, "--users", str(_USERS))
        show(f"refreshes {rate}/s", result)
        if not is_clean(result):
            break


PARTS = {"calls": calls, "overload": overload, "register": register, "memory": memory}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rates", default="1000,2000,2500,3000,3500,4000,5000")
    parser.add_argument("--perf", help="file for perf record of the server")
    options = parser.parse_args()
    rates = [int(rate) for rate in options.rates.split(",")]
    with Pair("sipb", ("server", "10.77.0.1/24"), ("client", "10.77.0.2/24")) as pair:
        for part in options.parts or ["overload", "register", "memory"]:
            bench = Bench(pair, tempfile.mkdtemp(prefix="mediad-sip-bench-"), options.seconds)
            recorder = None
            try:
                if options.perf:
                    recorder = Process(["perf", "record", "-g", "--call-graph", "fp", "-F", "499", "-o", options.perf, "-p",
                                        str(bench.daemon.pid())], options.perf + ".log", realtime=False)
                PARTS[part](bench, rates)
            finally:
                if recorder:
                    os.kill(recorder.pid, 2)
                    recorder.wait(20)
                bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
