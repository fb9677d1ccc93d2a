"""Whose packets are believed: phones behind NAT, strangers who spray the ports, hand-overs, asymmetric ends."""

from scripts.lab.rtp_peer import listen, talk
from tests.scenario.harness import Scenario, main, payloads


class Nat(Scenario):
    def test_private_address_in_the_description(self):
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b, offer=a.sdp(ip="192.168.77.5", port=4000))
        talk([a], 3, listeners=[b])  # opens the pinhole and tells where a is
        talk([a, b], 20)
        self.assertEqual(a.sent, payloads(b.media))
        self.assertEqual(b.sent, payloads(a.media))

    def test_both_behind_nat(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b, offer=a.sdp(ip="192.168.77.5", port=4000), answer=b.sdp(ip="172.16.3.3", port=4000))
        talk([a, b], 20)
        self.assertGreaterEqual(len(a.media), 18)
        self.assertGreaterEqual(len(b.media), 18)
        medias = self.medias(call_id)
        for tag, peer in (("a", a), ("b", b)):
            stream = medias[tag]["streams"][0]
            self.assertEqual((peer.ip, peer.port), (stream["endpoint"]["address"], stream["endpoint"]["port"]))
            self.assertEqual(4000, stream["advertised endpoint"]["port"])

    def test_same_host_other_port(self):
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b, offer=a.sdp(port=4000))
        talk([a, b], 20)
        self.assertEqual(a.sent, payloads(b.media))
        self.assertGreaterEqual(len(a.media), 18)

    def test_source_of_the_signalling_instead_of_the_description(self):
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b, offer=a.sdp(ip="192.168.77.5"),
                  offer_flags={"flags": ["SIP-source-address"], "received-from": ["IP4", a.ip]})
        talk([b], 10, listeners=[a, b])  # a has sent nothing: only the flag can tell where it is
        self.assertEqual(b.sent, payloads(a.media))

    def test_port_changes_after_a_rebinding(self):
        """A NAT that forgets its binding: the same host from another port, while its SDP says neither."""
        a, b = self.peer(self.left), self.peer(self.right)
        rebound = self.peer(self.left)
        self.call(a, b, offer_flags={"flags": ["media-handover"]})
        talk([a, b], 15)
        rebound.remote, rebound.ssrc = a.remote, a.ssrc
        rebound.sequence, rebound.timestamp = a.sequence, a.timestamp
        b.heard.clear()
        talk([rebound, b], 15)
        self.assertGreaterEqual(len(b.media), 12)
        self.assertGreaterEqual(len(rebound.media), 10)


class Strangers(Scenario):
    def spray(self, stranger, victim, packets=1):
        """What a port scanner or an RTP bleed does: plausible RTP at both ports of a leg."""
        for _ in range(packets):
            stranger.send(b"\x55" * 160, to=victim.remote)
            stranger.send(b"\x55" * 160, to=victim.remote_rtcp)

    def assert_untouched(self, a, b, stranger):
        for peer in (a, b):
            self.assertNotIn(b"\x55" * 160, payloads(peer.media), "injected")
        self.assertEqual([], stranger.heard, "received")
        self.assertEqual([], stranger.heard_rtcp, "received RTCP")

    def test_spray_before_and_during_a_call(self):
        a, b, stranger = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        call_id = self.call(a, b)
        self.spray(stranger, a)  # before either end has spoken: what it gets then must end with the first real packet
        listen([a, b, stranger], 0.1)
        talk([a, b], 3, listeners=[stranger])
        for peer in (a, b, stranger):
            peer.forget()
        before = self.drops()
        talk([a, b], 40, listeners=[stranger], each=lambda _: self.spray(stranger, a))
        self.assert_untouched(a, b, stranger)
        self.assertEqual(b.sent, payloads(a.media))
        self.assertEqual(a.sent, payloads(b.media))
        after = self.drops()
        for reason in ("wrong_source", "bad_rtcp"):  # at the RTP port; media at the RTCP port
            self.assertEqual(40, after[reason] - before[reason])
        self.assertIn("packets are dropped", self.explain(call_id))
        party = next(p for p in self.details(call_id)["parties"] if p["tag"] == "a")
        self.assertEqual(f"{stranger.ip}:{stranger.port}", party["medias"][0]["stranger"])

    def test_stranger_alone_while_the_phone_is_silent(self):
        a, b, stranger = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        self.call(a, b)
        talk([a, b], 15, listeners=[stranger])
        for peer in (a, b, stranger):
            peer.forget()
        talk([b], 40, listeners=[a, b, stranger], each=lambda _: self.spray(stranger, a))
        self.assert_untouched(a, b, stranger)
        self.assertEqual(b.sent, payloads(a.media))

    def test_stranger_against_a_phone_behind_nat(self):
        a, b, stranger = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        self.call(a, b, offer=a.sdp(ip="192.168.77.5", port=4000))
        talk([a, b], 15, listeners=[stranger])
        for peer in (a, b, stranger):
            peer.forget()
        talk([a, b], 30, listeners=[stranger], each=lambda _: self.spray(stranger, a, 3))
        self.assert_untouched(a, b, stranger)
        self.assertEqual(b.sent, payloads(a.media))

    def test_stranger_with_the_streams_own_ssrc(self):
        a, b, stranger = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        self.call(a, b)
        talk([a, b], 15, listeners=[stranger])
        for peer in (a, b, stranger):
            peer.forget()
        stranger.ssrc, stranger.sequence = a.ssrc, a.sequence + 5
        talk([a, b], 30, listeners=[stranger], each=lambda _: self.spray(stranger, a))
        self.assert_untouched(a, b, stranger)
        self.assertEqual(a.sent, payloads(b.media))

    def test_rtcp_of_a_stranger(self):
        a, b, stranger = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        self.call(a, b)
        talk([a, b], 15, listeners=[stranger])
        stranger.remote_rtcp = a.remote_rtcp
        for _ in range(5):
            stranger.send_report()
        b.send_report()
        talk([a, b], 5, listeners=[stranger])
        self.assertEqual([], [h for h in b.heard_rtcp if h.octets[4:8] == stranger.ssrc.to_bytes(4, "big")])
        self.assertEqual([], stranger.heard_rtcp)
        self.assertEqual(1, len(a.heard_rtcp))


class Handover(Scenario):
    def test_media_handover(self):
        a, b, other = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        self.call(a, b, offer_flags={"flags": ["media-handover"]})
        talk([a, b], 15, listeners=[other])
        other.remote = a.remote
        b.forget()
        talk([other, b], 25, listeners=[a])
        self.assertGreaterEqual(len(other.media), 20)
        self.assertEqual(other.sent[-20:], payloads(b.media)[-20:])

    def test_not_without_the_flag(self):
        a, b, other = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        self.call(a, b)
        talk([a, b], 15, listeners=[other])
        other.remote = a.remote
        b.forget()
        talk([other, b], 25, listeners=[a])
        self.assertEqual([], other.media)
        self.assertEqual([], b.media)

    def test_asymmetric(self):
        """The end sends from one port and listens at another; the answer must not go to where it sends from."""
        a, b, sending = self.peer(self.left), self.peer(self.right), self.peer(self.left)
        self.call(a, b, offer_flags={"flags": ["asymmetric"]})
        sending.remote = a.remote
        talk([sending, b], 20, listeners=[a])
        self.assertEqual(sending.sent, payloads(b.media))
        self.assertEqual(b.sent, payloads(a.media))
        self.assertEqual([], sending.media)


if __name__ == "__main__":
    main()
