"""The ng protocol as a proxy and its accidents drive it: what calls are told, refused, replayed and forgotten."""

import json

from scripts.lab.rtp_peer import listen, talk
from tests.scenario.harness import Scenario, main, payloads


class Calls(Scenario):
    def test_unknown_calls(self):
        sdp = self.peer(self.left).sdp()
        self.assertEqual({"result": "error", "error-reason": "Unknown call-id"},
                         self.ng("answer", "nobody", from_tag="a", to_tag="b", sdp=sdp))
        self.assertEqual({"result": "error", "error-reason": "Unknown call-id"}, self.ng("query", "nobody"))
        reply = self.ng("delete", "nobody", from_tag="a")
        self.assertEqual(("ok", "Call-ID not found or tags didn't match"), (reply["result"], reply["warning"]))
        self.assertEqual("error", self.ng("delete", "nobody", flags=["fatal"])["result"])

    def test_incomplete_requests(self):
        sdp = self.peer(self.left).sdp()
        for command, message in (("offer", {"from_tag": "a", "sdp": sdp}), ("offer", {"call_id": "x", "sdp": sdp}),
                                 ("offer", {"call_id": "x", "from_tag": "a"}), ("nonsense", {"call_id": "x"}),
                                 ("answer", {"call_id": "x", "from_tag": "a", "sdp": sdp})):
            reply = self.ng(command, **message)
            self.assertEqual("error", reply["result"], (command, message))
            self.assertTrue(reply["error-reason"])
        self.assertEqual("Failed to parse SDP",
                         self.ng("offer", "unreadable", from_tag="a", sdp="this is no SDP")["error-reason"])
        self.assertNotIn("unreadable", self.ng("list")["calls"])

    def test_a_repeated_cookie_is_answered_from_memory(self):
        a = self.peer(self.left)
        call_id = self.new_call_id()
        body = json.dumps({"command": "offer", "call-id": call_id, "from-tag": "a", "sdp": a.sdp()}).encode()
        first = self.client.exchange(b"cookie-1 " + body)
        self.assertIn(b'"ok"', first)
        self.assertEqual(first, self.client.exchange(b"cookie-1 " + body))
        delete = json.dumps({"command": "delete", "call-id": call_id, "delete-delay": 0}).encode()
        deleted = self.client.exchange(b"cookie-2 " + delete)
        self.assertNotIn(b"warning", deleted)
        self.assertEqual(deleted, self.client.exchange(b"cookie-2 " + delete))
        # The offer again, late: the stored reply, and no new call.
        self.assertEqual(first, self.client.exchange(b"cookie-1 " + body))
        self.assertNotIn(call_id, self.ng("list")["calls"])

    def test_bencode_and_json_alike(self):
        reply = self.client.exchange(b"b1 d7:command4:pinge")
        self.assertEqual(b"b1 d6:result4:ponge", reply)
        self.assertEqual({"result": "pong"}, json.loads(self.client.exchange(b'j1 {"command":"ping"}')[3:]))

    def test_forked_answers(self):
        a, b, c = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        call_id = self.new_call_id()
        offers = {}
        for peer, branch in ((b, "z9hG4bK-1"), (c, "z9hG4bK-2")):
            offers[branch] = self.offer(call_id, a.sdp(), **{"via-branch": branch})
            peer.follow(offers[branch])
        # Both ring with early media; then the second answers.
        for peer, branch, tag in ((b, "z9hG4bK-1", "tag-b"), (c, "z9hG4bK-2", "tag-c")):
            a.follow(self.answer(call_id, peer.sdp(), to_tag=tag, **{"via-branch": branch}))
        listen([a, b, c], 0.1)
        talk([a, c], 15, listeners=[b])
        self.assertEqual(a.sent, payloads(c.media))
        self.assertEqual(c.sent, payloads(a.media))
        # The proxy tells that the other branch is over; the call goes on.
        self.ng("delete", call_id, from_tag="a", to_tag="tag-b", delete_delay=0, **{"via-branch": "z9hG4bK-1"})
        a.forget(), c.forget()
        talk([a, c], 10)
        self.assertEqual(a.sent, payloads(c.media))
        self.assertEqual(c.sent, payloads(a.media))
        self.assertNotIn("tag-b", self.ng("query", call_id)["tags"])

    def test_two_answers_to_one_offer(self):
        """No via-branch: two callees answer the same offer, the later one is talked to."""
        a, b, c = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        call_id = self.new_call_id()
        out = self.offer(call_id, a.sdp())
        b.follow(out), c.follow(out)
        a.follow(self.answer(call_id, b.sdp(), to_tag="tag-b"))
        listen([a, b, c], 0.1)
        talk([a, b], 10, listeners=[c])
        self.assertEqual(b.sent, payloads(a.media))
        a.forget()
        a.follow(self.answer(call_id, c.sdp(), to_tag="tag-c"))
        listen([a, b, c], 0.1)
        talk([a, c], 15)
        self.assertEqual(c.sent, payloads(a.media))
        self.assertEqual(a.sent, payloads(c.media))

    def test_delete_delay(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        self.delete(call_id, delete_delay=1)
        talk([a, b], 10)  # media still flows for a late re-INVITE or a slow phone
        self.assertEqual(a.sent, payloads(b.media))
        self.assertEqual(0, self.ng("statistics")["statistics"]["currentstatistics"]["sessionsown"])
        self.eventually("the call is gone", lambda: call_id not in self.ng("list")["calls"], 4)
        a.forget(), b.forget()
        talk([a], 5, listeners=[b])
        self.assertEqual([], b.heard)

    def test_delete_without_delay_frees_at_once(self):
        used = self.ports_used()
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        self.assertEqual(used + 4, self.ports_used())
        self.delete(call_id)
        self.eventually("ports are free again", lambda: self.ports_used() == used)

    def ports_used(self):
        return sum(v for k, v in self.metrics().items() if k.startswith("mediad_ports_used") and "10.80" in k)

    def test_hold_and_resume(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        talk([a, b], 8)
        # a holds: sendonly, answered recvonly.
        self.assertIn("a=sendonly", self.offer(call_id, a.sdp(direction="sendonly"), to_tag="b"))
        self.assertIn("a=recvonly", self.answer(call_id, b.sdp(direction="recvonly")))
        listen([a, b], 0.1)
        a.forget(), b.forget()
        talk([a, b], 10)
        self.assertEqual(a.sent, payloads(b.media))
        self.assertEqual([], a.media)
        self.assertIn("on hold", self.explain(call_id))
        # Both are silent: inactive.
        self.offer(call_id, a.sdp(direction="inactive"), to_tag="b")
        self.answer(call_id, b.sdp(direction="inactive"))
        listen([a, b], 0.1)
        a.forget(), b.forget()
        talk([a, b], 5)
        self.assertEqual(([], []), (a.media, b.media))
        # And back, asked for by b.
        self.offer(call_id, b.sdp(), from_tag="b", to_tag="a")
        self.ng("answer", call_id, from_tag="b", to_tag="a", sdp=a.sdp())
        listen([a, b], 0.1)
        a.forget(), b.forget()
        talk([a, b], 10)
        self.assertEqual(a.sent, payloads(b.media))
        self.assertEqual(b.sent, payloads(a.media))

    def test_the_same_offer_again_changes_nothing(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        was = (a.remote, b.remote)

        def refresh(index):
            if index == 10:
                b.follow(self.offer(call_id, a.sdp(), to_tag="b"))
                a.follow(self.answer(call_id, b.sdp()))
        talk([a, b], 25, each=refresh)
        self.assertEqual(was, (a.remote, b.remote))
        self.assertEqual(a.sent, payloads(b.media))
        self.assertEqual(b.sent, payloads(a.media))

    def test_address_changed_in_mid_call(self):
        a, b, moved = self.peer(self.left), self.peer(self.right), self.peer(self.stranger)
        call_id = self.call(a, b)
        speakers = [a, b]

        def move(index):
            if index == 10:
                self.offer(call_id, moved.sdp(), to_tag="b")
                moved.follow(self.answer(call_id, b.sdp()))
                moved.ssrc, moved.sequence, moved.timestamp = a.ssrc, a.sequence, a.timestamp
                speakers[0] = moved
        talk(speakers, 40, listeners=[a, b, moved], each=move)
        self.assertEqual(a.sent + moved.sent, payloads(b.media))
        heard = payloads(a.media) + payloads(moved.media)
        self.assertEqual(b.sent, heard)

    def test_address_changed_in_mid_call_while_transcoding(self):
        a, b, moved = self.peer(self.left), self.peer(self.right, payload_type=8), self.peer(self.stranger)
        call_id = self.call(a, b, answer=b.sdp(("PCMA/8000",)),
                            offer_flags={"codec": {"mask": ["all"], "transcode": ["PCMA"]}})
        speakers = [a, b]

        def move(index):
            if index == 10:
                self.offer(call_id, moved.sdp(), to_tag="b", codec={"mask": ["all"], "transcode": ["PCMA"]})
                moved.follow(self.answer(call_id, b.sdp(("PCMA/8000",))))
                moved.ssrc, moved.sequence, moved.timestamp = a.ssrc, a.sequence, a.timestamp
                speakers[0] = moved
        talk(speakers, 40, listeners=[a, b, moved], each=move)
        at_b = b.media
        self.assertEqual(1, len({h.ssrc for h in at_b}), "a stream in the translator's name must not restart")
        self.assertEqual([(n + 1) & 0xFFFF for n in (h.sequence for h in at_b[:-1])], [h.sequence for h in at_b[1:]])
        self.assertEqual({160}, {(y.timestamp - x.timestamp) & 0xFFFFFFFF for x, y in zip(at_b, at_b[1:])})
        self.assertGreaterEqual(len(at_b), 38)

    def test_codec_changed_in_mid_call(self):
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        talk([a, b], 10)
        a.payload_type = b.payload_type = 8
        self.offer(call_id, a.sdp(("PCMA/8000",)), to_tag="b")
        self.answer(call_id, b.sdp(("PCMA/8000",)))
        listen([a, b], 0.1)
        a.forget(), b.forget()
        talk([a, b], 10)
        self.assertEqual({8}, {h.payload_type for h in b.media})
        self.assertEqual(a.sent, payloads(b.media))

    def test_flags_nobody_knows_are_told_of_once(self):
        sdp = self.peer(self.left).sdp()
        for _ in range(3):
            self.offer(self.new_call_id(), sdp, flags=["frobnicate-all"])
        self.eventually("a line in the log", lambda: "frobnicate-all" in self.log())
        self.assertEqual(1, self.log().count("frobnicate-all"))


class Limits(Scenario):
    interfaces = ("10.80.0.1",)
    arguments = ("--port-min=30000", "--port-max=30007")

    def test_port_exhaustion(self):
        a = self.peer(self.left)
        ids = [self.new_call_id() for _ in range(2)]
        for call_id in ids:
            self.offer(call_id, a.sdp())
        for reply in (self.ng("offer", "one-too-many", from_tag="a", sdp=a.sdp()),
                      self.ng("offer", "one-too-many", from_tag="a", sdp=a.sdp(), supports=["load limit"])):
            self.assertEqual({"result": "error", "error-reason": "Ran out of ports"}, reply)
        self.assertNotIn("one-too-many", self.ng("list")["calls"])
        self.delete(ids[0])
        call_id = self.new_call_id()
        self.eventually("a new call is served", lambda: self.ng(
            "offer", call_id, from_tag="a", sdp=a.sdp())["result"] == "ok")
        for left in (call_id, ids[1]):
            self.delete(left)

    def test_no_port_is_lost_to_refused_and_ended_calls(self):
        a, b = self.peer(self.left), self.peer(self.right)
        for _ in range(50):
            call_id = self.new_call_id()
            self.eventually("ports", lambda: self.ng("offer", call_id, from_tag="a", sdp=a.sdp())["result"] == "ok")
            self.ng("offer", "unreadable", from_tag="a", sdp="v=0\r\nm=audio")
            self.answer(call_id, b.sdp())
            self.delete(call_id)
        self.eventually("all ports are free", lambda: all(
            v == 8 for k, v in self.metrics().items() if k.startswith("mediad_ports_free")))


class Sessions(Scenario):
    interfaces = ("10.80.0.1",)
    arguments = ("--max-sessions=2",)

    def test_limit_of_sessions(self):
        a, b = self.peer(self.left), self.peer(self.right)
        ids = [self.call(a, b) for _ in range(2)]
        reply = self.ng("offer", "third", from_tag="a", sdp=a.sdp())
        self.assertEqual({"result": "error", "error-reason": "Parallel session limit reached"}, reply)
        reply = self.ng("offer", "third", from_tag="a", sdp=a.sdp(), supports=["load limit"])
        self.assertEqual("load limit", reply["result"])
        # Calls that exist are served on.
        self.offer(ids[0], a.sdp(), to_tag="b")
        self.answer(ids[0], b.sdp())
        self.delete(ids[0], delete_delay=30)  # its ports are kept, but it counts no longer
        self.call(a, b)


if __name__ == "__main__":
    main()
