"""Calls through mediad as a SIP system, with other makers' phones and proxies, behind NAT, and over WebSocket.

usage: python3 -m tests.scenario.sip_peers NAME...      (see CASES)
"""

import os
import select
import socket
import sys

from scripts.lab import hep, sockets
from scripts.lab.edge_proxy import EdgeProxy
from scripts.lab.linphone import Linphone
from scripts.lab.speech import EXACT
from scripts.lab.ws_phone import WsPhone

from . import sip_calls
from .sip_calls import AUDIO, SECONDS, converse

WEB = ["--listen-sip=ws:{ip}:8080", "--listen-sip=wss:{ip}:8443"]


def linphone(stage):
    """linphone calls baresip."""
    callee = stage.phone(stage.right, "102", "PCMU", "male_48k.wav", answer=True)
    caller = Linphone(stage.left, os.path.join(stage.folder, "101"), "101", "secret-101", stage.daemon.server, "PCMU",
                      os.path.join(AUDIO, "female_48k.wav"), SECONDS)
    stage.running.append(caller)
    return converse(stage, caller, callee, f"sip:102@{stage.daemon.server}", EXACT)


def _behind_nat(stage):
    router = stage.lan.add_host("router", "10.81.0.20/24")
    return stage.lan.add_host_behind("home", "192.168.7.2/24", router)


def nat_calls(stage):
    """A phone behind NAT calls: its contact and its media address mean nothing outside."""
    callee = stage.phone(stage.right, "102", "PCMU", "male_48k.wav", answer=True)
    caller = stage.phone(_behind_nat(stage), "101", "PCMU", "female_48k.wav")
    return converse(stage, caller, callee, f"sip:102@{stage.daemon.server}", EXACT)


def nat_called(stage):
    """A phone behind NAT is called, over the flow of its registration."""
    callee = stage.phone(_behind_nat(stage), "102", "PCMU", "male_48k.wav", answer=True)
    caller = stage.phone(stage.left, "101", "PCMU", "female_48k.wav")
    return converse(stage, caller, callee, f"sip:102@{stage.daemon.server}", EXACT)


def _proxied(stage, caller_by_proxy):
    proxy = EdgeProxy(stage.lan.add_host("proxy", "10.81.0.5/24"), os.path.join(stage.folder, "proxy"), stage.daemon.server)
    stage.running.append(proxy)
    callee = stage.phone(stage.right, "102", "PCMU", "male_48k.wav", answer=True, server=proxy.server)
    caller = stage.phone(stage.left, "101", "PCMU", "female_48k.wav",
                         server=proxy.server if caller_by_proxy else None)
    failures = converse(stage, caller, callee, f"sip:102@{stage.daemon.server}", EXACT)
    if not proxy.has_passed("INVITE"):
        failures.append("no INVITE went through the proxy")
    return failures


def path(stage):
    """A phone that registered through Kamailio, which adds a Path, is reached through it."""
    return _proxied(stage, False)


def proxy(stage):
    """Both phones are behind Kamailio, which stays in the dialogs by Record-Route."""
    return _proxied(stage, True)


def _web(stage, secure):
    callee = stage.phone(stage.right, "102", "PCMU", "male_48k.wav", answer=True)
    caller = WsPhone(stage.left, os.path.join(stage.folder, "101"), "101", "secret-101", stage.server.ip,
                     8443 if secure else 8080, secure, os.path.join(AUDIO, "female_48k.wav"))
    stage.running.append(caller)
    return converse(stage, caller, callee, "sip:102@mediad", EXACT)


def websocket(stage):
    """A client over WebSocket (RFC 7118) registers and calls a phone on UDP."""
    return _web(stage, False)


def secure_websocket(stage):
    return _web(stage, True)


def homer(stage):
    """A capture server gets every message of a call, each way once, with its Call-ID."""
    server = sockets.bound_udp(stage.left, stage.left.ip, 9060)
    callee = stage.phone(stage.right, "102", "PCMU", "male_48k.wav", answer=True)
    caller = stage.phone(stage.left, "101", "PCMU", "female_48k.wav")
    failures = converse(stage, caller, callee, f"sip:102@{stage.daemon.server}", EXACT)
    seen = []
    while select.select([server], [], [], 0)[0]:
        chunks = hep.decode(server.recv(65536))
        source = socket.inet_ntoa(chunks[hep.SOURCE4])
        first = chunks[hep.PAYLOAD].split(b"\r\n")[0].decode()
        if chunks[hep.CORRELATION] not in chunks[hep.PAYLOAD]:
            failures.append(f"a Call-ID that is not the message's: {chunks[hep.CORRELATION]}")
        seen.append((source, first.split(" sip:")[0]))
    for wanted in ((stage.left.ip, "INVITE"), (stage.server.ip, "SIP/2.0 401 Unauthorized"), (stage.server.ip, "INVITE"),
                   (stage.right.ip, "SIP/2.0 180 Ringing"), (stage.server.ip, "SIP/2.0 200 OK"), (stage.left.ip, "BYE"),
                   (stage.server.ip, "BYE")):
        if wanted not in seen:
            failures.append(f"no {wanted[1]} from {wanted[0]} among {len(seen)} messages")
    return failures


CASES = {"linphone": (linphone, []), "nat-calls": (nat_calls, []), "nat-called": (nat_called, []), "path": (path, []),
         "proxy": (proxy, []), "ws": (websocket, WEB), "wss": (secure_websocket, WEB),
         "homer": (homer, ["--homer=10.81.0.11:9060"])}

if __name__ == "__main__":
    sys.exit(sip_calls.main(sys.argv[1:] or list(CASES), CASES))
