"""A LAN of network namespaces: one bridge, a veth to each host. Everything is removed again, also after an interrupt."""

import itertools
import os
import subprocess

from .process import Process

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("MEDIAD_BUILD", os.path.join(ROOT, "build"))


def run(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True)


class Host:
    """A namespace with one interface, eth0, on the LAN."""

    def __init__(self, lan, name, addresses):
        self.name, self.ns = name, f"{lan.prefix}-{name}"
        self.addresses = addresses
        self.ip = addresses[0].split("/")[0]

    def command(self, *command):
        """The command line that runs `command` inside this host."""
        return ["ip", "netns", "exec", self.ns, *command]

    def run(self, *command, check=True):
        return run(*self.command(*command), check=check)


class Lan:
    _count = itertools.count()

    def __init__(self, label="lab", offload=True):
        """offload=False: hosts complete their checksums themselves, which a wire made of packet sockets needs."""
        self._offload = offload
        self.prefix = f"md{label}{os.getpid()}x{next(Lan._count)}"
        self.switch = f"{self.prefix}-sw"
        self.hosts = []
        self.wires = {}
        run("ip", "netns", "add", self.switch)
        self._switch("ip", "link", "set", "lo", "up")
        # No spanning tree, no multicast snooping: frames pass from the first moment on.
        self._switch("ip", "link", "add", "br0", "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
        self._switch("ip", "link", "set", "br0", "up")

    def _switch(self, *command):
        run("ip", "netns", "exec", self.switch, *command)

    def add_host(self, name, *addresses, wire=()):
        """`wire`: arguments of tests/tools/impair, which then stands between the host and the switch."""
        host = Host(self, name, addresses)
        self.hosts.append(host)
        port = host.switch_port = f"p{len(self.hosts)}"
        run("ip", "netns", "add", host.ns)
        self._switch("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host.ns)
        if wire:
            self._impair(port, host, wire)
        else:
            self._switch("ip", "link", "set", port, "master", "br0", "up")
        self._bring_up(host, [] if self._offload else ["tx", "off"])
        return host

    @staticmethod
    def _bring_up(host, ethtool):
        host.run("ip", "link", "set", "lo", "up")
        for address in host.addresses:
            extra = ["nodad"] if ":" in address else []
            host.run("ip", "addr", "add", address, "dev", "eth0", *extra)
        if ethtool:
            host.run("ethtool", "-K", "eth0", *ethtool)
        host.run("ip", "link", "set", "eth0", "up")
        # Softphones look for a default route before they believe that they have a network.
        host.run("ip", "route", "add", "default", "dev", "eth0")

    def add_host_behind(self, name, address, router):
        """A host whose only way out is `router`, which gives its packets an address and port of the router's own."""
        host = Host(self, name, [address])
        self.hosts.append(host)
        gateway = address.split("/")[0].rsplit(".", 1)[0] + ".1"
        run("ip", "netns", "add", host.ns)
        router.run("ip", "link", "add", "inside", "type", "veth", "peer", "name", "eth0", "netns", host.ns)
        router.run("ip", "addr", "add", gateway + "/24", "dev", "inside")
        router.run("ip", "link", "set", "inside", "up")
        router.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        router.run("iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "eth0", "-j", "MASQUERADE", "--random")
        # A router lets nobody in who was not asked.
        router.run("iptables", "-A", "FORWARD", "-i", "eth0", "-m", "conntrack", "!", "--ctstate", "ESTABLISHED,RELATED",
                   "-j", "DROP")
        self._bring_up(host, [])
        host.run("ip", "route", "replace", "default", "via", gateway, "dev", "eth0")
        return host

    def _impair(self, port, host, wire):
        inner, outer = f"{port}i", f"{port}o"
        self._switch("ip", "link", "set", port, "up")
        self._switch("ip", "link", "add", inner, "type", "veth", "peer", "name", outer)
        self._switch("ip", "link", "set", inner, "up")
        self._switch("ip", "link", "set", outer, "master", "br0", "up")
        log = f"/tmp/{self.prefix}-{host.name}-wire.log"
        program = os.path.join(BUILD, "tests", "tools", "impair")
        process = Process(["ip", "netns", "exec", self.switch, program, "--a", port, "--b", inner, *wire], log)
        self.wires[host.name] = process
        if not process.wait_for("ready", 5):
            raise RuntimeError(f"impair did not start; see {log}")

    def close(self):
        for process in self.wires.values():
            process.stop()
            os.remove(process.log)
        for ns in [h.ns for h in self.hosts] + [self.switch]:
            if ns:
                run("ip", "netns", "del", ns, check=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Pair(Lan):
    """Two hosts joined by one veth, without a switch between them: the cheapest wire that the kernel has."""

    def __init__(self, label, first, second):
        """first, second: (name, address)."""
        self.prefix = f"md{label}{os.getpid()}x{next(Lan._count)}"
        self.switch = None
        self.wires = {}
        self.hosts = [Host(self, name, [address]) for name, address in (first, second)]
        left, right = self.hosts
        for host in self.hosts:
            run("ip", "netns", "add", host.ns)
        left.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", right.ns)
        for host in self.hosts:
            self._bring_up(host, [])
