"""The process as an operator and systemd see it: signals, reload, second starts, what it leaves behind."""

import os
import signal
import time

from scripts.lab.media import MediaDaemon
from scripts.lab.ng import NgClient
from scripts.lab.rtp_peer import talk
from tests.scenario.harness import MEDIAD, Scenario, main, mediad_command


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Process(Scenario):
    """Every test has a daemon of its own."""

    interfaces = ("10.80.0.1",)

    @classmethod
    def start_daemon(cls, *more):
        pass

    def setUp(self):
        self._peers, self._ids, self._daemons = [], [], []

    def tearDown(self):
        for peer in self._peers:
            peer.close()
        for daemon, client in self._daemons:
            client.close()
            if daemon.process.alive():
                daemon.process.stop(5)

    def start(self, *arguments, name="one"):
        folder = os.path.join(self.folder, f"{self.id().rsplit('.', 1)[-1]}-{name}")
        command = mediad_command(folder, "--interface=10.80.0.1", *arguments)
        self.daemon = MediaDaemon(self.server, folder, " ".join(command))
        self.client = NgClient(self.server)
        self._daemons.append((self.daemon, self.client))
        return self.daemon

    def signal(self, number):
        os.kill(self.daemon.pid(), number)

    def rules(self):
        return [line for program in ("iptables-save", "ip6tables-save")
                for line in self.server.run(program, "-t", "raw").stdout.splitlines() if line.startswith("-A")]

    def promiscuous(self):
        return [name for name in ("eth0", "lo")
                if int(self.server.run("cat", f"/sys/class/net/{name}/flags").stdout, 16) & 0x100]

    def switches(self):
        return [self.server.run("sysctl", "-n", f"net.ipv4.conf.lo.{name}").stdout.strip()
                for name in ("accept_local", "route_localnet")]


class End(Process):
    def test_sigterm_without_calls_ends_at_once_and_leaves_nothing(self):
        before = self.rules(), self.promiscuous(), self.switches()
        self.start("--drain-timeout=30")
        self.assertTrue(self.rules())
        self.signal(signal.SIGTERM)
        self.assertEqual(0, self.daemon.process.wait(5))
        self.assertEqual(before, (self.rules(), self.promiscuous(), self.switches()))
        self.assertFalse(os.path.exists(self.daemon.admin))

    def test_sigterm_drains(self):
        self.start("--drain-timeout=20")
        a, b = self.peer(self.left), self.peer(self.right)
        call_id = self.call(a, b)
        self.signal(signal.SIGTERM)
        self.eventually("draining", lambda: "draining" in self.log())
        reply = self.ng("offer", "new", from_tag="a", sdp=a.sdp())
        self.assertEqual("Parallel session limit reached", reply["error-reason"])
        talk([a, b], 20)
        self.assertEqual(len(a.sent), len(b.media))
        self.offer(call_id, a.sdp(), to_tag="b")
        self.answer(call_id, b.sdp())
        self.delete(call_id)
        self.assertEqual(0, self.daemon.process.wait(5))

    def test_sigterm_ends_calls_at_the_deadline(self):
        self.start("--drain-timeout=2")
        self.call(self.peer(self.left), self.peer(self.right))
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        self.assertEqual(0, self.daemon.process.wait(8))
        self.assertGreater(time.monotonic() - began, 1.8)
        self.assertNotIn("did not come home", self.log())
        self.assertEqual([], self.rules())

    def test_second_sigterm_ends_at_once(self):
        self.start("--drain-timeout=30")
        self.call(self.peer(self.left), self.peer(self.right))
        self.signal(signal.SIGTERM)
        self.eventually("draining", lambda: "draining" in self.log())
        self.signal(signal.SIGTERM)
        self.assertEqual(0, self.daemon.process.wait(5))
        self.assertEqual([], self.rules())

    def test_mediactl_drain(self):
        self.start("--drain-timeout=30")
        self.assertEqual("ok", self.admin(command="drain")["result"])
        self.assertEqual(0, self.daemon.process.wait(5))

    def test_kill_9_and_again(self):
        self.start()
        self.call(self.peer(self.left), self.peer(self.right))
        count = len(self.rules())
        self.signal(signal.SIGKILL)
        self.daemon.process.wait(5)
        self.assertEqual(count, len(self.rules()))
        self.start(name="two")
        self.assertEqual(count, len(self.rules()))
        self.assertIn("stale kernel rule removed", self.log())
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b)
        talk([a, b], 5)
        self.assertEqual(5, len(b.media))
        self.signal(signal.SIGTERM)
        self.assertEqual(0, self.daemon.process.wait(5))
        self.assertEqual(([], []), (self.rules(), self.promiscuous()))


