"""The media daemon under test: mediad, or whatever command line speaks ng on 127.0.0.1:2223."""

import os
import shlex
import socket
import time

from . import ng
from .network import BUILD
from .process import Process
from .sockets import open_socket


def read_metrics(host, ip="127.0.0.1", port=9901):
    """What /metrics of a daemon on `host` says, by name and labels."""
    sock = open_socket(host, socket.SOCK_STREAM)
    try:
        sock.settimeout(5)
        sock.connect((ip, port))
        sock.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        text = b""
        while chunk := sock.recv(65536):
            text += chunk
    finally:
        sock.close()
    body = text.decode().split("\r\n\r\n", 1)[1]
    return {name: float(value) for name, value in
            (line.rsplit(" ", 1) for line in body.splitlines() if line and not line.startswith("#"))}


class MediaDaemon:
    """`command` is a format string with {ip} and {folder}; by default mediad of the build folder."""

    def __init__(self, host, folder, command=None, arguments=(), ng_ip="127.0.0.1"):
        os.makedirs(folder, exist_ok=True)
        self.host, self.folder, self.ng_ip = host, folder, ng_ip
        self.admin = os.path.join(folder, "admin.sock")
        if command is None:
            command = (f"{BUILD}/mediad/mediad --config-file=none --interface={{ip}} --listen-ng=127.0.0.1:2223 "
                       f"--listen-http=127.0.0.1:9901 --admin-socket={self.admin} --log-level=6")
        line = shlex.split(command.format(ip=host.ip, folder=folder)) + list(arguments)
        self.process = Process(host.command(*line), os.path.join(folder, "log"))
        self._wait_for_pong()

    def _wait_for_pong(self):
        end = time.monotonic() + 15
        while time.monotonic() < end and self.process.alive():
            try:
                if self.ng(command="ping")["result"] == "pong":
                    return
            except Exception:  # not listening yet
                time.sleep(0.1)
        raise RuntimeError(f"the media daemon did not start; see {self.process.log}:\n{self.process.text()[-2000:]}")

    def pid(self):
        """Of the daemon itself: `ip netns exec`, `taskset` and `chrt` all exec, so it is the child's own."""
        return self.process.pid

    def ng(self, **message):
        return ng.request(self.host, self.ng_ip, 2223, **message)

    def mediactl(self, *arguments):
        done = self.host.run(f"{BUILD}/mediad/mediactl", "--socket", self.admin, *arguments, check=False)
        return done.stdout + done.stderr

    def call_ids(self):
        return self.ng(command="list")["calls"]

    def query(self, call_id):
        return self.ng(command="query", call_id=call_id)

    def close(self):
        return self.process.stop(40)
