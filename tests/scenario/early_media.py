"""Media that comes before the answer, straight over ng: ringback and announcements are heard from their first packet."""

import time

from scripts.lab.rtp_peer import talk
from tests.scenario.harness import Scenario, main, payloads

PACKETS = 25


class EarlyMedia(Scenario):
    def ring(self):
        """What passes before a phone's first packet. The daemon finds the way to the other one meanwhile."""
        time.sleep(0.3)

    def test_the_callee_is_heard_before_its_answer(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.new_call_id()
        b.follow(self.offer(call_id, a.sdp()))
        self.ring()
        talk([b], PACKETS, listeners=[a, b])
        self.assertEqual(b.sent, payloads(a.media))
        a.follow(self.answer(call_id, b.sdp()))
        self.assertEqual({a.remote}, {h.source for h in a.media}, "early media came from where the answer says")
        a.forget()
        b.forget()
        talk([a, b], PACKETS)
        self.assertEqual(b.sent, payloads(a.media))
        self.assertEqual(a.sent, payloads(b.media))

    def test_early_media_of_another_codec_is_transcoded(self):
        a, b = self.peer(self.left), self.peer(self.right, payload_type=8)
        call_id = self.new_call_id()
        b.follow(self.offer(call_id, a.sdp(), codec={"mask": ["all"], "transcode": ["PCMA"]}))
        self.ring()
        talk([b], PACKETS, listeners=[a, b])
        self.assertEqual({0}, {h.payload_type for h in a.media})
        self.assertGreaterEqual(len(a.media), PACKETS - 5)

    def test_another_branch_answers(self):
        """183 with a description from one phone, 200 from another behind the same branch."""
        a, first, second = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        call_id = self.new_call_id()
        offered = self.offer(call_id, a.sdp())
        first.follow(offered)
        second.follow(offered)
        self.answer(call_id, first.sdp(), to_tag="first")
        self.ring()
        talk([first], PACKETS, listeners=[a])
        self.assertEqual(first.sent, payloads(a.media))
        a.follow(self.answer(call_id, second.sdp(), to_tag="second"))
        self.ring()
        a.forget()
        talk([a, second], PACKETS)
        self.assertEqual(second.sent, payloads(a.media))
        self.assertEqual(a.sent, payloads(second.media))

    def test_each_via_branch_has_early_media_of_its_own(self):
        a, first, second = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        call_id = self.new_call_id()
        first.follow(self.offer(call_id, a.sdp(), via_branch="one"))
        second.follow(self.offer(call_id, a.sdp(), via_branch="two"))
        self.assertNotEqual(first.remote, second.remote)
        self.ring()
        talk([first, second], PACKETS, listeners=[a])
        self.assertEqual({first.ssrc, second.ssrc}, {h.ssrc for h in a.media})
        a.follow(self.answer(call_id, second.sdp(), via_branch="two", to_tag="second"))
        self.ring()
        a.forget()
        second.forget()
        talk([a, second], PACKETS)
        self.assertEqual(second.sent, payloads(a.media))
        self.assertEqual(a.sent, payloads(second.media))


if __name__ == "__main__":
    main()
