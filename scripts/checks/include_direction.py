#!/usr/bin/env python3
"""Checks that rooms include only rooms below them, and that DPDK stays where it belongs. Run from anywhere; exit 1 on a breach."""

import os
import re
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))

# room (longest prefix wins) -> rooms whose headers it may include
ALLOWED = {
    "mediad/base": {"mediad/base"},
    "codecs": {"codecs", "mediad/base"},
    "dataplane/api": {"dataplane/api", "codecs", "mediad/base"},
    "dataplane": {"dataplane", "dataplane/api", "codecs", "mediad/base"},
    "control": {"control", "dataplane/api", "codecs", "mediad/base"},
    "mediad": {"mediad", "control", "dataplane/api", "codecs", "mediad/base"},
}
# dataplane/drop.h is a word that the api speaks.
PART_OF_API = {"dataplane/drop.h"}
DPDK_HEADERS = re.compile(r"rte_\w+\.h")
DPDK_ALLOWED = ("dataplane/packet.h", "dataplane/pool", "dataplane/port/", "dataplane/eal.", "dataplane/worker",
                "dataplane/dataplane.cpp")
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def room_of(path):
    if path in PART_OF_API:
        return "dataplane/api"
    rooms = [room for room in ALLOWED if path == room or path.startswith(room + "/")]
    return max(rooms, key=len) if rooms else None


def main():
    breaches = []
    for top in ("mediad", "codecs", "dataplane", "control"):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in names:
                if not name.endswith((".h", ".cpp")):
                    continue
                path = os.path.relpath(os.path.join(folder, name), ROOT)
                with open(os.path.join(ROOT, path)) as file:
                    included = INCLUDE.findall(file.read())
                for header in included:
                    target = room_of(header)
                    if target and target not in ALLOWED[room_of(path)]:
                        breaches.append(f"{path}: {room_of(path)} may not include {header}")
                    if DPDK_HEADERS.fullmatch(header) and not path.startswith(DPDK_ALLOWED):
                        breaches.append(f"{path}: DPDK header {header} outside port/, packet.h, EAL start-up, worker")
    print("\n".join(breaches) or "include direction: ok")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
