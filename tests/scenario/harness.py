"""What the scenarios share: a small LAN, mediad on it, calls made straight over ng, ends that speak RTP."""

import itertools
import json
import re
import shutil
import socket
import sys
import tempfile
import time
import unittest

from scripts.lab.media import MediaDaemon, read_metrics
from scripts.lab.network import BUILD, Lan
from scripts.lab.ng import NgClient
from scripts.lab.rtp_peer import RtpPeer, listen

MEDIAD = f"{BUILD}/mediad/mediad"


class Scenario(unittest.TestCase):
    """One LAN and one daemon per class; every test makes its own calls on them."""

    interfaces = ("10.80.0.1", "fd80::1")
    arguments = ()
    offload = True
    wires = {}  # host name: arguments of the bad wire in front of it

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix=f"mediad-{cls.__name__}-")
        cls.lan = Lan("sc", offload=cls.offload)
        cls.daemon = cls.client = None
        try:
            cls.make_hosts()
            cls.start_daemon()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def make_hosts(cls):
        for number, name in ((1, "server"), (11, "left"), (12, "right"), (13, "stranger")):
            setattr(cls, name, cls.lan.add_host(name, f"10.80.0.{number}/24", f"fd80::{number:x}/64",
                                                wire=cls.wires.get(name, ())))

    @classmethod
    def start_daemon(cls, *more):
        command = mediad_command(cls.folder, *(f"--interface={ip}" for ip in cls.interfaces), *cls.arguments, *more)
        cls.daemon = MediaDaemon(cls.server, cls.folder, " ".join(command))
        cls.client = NgClient(cls.server)

    @classmethod
    def tearDownClass(cls):
        if cls.client:
            cls.client.close()
        status, text = 0, ""
        if cls.daemon:
            status, text = cls.daemon.close(), cls.daemon.process.text()
        cls.lan.close()
        if status != 0 or "Sanitizer" in text:
            raise AssertionError(f"the daemon ended with status {status}; see {cls.folder}")
        shutil.rmtree(cls.folder)

    def setUp(self):
        self._peers, self._ids = [], []
        self.assertTrue(self.daemon.process.alive(), f"the daemon is gone; see {self.folder}")

    def tearDown(self):
        for call_id in self._ids if self.daemon.process.alive() else ():
            self.delete(call_id)
        for peer in self._peers:
            peer.close()

    # --- ends and calls

    def peer(self, host, **arguments):
        peer = RtpPeer(host, **arguments)
        self._peers.append(peer)
        return peer

    _calls = itertools.count()

    def new_call_id(self):
        self._ids.append(f"{self.id().rsplit('.', 1)[-1]}-{next(Scenario._calls)}")
        return self._ids[-1]

    def ng(self, command, call_id=None, **more):
        names = {"call_id": call_id} if call_id else {}
        return self.client.request(command=command, **names, **more)

    def offer(self, call_id, sdp, **more):
        return self._expect_sdp(self.ng("offer", call_id, **{"from_tag": "a", "sdp": sdp, **more}))

    def answer(self, call_id, sdp, **more):
        return self._expect_sdp(self.ng("answer", call_id, **{"from_tag": "a", "to_tag": "b", "sdp": sdp, **more}))

    def _expect_sdp(self, reply):
        self.assertEqual("ok", reply["result"], reply)
        return reply["sdp"]

    def call(self, a, b, offer=None, answer=None, offer_flags=None, answer_flags=None):
        """a calls b; `offer` and `answer` are their descriptions if not the plain ones. The call-id."""
        call_id = self.new_call_id()
        b.follow(self.offer(call_id, offer or a.sdp(), **(offer_flags or {})))
        a.follow(self.answer(call_id, answer or b.sdp(), **(answer_flags or {})))
        listen([a, b], 0.15)  # an answer takes its time to the caller, and busy machines take theirs
        return call_id

    def delete(self, call_id, **more):
        return self.ng("delete", call_id, **{"delete_delay": 0, **more})

    # --- what is known of them

    def medias(self, call_id):
        """Per tag the first media of a query."""
        reply = self.ng("query", call_id)
        self.assertEqual("ok", reply["result"], reply)
        return {tag: item["medias"][0] for tag, item in reply["tags"].items()}

    def explain(self, call_id):
        return self.admin(command="explain", call_id=call_id)["text"]

    def admin(self, **message):
        return admin_request(self.daemon.admin, **message)

    def details(self, call_id):
        return self.admin(command="call", call_id=call_id)["call"]

    def metrics(self):
        return read_metrics(self.server)

    def drops(self):
        return {re.search(r'reason="(\w+)"', name)[1]: int(value) for name, value in self.metrics().items()
                if name.startswith("mediad_dropped_packets_total{")}

    def eventually(self, what, condition, seconds=5):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.fail(f"not within {seconds} s: {what}")
            time.sleep(0.02)

    def log(self):
        return self.daemon.process.text()


def mediad_command(folder, *arguments):
    return [MEDIAD, "--config-file=none", "--listen-ng=127.0.0.1:2223", "--listen-http=127.0.0.1:9901",
            f"--admin-socket={folder}/admin.sock", "--log-level=6", "--drain-timeout=2",
            "--hugepages=no",  # many daemons at once, and other users of them
            *arguments]


def admin_request(path, **message):
    """What mediactl does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(5)
        sock.connect(path)
        sock.sendall(json.dumps({k.replace("_", "-"): v for k, v in message.items()}).encode() + b"\n")
        text = b""
        while b"\n" not in text and (chunk := sock.recv(65536)):
            text += chunk
    return json.loads(text)


def payloads(heard):
    return [h.payload for h in heard]


def main():
    unittest.main(verbosity=2, argv=sys.argv)
