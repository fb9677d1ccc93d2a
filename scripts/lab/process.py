"""Processes that the lab starts, each with a log, and ends by their own pid."""

import os
import signal
import subprocess
import time

# Phones and servers use little CPU, but must not stall when the machine is busy: real-time priority where it is allowed.
_REALTIME = ["chrt", "-r", "5"] if os.geteuid() == 0 else []


class Process:
    def __init__(self, command, log, stdin=subprocess.DEVNULL, env=None, realtime=True):
        self.log = log
        self._file = open(log, "wb")
        prefix = _REALTIME if realtime else []
        self._process = subprocess.Popen(
            [*prefix, *command], stdin=stdin, stdout=self._file, stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})}, start_new_session=True)

    @property
    def pid(self):
        return self._process.pid

    @property
    def stdin(self):
        return self._process.stdin

    def alive(self):
        return self._process.poll() is None

    def text(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def wait_for(self, words, seconds):
        """True once the log holds `words`; False when time is up or the process ended without them."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if words in self.text():
                return True
            if not self.alive():
                return words in self.text()
            time.sleep(0.05)
        return False

    def wait(self, seconds):
        return self._process.wait(seconds)

    def stop(self, seconds=5):
        if self.alive():
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._file.close()
        return self._process.returncode
