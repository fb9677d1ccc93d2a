"""A minimal ng client (JSON over UDP) on the host where the daemon listens, or on any other."""

import itertools
import json
import os
import select
import socket

from . import sockets

_counter = itertools.count()


class NgClient:
    """One UDP socket. Underscores in the names of arguments stand for hyphens."""

    def __init__(self, host, ip="127.0.0.1", port=2223):
        self._address = (ip, port)
        self._socket = sockets.open_socket(host, family=socket.AF_INET6 if ":" in ip else socket.AF_INET)

    def exchange(self, datagram, seconds=3):
        """Sends octets as they are; the reply's octets, or None if none comes."""
        while select.select([self._socket], [], [], 0)[0]:
            self._socket.recv(65536)  # late answers to earlier ones
        self._socket.sendto(datagram, self._address)
        ready, _, _ = select.select([self._socket], [], [], seconds)
        return self._socket.recv(65536) if ready else None

    def request(self, **message):
        cookie = f"lab_{os.getpid()}_{next(_counter)}"
        wire = json.dumps({key.replace("_", "-"): value for key, value in message.items()})
        reply = self.exchange(f"{cookie} {wire}".encode())
        if reply is None:
            raise TimeoutError(f"no reply to {message.get('command')}")
        return json.loads(reply.removeprefix(cookie.encode() + b" "))

    def close(self):
        self._socket.close()


def request(host, ip, port, **message):
    client = NgClient(host, ip, port)
    try:
        return client.request(**message)
    finally:
        client.close()
