"""Calls over a wire that loses, delays, reorders and doubles packets: nothing is made worse, speech stays speech."""

import os
import subprocess
import wave

from scripts.lab import speech
from scripts.lab.network import ROOT
from scripts.lab.rtp_peer import listen, talk
from tests.scenario.harness import Scenario, main, payloads

TO_PCMA = {"codec": {"mask": ["all"], "transcode": ["PCMA"]}}
TO_G722 = {"codec": {"mask": ["all"], "transcode": ["G722"]}}


class BadWire(Scenario):
    interfaces = ("10.80.0.1",)
    offload = False

    def translated_call(self):
        """Between codecs that have decoder and encoder; PCMA would be made of PCMU in the packet that comes."""
        a, b = self.peer(self.left), self.peer(self.right, payload_type=9)
        return a, b, self.call(a, b, answer=b.sdp(("G722/8000",)), offer_flags=TO_G722)

    def endpoint(self, call_id, tag):
        return self.medias(call_id)[tag]["streams"][0]


class Jitter(BadWire):
    """40 ms of jitter at a distance of 20 ms: packets overtake each other; some come twice."""

    wires = {"left": ("--jitter", "40", "--duplicate", "0.05", "--seed", "7")}

    def test_relay_keeps_what_came_in_the_order_it_came(self):
        a, b = self.peer(self.left), self.peer(self.right)
        for peer in (a, b):
            peer.numbered = True
        call_id = self.call(a, b)
        talk([a], 150, listeners=[b])
        got = payloads(b.media)
        self.assertEqual(sorted(set(got)), sorted(a.sent), "relay must lose nothing, and pass late packets on")
        self.assertNotEqual(got, a.sent, "the wire did not reorder: the test proves nothing")
        drops = self.drops()
        self.assertGreater(drops["duplicate"], 0)
        self.assertEqual(len(got), len(set(got)), "a packet came twice")
        self.assertEqual(150, self.endpoint(call_id, "a")["stats"]["packets"] - drops["duplicate"])

    def test_transcoding_puts_them_in_order(self):
        a, b, call_id = self.translated_call()
        talk([a], 150, listeners=[b])
        listen([b], 0.3)
        heard = b.media
        self.assertEqual(1, len({h.ssrc for h in heard}))
        steps = [(y.timestamp - x.timestamp) & 0xFFFFFFFF for x, y in zip(heard, heard[1:])]
        self.assertEqual({160}, set(steps))
        self.assertEqual({1}, {(y.sequence - x.sequence) & 0xFFFF for x, y in zip(heard, heard[1:])})
        self.assertGreaterEqual(len(heard), 145)


class Loss(BadWire):
    wires = {"left": ("--loss", "0.05", "--seed", "3")}

    def test_relay_passes_on_what_arrives(self):
        a, b = self.peer(self.left), self.peer(self.right)
        a.numbered = True
        self.call(a, b)
        talk([a], 200, listeners=[b])
        got = payloads(b.media)
        self.assertGreater(len(got), 170)
        self.assertLess(len(got), 200)
        self.assertEqual([p for p in a.sent if p in set(got)], got)

    def test_transcoding_conceals(self):
        a, b, call_id = self.translated_call()
        talk([a], 250, listeners=[b])
        listen([b], 0.3)
        party = next(p for p in self.details(call_id)["parties"] if p["tag"] == "a")
        self.assertGreater(party["medias"][0]["frames-concealed"], 4)
        # The listener's stream has no holes: what was lost was made up for.
        heard = b.media
        self.assertGreaterEqual(len(heard), 245)
        self.assertEqual({1}, {(y.sequence - x.sequence) & 0xFFFF for x, y in zip(heard, heard[1:])})
        self.assertEqual({160}, {(y.timestamp - x.timestamp) & 0xFFFFFFFF for x, y in zip(heard, heard[1:])})

    def test_speech_stays_intelligible(self):
        a, b = self.peer(self.left), self.peer(self.right, payload_type=8)
        self.call(a, b, answer=b.sdp(("PCMA/8000",)), offer_flags={**TO_PCMA, "ptime": 40})  # so that we conceal
        said, heard = (os.path.join(self.folder, name) for name in ("said.wav", "heard.wav"))
        subprocess.run(["sox", os.path.join(ROOT, "tests", "data", "audio", "female_48k.wav"), "-r", "8000", "-c", "1",
                        "-b", "16", said, "trim", "0", "8"], check=True)
        octets = subprocess.run(["sox", said, "-t", "raw", "-e", "mu-law", "-"], check=True, capture_output=True).stdout
        frames = [octets[n:n + 160] for n in range(0, len(octets) - 159, 160)]
        talk([], len(frames), listeners=[b], each=lambda index: a.send(frames[index]))
        listen([b], 0.3)
        raw = b"".join(payloads(b.media))
        subprocess.run(["sox", "-t", "raw", "-e", "a-law", "-r", "8000", "-c", "1", "-", "-e",
                        "signed", "-b", "16", heard], input=raw, check=True)
        with wave.open(heard) as file:
            self.assertGreater(file.getnframes(), 7.5 * 8000)
        figures = speech.compare(said, heard)
        self.assertIsNotNone(figures)
        print(f"5 % loss, PCMU to PCMA: {figures}")
        self.assertGreater(figures["stoi"], 0.93)


if __name__ == "__main__":
    main()
