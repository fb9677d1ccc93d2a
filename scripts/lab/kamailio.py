"""Kamailio as the SIP proxy of the lab, with its stock rtpengine module."""

import os
import time

from .process import Process

_TEMPLATE = os.path.join(os.path.dirname(__file__), "..", "kamailio", "kamailio.cfg")


class Kamailio:
    def __init__(self, host, folder):
        os.makedirs(folder, exist_ok=True)
        self.server = f"{host.ip}:5060"
        config = os.path.join(folder, "kamailio.cfg")
        with open(_TEMPLATE) as template, open(config, "w") as file:
            file.write(template.read().replace("@IP@", host.ip).replace("@RUN@", folder))
        self.process = Process(
            host.command("kamailio", "-f", config, "-DD", "-E", "-m", "64", "-M", "8", "-P", f"{folder}/pid",
                         "-Y", folder, "-w", folder), os.path.join(folder, "log"))
        end = time.monotonic() + 10
        while time.monotonic() < end and self.process.alive():
            if f"{host.ip}:5060" in host.run("ss", "-lnu").stdout:
                return
            time.sleep(0.05)
        raise RuntimeError(f"kamailio did not start; see {self.process.log}")

    def close(self):
        self.process.stop()
