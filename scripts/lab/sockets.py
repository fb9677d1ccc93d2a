"""Sockets inside the namespaces of the lab, for peers that live in the test's own process."""

import ctypes
import os
import socket

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


_home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _enter(descriptor):
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def open_socket(host, kind=socket.SOCK_DGRAM, family=socket.AF_INET, protocol=0):
    """A socket of `host`'s namespace. It stays there; the calling thread is back where it was."""
    away = os.open(f"/run/netns/{host.ns}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(away)
        return socket.socket(family, kind, protocol)
    finally:
        _enter(_home)
        os.close(away)


def bound_udp(host, ip, port=0):
    """A UDP socket bound to ip:port inside `host`; non-blocking, with room for a burst."""
    sock = open_socket(host, family=socket.AF_INET6 if ":" in ip else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.bind((ip, port))
    sock.setblocking(False)
    return sock
