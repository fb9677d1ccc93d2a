"""Whatever comes over the wire: the daemon lives, and what it discards is counted by name."""

import random
import socket

from scripts.lab.rtp_peer import listen, rtp, sender_report, talk
from scripts.lab.sockets import open_socket
from tests.scenario.harness import Scenario, admin_request, main, payloads

CONTROL_SEED, MEDIA_SEED = 20260101, 20260102
TO_PCMA = {"codec": {"mask": ["all"], "transcode": ["PCMA"]}}
TO_G722 = {"codec": {"mask": ["all"], "transcode": ["G722"]}}


class Media(Scenario):
    def expect_drops(self, call_id, send, expected):
        """`expected`: names of drops and how many `send` must cause; in the worker's figures and the call's."""
        before = self.drops()
        send()

        def counted():
            after = self.drops()
            return {name: after[name] - before[name] for name in expected} == expected
        self.eventually(f"{expected}", counted)
        counts = {}
        for party in self.details(call_id)["parties"]:
            for name, n in party["medias"][0]["drops"].items():
                counts[name] = counts.get(name, 0) + n
        for name, n in expected.items():
            self.assertGreaterEqual(counts.get(name, 0), n, counts)

    def test_drops_have_names(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        talk([a, b], 3)
        port = a.send_octets
        self.expect_drops(call_id, lambda: [port(rtp(0, 1, 1, 1, b"")[:n]) for n in (2, 8, 11)],
                          {"bad_rtp_header": 3})
        self.expect_drops(call_id, lambda: port(b"\x8f\x00" + bytes(20)), {"bad_rtp_header": 1})  # 15 CSRCs, no room
        self.expect_drops(call_id, lambda: port(b"\xb0\x00" + bytes(10) + b"\xff" * 4), {"bad_rtp_header": 1})
        self.expect_drops(call_id, lambda: port(b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12)), {"stun_unexpected": 1})
        self.expect_drops(call_id, lambda: port(bytes([22, 254, 253]) + bytes(60)), {"dtls_unexpected": 1})
        self.expect_drops(call_id, lambda: [port(b"\xff" * 40), port(b"\x10" * 40)], {"unknown_protocol": 2})
        self.expect_drops(call_id, lambda: port(b""), {"unknown_protocol": 1})
        self.expect_drops(call_id, lambda: a.send_rtcp(sender_report(1, 2, 3, 4)[:20]), {"bad_rtcp": 1})
        self.expect_drops(call_id, lambda: a.send_rtcp(b"\x80\xc8\xff\xff" + bytes(24)), {"bad_rtcp": 1})
        talk([a, b], 5)
        self.assertEqual(a.sent[-5:], payloads(b.media)[-5:])

    def test_ports_of_nobody(self):
        before = self.drops()["unknown_udp_port"]
        a = self.peer(self.left)
        for _ in range(10):
            a.send(to=("10.80.0.1", 39998))
        self.eventually("counted", lambda: self.drops()["unknown_udp_port"] - before == 10)

    def test_oversized(self):
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b)
        talk([a, b], 3)
        for size in (1473, 2000, 9000, 65000):  # as fragments, of which the last is more than any buffer of ours
            a.send(bytes(size))
        listen([a, b], 0.3)
        count = len(b.media)
        talk([a, b], 5)
        self.assertEqual(a.sent[-5:], payloads(b.media)[-5:])
        self.assertGreaterEqual(count, 3)

    def test_noise_on_media_ports_while_translating(self):
        random.seed(MEDIA_SEED)
        a, b = self.peer(self.left), self.peer(self.right, payload_type=9)
        self.call(a, b, answer=b.sdp(("G722/8000",)), offer_flags=TO_G722)
        talk([a, b], 10)
        b.forget()
        noise = 0
        for _ in range(3000):
            octets = bytearray(random.randbytes(random.choice((0, 1, 3, 11, 12, 13, 60, 172, 300, 1400))))
            if octets and random.random() < 0.8:
                octets[0] = random.choice((0x80, 0x90, 0xa0, 0x8f, 0xb3))
            if len(octets) > 1 and random.random() < 0.8:
                octets[1] = random.choice((0, 0x80, 8, 13, 101, 200, 201, 202, 203, 204, 205, 206))
            (a.send_octets if random.random() < 0.7 else a.send_rtcp)(bytes(octets))
            noise += 1
            if noise % 200 == 0:
                listen([a, b], 0.01)
        listen([a, b], 0.3)
        b.forget()
        talk([a, b], 40)
        # a's own stream is heard again, in the translator's steps.
        self.assertGreaterEqual(len(b.media), 30)
        self.assertEqual({160}, {len(h.payload) for h in b.media})

    def test_payloads_that_no_codec_knows(self):
        random.seed(MEDIA_SEED)
        for name, number in (("opus/48000/2", 96), ("G729/8000", 18), ("G722/8000", 9), ("L16/8000", 96),
                             ("telephone-event/8000", 101)):
            with self.subTest(codec=name):
                formats = ("PCMU/8000", name)
                a, b = self.peer(self.left, payload_type=number), self.peer(self.right, payload_type=8)
                call_id = self.call(a, b, offer=a.sdp(formats, numbers=(0, number)), answer=b.sdp(("PCMA/8000",)),
                                    offer_flags=TO_PCMA)
                for _ in range(100):
                    a.send(random.randbytes(random.choice((0, 1, 2, 3, 5, 9, 10, 11, 40, 160, 161, 333, 1200))))
                listen([a, b], 0.2)
                a.payload_type = 0
                talk([a, b], 5)
                self.delete(call_id)