class Beside(Process):
    def test_idle_costs_little(self):
        self.start()
        time.sleep(1)
        before = cpu_seconds(self.daemon.pid())
        time.sleep(5)
        share = (cpu_seconds(self.daemon.pid()) - before) / 5
        print(f"idle: {100 * share:.1f} % of a CPU")
        self.assertLess(share, 0.03)

    def test_a_second_instance_is_refused(self):
        self.start()
        rules = self.rules()
        folder = os.path.join(self.folder, "second")
        os.makedirs(folder)
        command = mediad_command(folder, "--interface=10.80.0.1")
        command = [c.replace("2223", "2224").replace("9901", "9902") for c in command]
        done = self.server.run(*command, check=False)
        self.assertEqual(1, done.returncode)
        self.assertIn("interface eth0 is in use by another mediad", done.stdout + done.stderr)
        self.assertEqual(rules, self.rules(), "the first one's shield is down")
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b)
        talk([a, b], 5)
        self.assertEqual(5, len(b.media))

    def test_a_taken_ng_port_is_told(self):
        self.start()
        folder = os.path.join(self.folder, "taken")
        os.makedirs(folder)
        done = self.left.run(*mediad_command(folder, "--interface=10.80.0.11", "--listen-ng=10.80.0.99:2223"), check=False)
        self.assertEqual(1, done.returncode)
        self.assertIn("10.80.0.99", done.stdout + done.stderr)
        rules = self.left.run("iptables-save", "-t", "raw").stdout
        self.assertNotIn("mediad", rules)


class Reload(Process):
    def configured(self, text):
        path = os.path.join(self.folder, f"{self.id().rsplit('.', 1)[-1]}.conf")
        with open(path, "w") as file:
            file.write("[mediad]\n" + text)
        return path

    def start_configured(self, text):
        path = self.configured(text)
        folder = os.path.join(self.folder, self.id().rsplit(".", 1)[-1])
        command = [c for c in mediad_command(folder) if "config-file" not in c and "log-level" not in c]
        self.daemon = MediaDaemon(self.server, folder, " ".join([*command, f"--config-file={path}"]))
        self.client = NgClient(self.server)
        self._daemons.append((self.daemon, self.client))
        return path

    def test_reload(self):
        path = self.start_configured("interface = 10.80.0.1\nmax-sessions = 1\ntable = 0\n")
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b)
        self.assertEqual("error", self.ng("offer", "x", from_tag="a", sdp=a.sdp())["result"])
        with open(path, "w") as file:
            file.write("[mediad]\ninterface = 10.80.0.1\nmax-sessions = 5\nport-min = 20000\n")
        self.signal(signal.SIGHUP)
        self.eventually("reloaded", lambda: "reloaded" in self.log())
        self.assertIn("port-min has changed, which needs a restart", self.log())
        self.call(a, b)
        talk([a, b], 10)
        self.assertEqual(10, len(b.media))

    def test_a_bad_reload_changes_nothing(self):
        path = self.start_configured("interface = 10.80.0.1\nmax-sessions = 1\n")
        a, b = self.peer(self.left), self.peer(self.right)
        self.call(a, b)
        with open(path, "w") as file:
            file.write("[mediad]\ninterface = 10.80.0.1\nmax-sessions = 5\nmax-sesions = 6\n")
        self.signal(signal.SIGHUP)
        self.eventually("refused", lambda: "reload refused" in self.log())
        self.assertRegex(self.log(), r"4.*max-sesions.*max-sessions")
        self.assertEqual("error", self.ng("offer", "x", from_tag="a", sdp=a.sdp())["result"])
        talk([a, b], 5)
        self.assertEqual(5, len(b.media))

    def test_check(self):
        good = self.configured("interface = 10.80.0.1\nlisten-ng = 127.0.0.1:2223\ntable = 0\n")
        done = self.server.run(MEDIAD, "--check", f"--config-file={good}", check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("table", done.stderr)
        for text, words in (("interfaec = 10.80.0.1", ("interfaec", "'interface'", "2")),
                            ("interface = 10.80.0.77", ("10.80.0.77",)),
                            ("interface = 10.80.0.1\nport-min = many", ("port-min", "many", "3")),
                            ("interface = 10.80.0.1\nport-min = 30001\nport-max = 30000", ("port-m",))):
            done = self.server.run(MEDIAD, "--check", f"--config-file={self.configured(text)}", check=False)
            self.assertNotEqual(0, done.returncode, text)
            for word in words:
                self.assertIn(word, done.stderr)
        self.assertEqual([], self.rules())


if __name__ == "__main__":
    main()
