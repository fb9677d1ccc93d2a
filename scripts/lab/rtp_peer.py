"""An RTP endpoint of few lines: a pair of UDP sockets in a host of the lab, packets out in step, packets in."""

import itertools
import math
import select
import socket
import struct
import time
from dataclasses import dataclass

from . import sockets

_ports = itertools.count(20000, 2)
_ssrcs = itertools.count(0x51000001, 0x10001)


@dataclass
class Heard:
    """A datagram that came in; the fields of RTP are None if it is not RTP."""
    time: float
    source: tuple
    octets: bytes
    payload_type: int = None
    marker: bool = False
    sequence: int = None
    timestamp: int = None
    ssrc: int = None
    payload: bytes = b""


def parse(octets, source, when):
    heard = Heard(when, source, octets)
    if len(octets) >= 12 and octets[0] >> 6 == 2 and not 64 <= (octets[1] & 0x7F) <= 95:
        heard.payload_type, heard.marker = octets[1] & 0x7F, bool(octets[1] & 0x80)
        heard.sequence, heard.timestamp, heard.ssrc = struct.unpack(">HII", octets[2:12])
        heard.payload = octets[12 + 4 * (octets[0] & 15):]
    return heard


def rtp(payload_type, sequence, timestamp, ssrc, payload, marker=False):
    return struct.pack(">BBHII", 0x80, payload_type | (0x80 if marker else 0), sequence & 0xFFFF,
                       timestamp & 0xFFFFFFFF, ssrc) + payload


