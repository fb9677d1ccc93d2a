"""Kamailio as the SIP proxy of the lab."""

import os
import time

from .process import Process

_TEMPLATE = os.path.join(os.path.dirname(__file__), "..", "kamailio", "kamailio.cfg")


def anchored(host, folder):
    """The configuration of a proxy whose stock rtpengine module asks the daemon beside it."""
    with open(_TEMPLATE) as template:
        return template.read().replace("@IP@", host.ip).replace("@RUN@", folder)


class Kamailio:
    def __init__(self, host, folder, configuration):
        os.makedirs(folder, exist_ok=True)
        self.server = f"{host.ip}:5060"
        path = os.path.join(folder, "kamailio.cfg")
        with open(path, "w") as file:
            file.write(configuration)
        self.process = Process(
            host.command("kamailio", "-f", path, "-DD", "-E", "-m", "64", "-M", "8", "-P", f"{folder}/pid",
                         "-Y", folder, "-w", folder), os.path.join(folder, "log"))
        end = time.monotonic() + 10
        while time.monotonic() < end and self.process.alive():
            if self.server in host.run("ss", "-lnu").stdout:
                return
            time.sleep(0.05)
        raise RuntimeError(f"kamailio did not start; see {self.process.log}")

    def close(self):
        self.process.stop()
