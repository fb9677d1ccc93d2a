"""Directions that are silent, and why: what `mediactl explain` says, and how calls without media end."""

import subprocess
import sys
import time

from scripts.lab.network import BUILD, ROOT
from scripts.lab.rtp_peer import listen, talk
from tests.scenario.harness import Scenario, main

TO_PCMA = {"codec": {"mask": ["all"], "transcode": ["PCMA"]}}


class Explain(Scenario):
    def direction(self, call_id, tag):
        """What explain says of the direction that starts at this tag; the same from mediactl and its socket."""
        text = self.explain(call_id)
        done = self.server.run(f"{BUILD}/mediad/mediactl", "--socket", self.daemon.admin, "explain", call_id)
        for line in text.splitlines():
            self.assertIn(line.split(": ", 1)[1][:40], done.stdout)
        return next(line for line in text.splitlines() if f'from "{tag}"' in line)

    def test_flows(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        talk([a, b], 10)
        for tag in "ab":
            self.assertIn("flows: 10 packets in", self.direction(call_id, tag))

    def test_not_answered(self):
        call_id = self.new_call_id()
        self.offer(call_id, self.peer(self.left).sdp())
        self.assertIn("has not been answered", self.direction(call_id, "a"))

    def test_nothing_sent(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        talk([b], 10)
        text = self.direction(call_id, "a")
        self.assertIn("no packet ever came", text)
        self.assertIn(f"{a.ip}:{a.port}", text)

    def test_stranger(self):
        a, b, stranger = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        call_id = self.call(a, b, offer_flags={"endpoint-learning": "off"})
        stranger.remote = a.remote
        talk([stranger, b], 10)
        text = self.direction(call_id, "a")
        self.assertIn("silent", text)
        self.assertIn("10 packets are dropped (wrong_source)", text)
        self.assertIn(f"{stranger.ip}:{stranger.port}", text)

    def test_hold(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b, offer=a.sdp(direction="sendonly"), answer=b.sdp(direction="recvonly"))
        talk([a, b], 10)
        self.assertIn("flows", self.direction(call_id, "a"))
        self.assertIn("on hold", self.direction(call_id, "b"))
        self.assertEqual([], a.media)

    def test_unknown_payload_type(self):
        a, b = self.peer(self.left, payload_type=77), self.peer(self.right, payload_type=8)
        call_id = self.call(a, b, answer=b.sdp(("PCMA/8000",)), offer_flags=TO_PCMA)
        talk([a, b], 10)
        text = self.direction(call_id, "a")
        self.assertIn("unknown_payload_type", text)
        self.assertIn("10 packets", text)
        self.assertIn("flows", self.direction(call_id, "b"))

    def test_undecodable(self):
        a, b = self.peer(self.left, payload_type=96), self.peer(self.right)
        call_id = self.call(a, b, offer=a.sdp(("opus/48000/2",)),
                            offer_flags={"codec": {"mask": ["all"], "transcode": ["PCMU"]}})
        for _ in range(5):
            a.send(b"\xff" * 3)  # an Opus packet of code 3 whose frame count cannot be
        listen([a, b], 0.3)
        self.assertIn("undecodable", self.direction(call_id, "a"))

    def test_stopped(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        talk([a, b], 5)
        talk([b], 170, interval=0.02)
        self.assertRegex(self.direction(call_id, "a"), r"silent now: the last of 5 packets .* came [34] s ago")


_CLIENT = """
import sys, time
sys.path.insert(0, {root!r})
from scripts.lab.rtp_peer import rtp, TONE_PCMU
import socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(({ip!r}, {port}))
print("ready", flush=True)
remote = sys.stdin.readline().split()
for n in range(100000):
    sock.sendto(rtp(0, n, 160 * n, 77, TONE_PCMU[:160]), (remote[0], int(remote[1])))
    time.sleep(0.02)
"""


class Timeout(Scenario):
    arguments = ("--timeout=2", "--silent-timeout=5", "--offer-timeout=2")

    def ended(self, call_id):
        return call_id not in self.ng("list")["calls"]

    def assert_ended(self, call_id, reason, seconds):
        self.eventually(f"{call_id} ends", lambda: self.ended(call_id), seconds)
        line = next(x for x in self.log().splitlines() if call_id in x and reason in x)
        self.assertIn("end", line)

    def test_both_clients_killed_in_mid_call(self):
        timeouts = 'mediad_closed_sessions_total{reason="timeout"}'
        before = self.metrics()[timeouts]
        a, b = self.peer(self.left), self.peer(self.right)
        clients = []
        try:
            for peer in (a, b):
                peer.close()
                code = _CLIENT.format(root=ROOT, ip=peer.ip, port=peer.port)
                clients.append(subprocess.Popen(peer.host.command(sys.executable, "-c", code), text=True,
                                                stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for client in clients:
                client.stdout.readline()
            call_id = self.new_call_id()
            b.follow(self.offer(call_id, a.sdp()))
            a.follow(self.answer(call_id, b.sdp()))
            for client, peer in zip(clients, (a, b)):
                client.stdin.write(f"{peer.remote[0]} {peer.remote[1]}\n")
                client.stdin.flush()
            time.sleep(3)  # longer than the timeout: media keeps the call alive
            self.assertFalse(self.ended(call_id))
        finally:
            for client in clients:
                client.kill()
                client.communicate()
        self.assert_ended(call_id, "no media", 5)
        self.assertEqual(before + 1, self.metrics()[timeouts])

    def test_one_direction_keeps_a_call(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        talk([a], 170, listeners=[b])
        self.assertFalse(self.ended(call_id))

    def test_a_stranger_does_not_keep_a_call(self):
        a, b, stranger = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        call_id = self.call(a, b)
        talk([a, b], 15)
        stranger.remote = a.remote
        talk([stranger], 180, listeners=[b])
        self.assertTrue(self.ended(call_id))

    def test_hold_is_granted_more_time(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b, offer=a.sdp(direction="inactive"), answer=b.sdp(direction="inactive"))
        time.sleep(3.5)
        self.assertFalse(self.ended(call_id))
        self.assert_ended(call_id, "no media while on hold", 4)

    def test_never_answered(self):
        call_id = self.new_call_id()
        self.offer(call_id, self.peer(self.left).sdp())
        self.assert_ended(call_id, "offer never answered", 5)

    def test_killed_by_the_operator(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        self.assertEqual("ok", self.admin(command="kill", call_id=call_id)["result"])
        self.assert_ended(call_id, "killed by the operator", 1)


if __name__ == "__main__":
    main()
