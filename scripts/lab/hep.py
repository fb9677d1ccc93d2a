"""Reads HEP3, the encapsulation in which a capture server gets messages."""

import struct

SOURCE4, DESTINATION4, PAYLOAD, CORRELATION = 3, 4, 15, 17


def decode(datagram):
    """Chunks by their type."""
    if datagram[:4] != b"HEP3" or struct.unpack(">H", datagram[4:6])[0] != len(datagram):
        raise ValueError("not HEP3, or cut")
    chunks, at = {}, 6
    while at < len(datagram):
        _, kind, size = struct.unpack(">HHH", datagram[at:at + 6])
        chunks[kind] = datagram[at + 6:at + size]
        at += size
    return chunks