def sender_report(ssrc, packets, octets, timestamp, cname=b"peer@lab"):
    """A compound of SR and SDES (RFC 3550 §6.1)."""
    now = time.time() + 2208988800
    report = struct.pack(">BBHIIIIII", 0x80, 200, 6, ssrc, int(now), int(now % 1 * 2**32), timestamp & 0xFFFFFFFF,
                         packets, octets)
    chunk = struct.pack(">IBB", ssrc, 1, len(cname)) + cname + b"\0"
    chunk += b"\0" * (-len(chunk) % 4)
    return report + struct.pack(">BBH", 0x81, 202, len(chunk) // 4) + chunk


def rtcp_types(octets):
    """The packet types of a compound, in order."""
    types = []
    while len(octets) >= 4:
        types.append(octets[1])
        octets = octets[4 * (struct.unpack(">H", octets[2:4])[0] + 1):]
    return types


def _mulaw(sample):
    sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
    magnitude = min(magnitude, 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | (magnitude >> (exponent + 3) & 15)) & 0xFF


# One second of a tone of 400 Hz: whole periods in every frame.
TONE_PCMU = bytes(_mulaw(int(8000 * math.sin(2 * math.pi * 400 * n / 8000))) for n in range(8000))


class RtpPeer:
    """Sends PCMU packets of 20 ms with a tone unless told otherwise; remembers all that it hears."""

    def __init__(self, host, ip=None, port=None, mux=False, payload_type=0, samples=160):
        self.host, self.ip = host, ip or host.ip
        self.port = port or next(_ports)
        self.mux, self.payload_type, self.samples = mux, payload_type, samples
        self.socket = sockets.bound_udp(host, self.ip, self.port)
        self.rtcp_socket = self.socket if mux else sockets.bound_udp(host, self.ip, self.port + 1)
        self.ssrc = next(_ssrcs)
        self.sequence, self.timestamp, self.sent = 1000, 160000, []
        self.numbered = False  # every payload is another one
        self.heard, self.heard_rtcp = [], []
        self.remote = self.remote_rtcp = None

    # --- signalling

    def sdp(self, formats=("PCMU/8000",), ip=None, port=None, direction="sendrecv", numbers=None, extra=()):
        """`formats`: as in rtpmap; their payload types are the static ones, or `numbers`."""
        ip = ip or self.ip
        numbers = numbers or [_number(name, index) for index, name in enumerate(formats)]
        family = "IP6" if ":" in ip else "IP4"
        lines = ["v=0", f"o=- 1 1 IN {family} {ip}", "s=-", f"c=IN {family} {ip}", "t=0 0",
                 f"m=audio {port or self.port} RTP/AVP {' '.join(map(str, numbers))}"]
        lines += [f"a=rtpmap:{number} {name}" for number, name in zip(numbers, formats)]
        lines += [f"a={direction}"] + (["a=rtcp-mux"] if self.mux else []) + list(extra)
        return "\r\n".join(lines) + "\r\n"

    def follow(self, sdp):
        """Media goes from now on to where this description says."""
        lines = sdp.split("\r\n")
        ip = next(line for line in lines if line.startswith("c=")).split()[2]
        port = int(next(line for line in lines if line.startswith("m=audio")).split()[1])
        self.remote = (ip, port)
        self.remote_rtcp = (ip, port if self.mux and "a=rtcp-mux" in lines else port + 1)
        return self

    # --- media

    def send(self, payload=None, payload_type=None, marker=False, to=None):
        if payload is None:
            start = len(self.sent) * self.samples % 8000
            payload = TONE_PCMU[start:start + self.samples]
            if self.numbered:
                payload = len(self.sent).to_bytes(4, "big") + payload[4:]
        packet = rtp(self.payload_type if payload_type is None else payload_type, self.sequence, self.timestamp,
                     self.ssrc, payload, marker)
        self.sequence = self.sequence + 1 & 0xFFFF
        self.timestamp += self.samples
        self.sent.append(payload)
        self.send_octets(packet, to)

    def send_octets(self, octets, to=None):
        self._to(self.socket, octets, to or self.remote)

    def send_rtcp(self, octets, to=None):
        self._to(self.rtcp_socket, octets, to or self.remote_rtcp)

    def send_report(self):
        self.send_rtcp(sender_report(self.ssrc, len(self.sent), sum(map(len, self.sent)), self.timestamp))

    @staticmethod
    def _to(sock, octets, address):
        try:
            sock.sendto(octets, address)
        except ConnectionRefusedError:  # an ICMP error of an earlier one; this one has not been sent
            sock.sendto(octets, address)

    def take_in(self):
        for sock, into in {self.socket: self.heard, self.rtcp_socket: self.heard_rtcp}.items():
            while True:
                try:
                    octets, source = sock.recvfrom(65536)
                except (BlockingIOError, ConnectionRefusedError):
                    break
                heard = parse(octets, source[:2], time.monotonic())
                muxed_rtcp = self.mux and heard.payload_type is None
                (self.heard_rtcp if muxed_rtcp else into).append(heard)

    @property
    def media(self):
        return [h for h in self.heard if h.payload_type is not None]

    def forget(self):
        self.heard.clear()
        self.heard_rtcp.clear()
        self.sent.clear()

    def close(self):
        self.socket.close()
        self.rtcp_socket.close()


def _number(name, index):
    return {"PCMU/8000": 0, "GSM/8000": 3, "PCMA/8000": 8, "G722/8000": 9, "G729/8000": 18}.get(name, 96 + index)


def listen(peers, seconds, until=None):
    """Takes in what comes for so long, or until `until()`; True if that came true."""
    end = time.monotonic() + seconds
    while True:
        for peer in peers:
            peer.take_in()
        if until and until():
            return True
        left = end - time.monotonic()
        if left <= 0:
            return False
        select.select([s for p in peers for s in (p.socket, p.rtcp_socket)], [], [], min(left, 0.05))


def talk(senders, packets, interval=0.02, listeners=(), each=None):
    """Every sender sends so many packets in step; all listen meanwhile and a little longer.
    `each(index)` is called before each round."""
    everyone = list({id(p): p for p in (*senders, *listeners)}.values())
    start = time.monotonic()
    for index in range(packets):
        if each:
            each(index)
        for peer in senders:
            peer.send()
        listen(everyone, max(0.0, start + (index + 1) * interval - time.monotonic()))
    listen(everyone, 0.15)
