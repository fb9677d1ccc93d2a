"""Relayed calls straight over ng: every octet of payload arrives, in order, whatever the IP version."""

from scripts.lab.rtp_peer import rtcp_types, talk
from tests.scenario.harness import Scenario, main, payloads

PACKETS = 25
TO_PCMA = {"codec": {"mask": ["all"], "transcode": ["PCMA"]}}
TO_G722 = {"codec": {"mask": ["all"], "transcode": ["G722"]}}


class Relay(Scenario):
    def exchange(self, a, b, **call):
        call_id = self.call(a, b, **call)
        talk([a, b], PACKETS)
        for speaker, listener in ((a, b), (b, a)):
            heard = listener.media
            self.assertEqual(speaker.sent, payloads(heard))
            self.assertEqual({speaker.ssrc}, {h.ssrc for h in heard})
            self.assertEqual(list(range(heard[0].sequence, heard[0].sequence + PACKETS)), [h.sequence for h in heard])
            self.assertEqual({listener.remote}, {h.source for h in heard})
        return call_id

    def test_ipv4(self):
        call_id = self.exchange(self.peer(self.left), self.peer(self.right))
        totals = self.delete(call_id)["totals"]["RTP"]
        self.assertEqual(2 * PACKETS, totals["packets"])
        self.assertEqual(2 * PACKETS * 172, totals["bytes"])
        self.assertEqual(0, totals["errors"])

    def test_ipv6(self):
        self.exchange(self.peer(self.left, ip="fd80::b"), self.peer(self.right, ip="fd80::c"),
                      offer_flags={"address_family": "IP6"}, answer_flags={"address_family": "IP6"})

    def test_ipv4_to_ipv6(self):
        self.exchange(self.peer(self.left), self.peer(self.right, ip="fd80::c"),
                      offer_flags={"address_family": "IP6"}, answer_flags={"address_family": "IP4"})

    def test_ipv6_to_ipv4(self):
        self.exchange(self.peer(self.left, ip="fd80::b"), self.peer(self.right),
                      offer_flags={"address_family": "IP4"}, answer_flags={"address_family": "IP6"})

    def test_what_is_not_audio_of_ours_passes_untouched(self):
        a, b = self.peer(self.left), self.peer(self.right)
        formats, numbers = ("PCMU/8000", "x-unheard-of/16000"), (0, 111)
        self.call(a, b, offer=a.sdp(formats, numbers=numbers), answer=b.sdp(formats, numbers=numbers))
        for size in (1, 2, 33, 500, 1400):
            a.send(bytes(n * 7 & 255 for n in range(size)), payload_type=111)
        talk([b], 5, listeners=[a, b])
        self.assertEqual(a.sent, payloads(b.media))
        self.assertEqual({111}, {h.payload_type for h in b.media})

    def test_header_extension_and_contributing_sources_pass(self):
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b)
        packet = (bytes([0x80 | 0x10 | 2, 0]) + b"\x12\x34" + b"\0\0\0\x10" + b"\0\0\0\x01" + b"csr1csr2"
                  + b"\xbe\xde\0\1" + b"\x10\xaa\0\0" + b"payload" * 20)
        a.send_octets(packet)
        talk([], 5, listeners=[a, b])
        self.assertEqual([packet], [h.octets for h in b.heard])


class Rtcp(Scenario):
    def report_both_ways(self, a, b):
        for peer in (a, b):
            peer.send_report()
        talk([a, b], 5)

    def assert_reported(self, a, b):
        for speaker, listener in ((a, b), (b, a)):
            relayed = [h for h in listener.heard_rtcp if h.octets[4:8] == speaker.ssrc.to_bytes(4, "big")]
            self.assertEqual([[200, 202]], [rtcp_types(h.octets) for h in relayed])
            self.assertEqual({listener.remote_rtcp}, {h.source for h in relayed})

    def test_separate_ports(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        talk([a, b], 5)
        self.report_both_ways(a, b)
        self.assert_reported(a, b)
        self.assertEqual(2, self.delete(call_id)["totals"]["RTCP"]["packets"])

    def test_muxed_on_both_sides(self):
        a, b = self.peer(self.left, mux=True), self.peer(self.right, mux=True)
        self.call(a, b)
        self.assertEqual(a.remote, a.remote_rtcp)
        self.assertEqual(b.remote, b.remote_rtcp)
        talk([a, b], 5)
        self.report_both_ways(a, b)
        self.assert_reported(a, b)

    def test_muxed_on_one_side(self):
        a, b = self.peer(self.left, mux=True), self.peer(self.right)
        self.call(a, b, offer_flags={"rtcp_mux": ["demux"]})
        self.assertEqual(a.remote, a.remote_rtcp)
        talk([a, b], 5)
        self.report_both_ways(a, b)
        self.assert_reported(a, b)

    def test_ports_named_in_the_description(self):
        a, b = self.peer(self.left), self.peer(self.right)
        other = self.peer(self.right)  # takes b's RTCP at a port of its own
        self.call(a, b, answer=b.sdp(extra=[f"a=rtcp:{other.port}"]))
        talk([a, b], 5)
        a.send_report()
        talk([a, b], 5, listeners=[other])
        self.assertEqual([[200, 202]], [rtcp_types(h.octets) for h in other.heard])

    def test_passed_between_the_laws_of_g711(self):
        """The payload changes in its packet, so the parties' RTP sessions are one."""
        a, b = self.peer(self.left), self.peer(self.right, payload_type=8)
        self.call(a, b, answer=b.sdp(("PCMA/8000",)), offer_flags=TO_PCMA)
        talk([a, b], 5)
        self.assertEqual({a.ssrc}, {h.ssrc for h in b.media})
        self.assertEqual({8}, {h.payload_type for h in b.media})
        self.report_both_ways(a, b)
        self.assert_reported(a, b)

    def test_generated_when_transcoding(self):
        a, b = self.peer(self.left), self.peer(self.right, payload_type=9)
        self.call(a, b, answer=b.sdp(("G722/8000",)), offer_flags=TO_G722)
        for _ in range(4):
            talk([a, b], 100)
            if all(any(200 in rtcp_types(h.octets) for h in p.heard_rtcp) for p in (a, b)):
                break
        for speaker, listener in ((a, b), (b, a)):
            reports = [h.octets for h in listener.heard_rtcp]
            self.assertTrue(reports, "no report from the translator")
            ours = {h.ssrc for h in listener.media}
            sender_reports = [r for r in reports if r[1] == 200]
            self.assertTrue(sender_reports)
            for report in sender_reports:
                self.assertIn(int.from_bytes(report[4:8], "big"), ours)
                self.assertIn(202, rtcp_types(report))
            last = sender_reports[-1]
            self.assertGreater(int.from_bytes(last[20:24], "big"), 50)  # packets sent
            self.assertEqual(1, last[0] & 31, "no report block about the peer")
            self.assertEqual(listener.ssrc, int.from_bytes(last[28:32], "big"))
            self.assertEqual(0, last[32], "nothing was lost")
        self.assertEqual({listener.remote_rtcp}, {h.source for h in listener.heard_rtcp})


if __name__ == "__main__":
    main()
