"""Memory stays flat over many calls made and ended.

usage: python3 -m tests.scenario.memory [unittest arguments]      MEDIAD_SCENARIO_CALLS=100000 for the long run

Replies are remembered for 30 to 60 seconds, up to a bound, whatever becomes of the calls. A short run allows for them;
a longer one has as many at its end as in its middle.
"""

import json
import os
import select
import time

from scripts.lab.sockets import open_socket
from tests.scenario.harness import Scenario, main

CALLS = int(os.environ.get("MEDIAD_SCENARIO_CALLS", "6000"))
IN_FLIGHT = 32  # a proxy's workers
LIMIT = 200  # octets that a call may leave behind: a quarter of the smallest object that belongs to one
REMEMBERED_SECONDS, REMEMBERED_OCTETS = 60, 64 * 2**20  # until then, or so many, replies accumulate
REMEMBERED_OVERHEAD = 450  # of a reply beside its text: key, node, rounding
TO_G722 = {"codec": {"mask": ["all"], "transcode": ["G722"]}}


class Burst:
    """Many calls through one socket, each offer, answer and delete in turn, some in flight at a time."""

    def __init__(self, host, a_sdp, b_sdp, flags):
        self.socket = open_socket(host)
        self.socket.connect(("127.0.0.1", 2223))
        self.steps = [("offer", {"from-tag": "a", "sdp": a_sdp, **flags}),
                      ("answer", {"from-tag": "a", "to-tag": "b", "sdp": b_sdp}), ("delete", {"delete-delay": 0})]
        self.bodies = [json.dumps({"command": name, "call-id": "CALLID", **more}) for name, more in self.steps]
        self.errors, self.replies, self.octets = [], 0, 0

    def send(self, call, step, attempt=0):
        cookie = f"{call}.{step}.{attempt}"
        self.socket.send(f"{cookie} {self.bodies[step].replace('CALLID', f'flat-{call}')}".encode())

    def run(self, first, count):
        pending = {}
        upcoming = iter(range(first, first + count))

        def begin():
            call = next(upcoming, None)
            if call is not None:
                pending[call] = 0
                self.send(call, 0)
        for _ in range(IN_FLIGHT):
            begin()
        while pending:
            if not select.select([self.socket], [], [], 5)[0]:
                raise TimeoutError(f"{len(pending)} requests without a reply")
            datagram = self.socket.recv(65536)
            self.replies += 1
            self.octets += len(datagram)
            cookie, reply = datagram.split(b" ", 1)
            call, step, _ = (int(part) for part in cookie.split(b"."))
            if b'"result":"ok"' not in reply:
                self.errors.append(reply[:200])
            if step == 2:
                del pending[call]
                begin()
            else:
                self.send(call, step + 1)


class Memory(Scenario):
    interfaces = ("10.80.0.1",)
    arguments = ("--log-level=3",)

    def resident(self):
        with open(f"/proc/{self.daemon.pid()}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def measure(self, label, calls, flags, b_formats):
        a, b = self.peer(self.left), self.peer(self.right)
        burst = Burst(self.server, a.sdp(), b.sdp(b_formats), flags)
        # What is kept on purpose has to be full first: replies are remembered for half a minute, pools grow once.
        warm_up = calls // 2
        burst.run(0, warm_up)
        full = burst.octets >= REMEMBERED_OCTETS
        before, began = self.resident(), time.monotonic()
        burst.replies = burst.octets = 0
        burst.run(warm_up, calls - warm_up)
        seconds = time.monotonic() - began
        self.assertEqual([], burst.errors[:3])
        self.eventually("all sessions are home and their ports free", lambda: not any(
            v for k, v in self.metrics().items() if k.startswith(("mediad_ports_used", "mediad_worker_sessions"))))
        burst.socket.close()
        grown = self.resident() - before
        full |= seconds >= REMEMBERED_SECONDS
        remembered = 0 if full else burst.octets + burst.replies * REMEMBERED_OVERHEAD
        counted = calls - warm_up
        print(f"{label}: {calls} calls, {counted / seconds:.0f} calls/s, resident memory {before / 2**20:.1f} MiB"
              f" {grown / 2**10:+.0f} KiB, of which replies at most {remembered / 2**10:.0f} KiB")
        return (grown - remembered) / counted

    def test_relayed_calls(self):
        self.assertLess(self.measure("relay", CALLS, {}, ("PCMU/8000",)), LIMIT)

    def test_transcoded_calls(self):
        self.assertLess(self.measure("transcoding", CALLS // 4, TO_G722, ("G722/8000",)), LIMIT)


if __name__ == "__main__":
    main()
