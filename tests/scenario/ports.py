"""The ways that packets get to mediad: addresses shared with the kernel or owned, drivers, several workers."""

import errno
import time

from scripts.lab.ping import ping
from scripts.lab.rtp_peer import talk
from scripts.lab.sockets import bound_udp
from tests.scenario.harness import Scenario, main, payloads


class PortScenario(Scenario):
    def assert_call(self, a, b, **call):
        call_id = self.call(a, b, **call)
        talk([a, b], 20)
        self.assertEqual(a.sent, payloads(b.media))
        self.assertEqual(b.sent, payloads(a.media))
        return call_id


class Shared(PortScenario):
    def unreachable(self, port, count=20):
        """How many of so many datagrams to this port of the server are answered by ICMP port unreachable."""
        refused = 0
        with bound_udp(self.left, "10.80.0.11") as sock:
            sock.connect(("10.80.0.1", port))
            for _ in range(count):
                try:
                    sock.send(b"\x80\x00" + bytes(170))
                    time.sleep(0.005)
                    sock.send(b"")
                except ConnectionRefusedError:
                    refused += 1
                except OSError as error:
                    self.assertEqual(errno.ECONNREFUSED, error.errno)
        return refused

    def test_the_kernel_is_silent_about_media_ports(self):
        self.assertGreater(self.unreachable(5999, 3), 0, "without a shield the kernel answers: the test can fail")
        for port in (30000, 35000, 40000):
            self.assertEqual(0, self.unreachable(port), port)

    def test_other_traffic_of_the_host_is_untouched(self):
        for ip in ("10.80.0.1", "fd80::1"):
            self.assertEqual(3, ping(self.left, ip), ip)
        with bound_udp(self.server, "10.80.0.1", 5998) as there, bound_udp(self.left, "10.80.0.11") as here:
            here.sendto(b"hello", ("10.80.0.1", 5998))
            time.sleep(0.1)
            self.assertEqual(b"hello", there.recv(100))

    def test_phones_on_the_same_host(self):
        self.assert_call(self.peer(self.server), self.peer(self.server))

    def test_a_phone_on_the_same_host_and_one_on_the_lan(self):
        self.assert_call(self.peer(self.server), self.peer(self.right))

    def test_phones_on_the_same_host_over_ipv6(self):
        self.assert_call(self.peer(self.server, ip="fd80::1"), self.peer(self.server, ip="fd80::1"),
                         offer_flags={"address_family": "IP6"}, answer_flags={"address_family": "IP6"})

    def test_phones_behind_a_router(self):
        """Next hops are the kernel's: a phone in a network that only a route knows."""
        self.left.run("ip", "addr", "add", "10.90.0.5/32", "dev", "lo")
        self.server.run("ip", "route", "replace", "10.90.0.0/24", "via", "10.80.0.11")
        self.assert_call(self.peer(self.left, ip="10.90.0.5"), self.peer(self.right))


class Loopback(PortScenario):
    """Nothing but 127.0.0.1: a phone and a server on one machine without a network."""

    interfaces = ("127.0.0.1",)

    def test_phones_on_127(self):
        self.assert_call(self.peer(self.server, ip="127.0.0.1"), self.peer(self.server, ip="127.0.0.1"))


class Owned(PortScenario):
    """An address that the kernel does not have."""

    interfaces = ()
    driver = "af_packet"
    arguments = ("--port=media0:driver={driver},device=eth0,address=10.80.0.2/24,address=fd80::2/64",)

    @classmethod
    def start_daemon(cls, *more):
        cls.arguments = tuple(a.format(driver=cls.driver) for a in cls.arguments)
        super().start_daemon(*more)

    def test_ping(self):
        for ip in ("10.80.0.2", "fd80::2"):
            self.assertEqual(3, ping(self.left, ip), ip)

    def test_call(self):
        a, b = self.peer(self.left), self.peer(self.right)
        self.assert_call(a, b)
        self.assertEqual("10.80.0.2", a.remote[0])

    def test_ipv4_to_ipv6(self):
        self.assert_call(self.peer(self.left), self.peer(self.right, ip="fd80::c"),
                         offer_flags={"address_family": "IP6"}, answer_flags={"address_family": "IP4"})

    def test_no_rule_for_the_kernel_is_needed(self):
        self.assertNotIn("10.80.0.2", self.server.run("iptables-save", "-t", "raw").stdout)
        self.assertNotIn("inet 10.80.0.2", self.server.run("ip", "addr").stdout)


class AfXdp(Owned):
    driver = "af_xdp"


class Tap(PortScenario):
    interfaces = ()
    arguments = ("--port=media0:driver=tap,device=mtap0,address=10.81.0.1/24",)

    @classmethod
    def start_daemon(cls, *more):
        super().start_daemon(*more)
        cls.server.run("ip", "addr", "add", "10.81.0.2/24", "dev", "mtap0")
        cls.server.run("ip", "link", "set", "mtap0", "up")

    def test_ping_and_call(self):
        self.assertEqual(3, ping(self.server, "10.81.0.1"), "10.81.0.1")
        self.assert_call(self.peer(self.server, ip="10.81.0.2"), self.peer(self.server, ip="10.81.0.2"))


class TwoWorkers(PortScenario):
    arguments = ("--workers=2",)

    def test_calls_on_both(self):
        pairs, ids = [], []
        for _ in range(6):
            a, b = self.peer(self.left), self.peer(self.right)
            ids.append(self.call(a, b))
            pairs.append((a, b))
        self.assertEqual({0, 1}, {self.details(call_id)["worker"] for call_id in ids})
        everyone = [peer for pair in pairs for peer in pair]
        talk(everyone, 25)
        for a, b in pairs:
            self.assertEqual(a.sent, payloads(b.media))
            self.assertEqual(b.sent, payloads(a.media))
        sessions = [v for k, v in self.metrics().items() if k.startswith("mediad_worker_sessions")]
        self.assertEqual([3, 3], sessions)


if __name__ == "__main__":
    main()
