"""Echo requests (ICMP, ICMPv6) from a host of the lab."""

import select
import socket
import struct

from . import sockets


def _checksum(octets):
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ping(host, ip, count=3, seconds=2):
    """How many of so many echo requests are answered."""
    six = ":" in ip
    request, reply = (128, 129) if six else (8, 0)
    sock = sockets.open_socket(host, socket.SOCK_RAW, socket.AF_INET6 if six else socket.AF_INET,
                               socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP)
    answered = 0
    with sock:
        for sequence in range(count):
            body = struct.pack(">HH", 0x4D44, sequence) + b"mediad lab pings"
            octets = struct.pack(">BBH", request, 0, _checksum(struct.pack(">BBH", request, 0, 0) + body)) + body
            sock.sendto(octets, (ip, 0))  # the kernel itself completes the checksum of ICMPv6
            while select.select([sock], [], [], seconds)[0]:
                got, source = sock.recvfrom(2048)
                got = got if six else got[4 * (got[0] & 15):]
                if source[0] == ip and got[0] == reply and got[4:] == body:
                    answered += 1
                    break
    return answered
