"""Whole-system figures: mediad beside Debian's rtpengine, in the same run, alternating, medians with spread.

usage: python3 -m scripts.lab.bench [--rounds N] [--seconds S] [--only PART_OF_A_NAME] [--json FILE]
Generator and server each have a CPU of their own. CPU time is the kernel's accounting of the server's threads.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys

from .media import MediaDaemon
from .network import BUILD, ROOT, Pair

_WAV = os.path.join(ROOT, "tests", "data", "audio", "female_48k.wav")
_LOAD = f"{BUILD}/bench/load/media_load"
_NG_LOAD = f"{BUILD}/bench/load/ng_load"
_SERVER_CPU, _CLIENT_CPU = "1", "0"
_RTPENGINE = ("taskset -c " + _SERVER_CPU + " rtpengine --foreground --log-stderr --log-level=4 --table=-1"
              " --interface={ip} --listen-ng={ip}:2223 --port-min=20000 --port-max=40000"
              " --num-threads=2 --pidfile={folder}/pid")
_MEDIAD = ("taskset -c " + _SERVER_CPU + f" {BUILD}/mediad/mediad --config-file=none --interface={{ip}}"
           " --listen-ng={ip}:2223 --listen-http=127.0.0.1:9901"
           " --admin-socket={folder}/admin.sock --port-min=20000 --port-max=40000 --log-level=4")
DAEMONS = {"rtpengine": _RTPENGINE, "mediad": _MEDIAD}

# label, codec of A, codec of B, calls of each daemon, extra arguments, figure of merit. Both are loaded to a fair part of
# a core; what a core carries differs, so the number of calls does where transcoding decides it.
CASES = [
    ("relay PCMU", "PCMU", "PCMU", {"rtpengine": 300, "mediad": 300}, [], "cpu_us_per_packet"),
    ("relay PCMU, delay at half load", "PCMU", "PCMU", {"rtpengine": 150, "mediad": 150}, ["--delay"],
     "cpu_us_per_packet"),
    ("PCMU to PCMA", "PCMU", "PCMA", {"rtpengine": 100, "mediad": 300}, [], "cpu_ms_per_call_second"),
    ("PCMU to G.729", "PCMU", "G729", {"rtpengine": 40, "mediad": 300}, [], "cpu_ms_per_call_second"),
    ("PCMU to Opus", "PCMU", "opus", {"rtpengine": 14, "mediad": 70}, [], "cpu_ms_per_call_second"),
    ("G.729 to Opus", "G729", "opus", {"rtpengine": 12, "mediad": 70}, [], "cpu_ms_per_call_second"),
]


def measure(lan_hosts, daemon_name, case, folder, seconds):
    server, client = lan_hosts
    label, a, b, calls, extra, _ = case
    daemon = MediaDaemon(server, folder, DAEMONS[daemon_name], ng_ip=server.ip)
    try:
        done = subprocess.run(
            client.command("taskset", "-c", _CLIENT_CPU, "chrt", "-r", "10", _LOAD, "--server", f"{server.ip}:2223",
                           "--pid", str(daemon.pid()), "--local", client.ip, "--calls", str(calls[daemon_name]), "--seconds",
                           str(seconds), "--a", a, "--b", b, "--wav", _WAV, *extra),
            capture_output=True, text=True, timeout=120)
        if done.returncode == 2:
            return {"void": True, **json.loads(done.stdout)}
        if done.returncode != 0:
            raise RuntimeError(f"{daemon_name}, {label}: {done.stderr}")
        return json.loads(done.stdout)
    finally:
        daemon.close()


def spread(values):
    return f"{statistics.median(values):8.2f} ({min(values):.2f}..{max(values):.2f})"


def report(case, results):
    label, *_, figure = case
    medians = {}
    for name in DAEMONS:
        runs = [r for r in results[name] if not r.get("void")]
        if not runs:
            print(f"{label:32} {name:10} every run void: the generator fell behind", flush=True)
            continue
        medians[name] = statistics.median(r[figure] for r in runs)
        delay = ""
        if "delay_us" in runs[0]:
            delay = "  delay us p50 %.0f p99 %.0f p99.9 %.0f" % tuple(
                statistics.median(r["delay_us"][p] for r in runs) for p in ("p50", "p99", "p99.9"))
        print(f"{label:32} {name:10} {runs[0]['calls']:4} calls  {figure}{spread([r[figure] for r in runs])}"
              f"  lost {sum(r['lost'] for r in runs)}  reordered {sum(r['out_of_order'] for r in runs)}{delay}",
              flush=True)
    if len(medians) == 2:
        print(f"{'':32} ratio      {medians['mediad'] / medians['rtpengine']:.3f}", flush=True)
    return medians


def signalling(hosts, folder, rounds):
    """Offer, answer and delete of calls without media: the server's CPU time for each call, hence its rate on a core."""
    server, client = hosts
    results = {name: [] for name in DAEMONS}
    for _ in range(rounds):
        for name, command in DAEMONS.items():
            daemon = MediaDaemon(server, folder, command, ng_ip=server.ip)
            try:
                done = subprocess.run(
                    client.command("taskset", "-c", _CLIENT_CPU, _NG_LOAD, "--server", f"{server.ip}:2223", "--pid",
                                   str(daemon.pid()), "--calls", "5000", "--parallel", "16"),
                    capture_output=True, text=True, timeout=120)
                if done.returncode != 0:
                    raise RuntimeError(f"{name}, signalling: {done.stdout}{done.stderr}")
                results[name].append(json.loads(done.stdout))
            finally:
                daemon.close()
    medians = {}
    for name, runs in results.items():
        cost = [r["server_cpu_us_per_call"] for r in runs]
        medians[name] = statistics.median(cost)
        print(f"{'signalling':32} {name:10} cpu_us_per_call{spread(cost)}  = {1e6 / medians[name]:.0f} calls/s on a core"
              f"  offer us p50 {statistics.median(r['offer_us']['p50'] for r in runs):.0f}"
              f" p99 {statistics.median(r['offer_us']['p99'] for r in runs):.0f}", flush=True)
    print(f"{'':32} ratio      {medians['rtpengine'] / medians['mediad']:.1f} x the calls", flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    options = parser.parse_args()
    machine = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as file:
        machine = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), machine)
    print(f"machine: {machine}, {os.cpu_count()} CPUs, kernel {platform.release()};"
          f" {options.rounds} rounds of {options.seconds} s, alternating; af_packet on veth; 20 ms packets", flush=True)
    everything = {}
    with Pair("bench", ("server", "10.78.0.1/24"), ("client", "10.78.0.2/24")) as pair:
        hosts = pair.hosts
        for case in CASES:
            if options.only not in case[0]:
                continue
            results = {name: [] for name in DAEMONS}
            for round_number in range(options.rounds):
                for name in DAEMONS:
                    folder = os.path.join("/tmp", f"mediad-bench-{os.getpid()}", f"{name}-{round_number}")
                    results[name].append(measure(hosts, name, case, folder, options.seconds))
            everything[case[0]] = results
            report(case, results)
        if options.only in "signalling":
            folder = os.path.join("/tmp", f"mediad-bench-{os.getpid()}", "signalling")
            everything["signalling"] = signalling(hosts, folder, options.rounds)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(everything, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
