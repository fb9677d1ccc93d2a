"""What went over a wire: a tcpdump capture, and the RTP in it."""

import socket
import struct
from dataclasses import dataclass

from .process import Process


@dataclass
class RtpPacket:
    time: float
    source: tuple
    destination: tuple
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


class Capture:
    """Of what a host sends and receives, taken at its switch port: a poll-mode port's own transmissions are invisible
    on its own side."""

    def __init__(self, lan, host, path, expression="udp"):
        self.path = path
        self.process = Process(
            ["ip", "netns", "exec", lan.switch, "tcpdump", "-U", "-n", "-i", host.switch_port, "-w", path, expression],
            path + ".log")
        self.process.wait_for("listening on", 5)

    def close(self):
        self.process.stop()

    def rtp(self):
        return list(read_rtp(self.path))


def read_rtp(path):
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 24:
        return
    nano = data[:4] == b"\x4d\x3c\xb2\xa1"
    position = 24
    while position + 16 <= len(data):
        seconds, fraction, size, _ = struct.unpack("<IIII", data[position:position + 16])
        frame = data[position + 16:position + 16 + size]
        position += 16 + size
        packet = _parse(seconds + fraction / (1e9 if nano else 1e6), frame)
        if packet:
            yield packet


def _parse(time, frame):
    kind = struct.unpack(">H", frame[12:14])[0] if len(frame) > 14 else 0
    if kind == 0x0800 and len(frame) >= 34 and frame[23] == 17:
        ip_end = 14 + (frame[14] & 15) * 4
        source, destination = frame[26:30], frame[30:34]
    elif kind == 0x86DD and len(frame) >= 54 and frame[20] == 17:
        ip_end = 54
        source, destination = frame[22:38], frame[38:54]
    else:
        return None
    udp, rtp = frame[ip_end:ip_end + 8], frame[ip_end + 8:]
    if len(udp) < 8 or len(rtp) < 12 or rtp[0] >> 6 != 2 or 64 <= (rtp[1] & 0x7F) <= 95:
        return None
    ports = struct.unpack(">HH", udp[:4])
    sequence, timestamp, ssrc = struct.unpack(">HII", rtp[2:12])
    return RtpPacket(time, (source, ports[0]), (destination, ports[1]), rtp[1] & 0x7F, sequence, timestamp, ssrc,
                     rtp[12:])


def added_delay_ms(packets, server_ip, peer_in, peer_out):
    """For each RTP packet from peer_in: how much later the next one leaves the server towards peer_out. What follows
    without another from peer_in is the server's own (noise in a pause) and not counted. Returns the sorted delays in ms.
    With equal ptime on both legs that is what the server added."""
    server = _octets(server_ip)
    come_in, go_out = _octets(peer_in), _octets(peer_out)
    newest, delays = None, []
    for packet in packets:
        if packet.source[0] == come_in and packet.destination[0] == server:
            newest = packet.time
        elif packet.source[0] == server and packet.destination[0] == go_out and newest is not None:
            delays.append((packet.time - newest) * 1000)
            newest = None
    return sorted(delays)


def out_of_order(packets, source_ip, destination_ip):
    last, count = {}, 0
    for packet in packets:
        if packet.source[0] == _octets(source_ip) and packet.destination[0] == _octets(destination_ip):
            if packet.ssrc in last and ((packet.sequence - last[packet.ssrc]) & 0xFFFF) > 0x8000:
                count += 1
            last[packet.ssrc] = packet.sequence
    return count


def _octets(ip):
    return socket.inet_pton(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip)