class Control(Scenario):
    """Whatever arrives at the ng port, the monitoring port and the operator's door."""

    def pings(self):
        self.assertEqual({"result": "pong"}, self.ng("ping"))

    def test_noise(self):
        random.seed(CONTROL_SEED)
        before = self.metrics()["mediad_malformed_requests_total"]
        for _ in range(500):
            self.client.exchange(random.randbytes(random.randrange(0, 1200)), seconds=0)
        self.eventually("all read", lambda: self.metrics()["mediad_malformed_requests_total"] - before > 400)
        self.pings()

    def test_broken_bencode(self):
        for body in (b"d", b"d7:command", b"d7:command4:pin", b"d999999999999999999999:x", b"d7:command4:ping",
                     b"d-1:x", b"di", b"i5e", b"l" * 4000, b"d1:a" * 2000, b"4:ping", b"d7:commandi4ee",
                     b"d7:commandl4:pingee", b"d7:command5:offer3:sdp99999:v=0e", b"e", b"", b" "):
            reply = self.client.exchange(b"c%d " % hash(body) + body, seconds=1)
            self.assertIsNotNone(reply, body[:40])
            self.assertIn(b"5:error", reply, body[:40])
        self.pings()

    def test_broken_json(self):
        for body in (b"{", b'{"command":', b'{"command":5}', b'{"command":["ping"]}', b"{" * 4000, b'{"a":' * 3000,
                     b'{"command":"offer","sdp":"\xff\xfe","call-id":"x","from-tag":"y"}', b'{"command":"ping"}}',
                     b'{"command":"offer","call-id":7,"from-tag":{},"sdp":[]}'):
            reply = self.client.exchange(b"j%d " % hash(body) + body, seconds=1)
            self.assertIsNotNone(reply, body[:40])
            self.assertIn(b"error", reply, body[:40])
        self.pings()

    def test_large_requests(self):
        sdp = self.peer(self.left).sdp()
        long_sdp = sdp + "".join(f"a=x-filler:{n} {'y' * 200}\r\n" for n in range(250))
        out = self.offer(self.new_call_id(), long_sdp)
        self.assertIn("a=x-filler:249", out)
        many = sdp.split("m=audio")[0] + "".join(f"m=audio {20000 + 2 * n} RTP/AVP 0\r\n" for n in range(300))
        reply = self.ng("offer", self.new_call_id(), from_tag="a", sdp=many)
        self.assertIn(reply["result"], ("ok", "error"))
        self.pings()

    def test_truncated_description(self):
        sdp = self.peer(self.left).sdp(("PCMU/8000", "opus/48000/2", "telephone-event/8000"))
        call_id = self.new_call_id()
        for end in range(0, len(sdp), 3):
            reply = self.ng("offer", call_id, from_tag="a", sdp=sdp[:end])
            self.assertIn(reply["result"], ("ok", "error"))
            self.delete(call_id)
        self.eventually("no port is held", lambda: not any(
            v for k, v in self.metrics().items() if k.startswith("mediad_ports_used")))

    def test_operators_door(self):
        for text in (b"\n", b"{}\n", b"[]\n", b'{"command":"call"}\n', b'{"command":"call","call-id":"\\u0000"}\n',
                     b"\xff\xfe\n", b'{"command":{}}\n'):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
                sock.settimeout(3)
                sock.connect(self.daemon.admin)
                sock.sendall(text)
                self.assertIn(b"error", sock.recv(4096), text)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(3)
            sock.connect(self.daemon.admin)
            try:
                sock.sendall(b"x" * 200000)  # never a line
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertEqual("ok", admin_request(self.daemon.admin, command="status")["result"])

    def test_monitoring_port(self):
        for text in (b"\r\n\r\n", b"GET", b"POST /metrics HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
                     b"GET /nowhere HTTP/1.0\r\n\r\n", bytes(range(256)) * 40, b"GET /" + b"a" * 100000):
            sock = open_socket(self.server, socket.SOCK_STREAM)
            with sock:
                sock.settimeout(0.3)
                sock.connect(("127.0.0.1", 9901))
                try:
                    sock.sendall(text)
                    sock.recv(4096)
                except (TimeoutError, ConnectionError):
                    pass
        self.assertIn("mediad_uptime_seconds", self.metrics())


if __name__ == "__main__":
    main()
