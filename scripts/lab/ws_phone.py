"""A phone that speaks SIP over WebSocket (RFC 7118) as a browser does, and plain RTP: PCMU from a wav, and what it
hears into another. It only calls."""

import audioop
import base64
import hashlib
import os
import re
import secrets
import select
import socket
import ssl
import struct
import subprocess
import threading
import time
import wave

from . import sockets
from .rtp_peer import parse, rtp

_FRAME = 160


class WebSocket:
    """The client's side of RFC 6455: text frames, masked, one SIP message each."""

    def __init__(self, host, ip, port, secure):
        self._socket = sockets.open_socket(host, socket.SOCK_STREAM)
        self._socket.settimeout(5)
        self._socket.connect((ip, port))
        if secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self._socket = context.wrap_socket(self._socket)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._socket.sendall((f"GET /ws HTTP/1.1\r\nHost: {ip}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Protocol: sip\r\nOrigin: https://phone.invalid\r\n\r\n").encode())
        self._buffer = b""
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._read()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        if b" 101 " not in head.split(b"\r\n")[0] or accept not in head or b"sip" not in head.lower():
            raise RuntimeError(f"no WebSocket: {head.decode(errors='replace')}")

    def _read(self):
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("the WebSocket was closed")
        return chunk

    def send(self, text):
        data, mask = text.encode(), secrets.token_bytes(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack(">BH", 0xFE, len(data))
        self._socket.sendall(b"\x81" + size + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(data)))

    def receive(self, seconds):
        """The next text or binary frame; None when time is up."""
        end = time.monotonic() + seconds
        while True:
            frame = self._take_frame()
            if frame is not None:
                opcode, data = frame
                if opcode in (1, 2):
                    return data.decode()
                continue
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                self._buffer += self._read()
            except (TimeoutError, ssl.SSLWantReadError):
                return None

    def _take_frame(self):
        if len(self._buffer) < 2:
            return None
        size, at = self._buffer[1] & 0x7F, 2
        if size == 126:
            size, at = int.from_bytes(self._buffer[2:4], "big"), 4
        if len(self._buffer) < at + size:
            return None
        frame = self._buffer[0] & 15, self._buffer[at:at + size]
        self._buffer = self._buffer[at + size:]
        return frame

    def close(self):
        self._socket.close()


def _md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def _field(message, name):
    found = re.search(rf"^{name}: *(.*?)\r$", message, re.MULTILINE | re.IGNORECASE)
    return found.group(1) if found else ""


class WsPhone:
    def __init__(self, host, folder, user, password, ip, port, secure, wav):
        os.makedirs(folder, exist_ok=True)
        self.said, self.heard = os.path.join(folder, "said.wav"), os.path.join(folder, "heard.wav")
        subprocess.run(["sox", wav, "-r", "8000", "-c", "1", "-b", "16", self.said, "pad", "0.5", "30"], check=True)
        self._log = open(os.path.join(folder, "log"), "w")
        self._user, self._password, self._ip = user, password, host.ip
        self._web = WebSocket(host, ip, port, secure)
        self._transport = "WSS" if secure else "WS"
        self._name = f"{secrets.token_hex(4)}.invalid"  # RFC 7118 §5: a browser knows no address of its own
        self._rtp = sockets.bound_udp(host, host.ip)
        self._cseq, self._tag, self._call_id = 0, secrets.token_hex(4), secrets.token_hex(8)
        self._talking = None
        self._dialog = None

    def _request(self, method, uri, to, call_id, body="", extra="", cseq=None):
        if cseq is None:
            self._cseq += 1
            cseq = self._cseq
        text = (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{self._transport} {self._name};branch=z9hG4bK{secrets.token_hex(6)}\r\n"
                f"Max-Forwards: 70\r\nFrom: <sip:{self._user}@mediad>;tag={self._tag}\r\nTo: {to}\r\nCall-ID: {call_id}\r\n"
                f"CSeq: {cseq} {method}\r\nContact: <sip:{self._user}@{self._name};transport=ws>\r\n{extra}"
                + ("Content-Type: application/sdp\r\n" if body else "") + f"Content-Length: {len(body)}\r\n\r\n{body}")
        self._log.write(f">>>\n{text}\n")
        self._web.send(text)

    def _response(self, seconds, final=True):
        """The next final response, or the next that is no 100."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            message = self._web.receive(left)
            if message is None:
                return None
            self._log.write(f"<<<\n{message}\n")
            if message.startswith("SIP/2.0 ") and (int(message[8:11]) >= 200 or not final):
                return message
        return None

    def _with_credentials(self, method, uri, to, call_id, body="", seconds=10):
        """The final response to the second try, which answers the challenge to the first."""
        self._request(method, uri, to, call_id, body)
        refusal = self._response(seconds) or ""
        if not refusal.startswith("SIP/2.0 401"):
            return refusal
        if method == "INVITE":
            self._request("ACK", uri, _field(refusal, "To"), call_id, cseq=self._cseq)
        challenge = next(line for line in refusal.split("\r\n")
                         if line.lower().startswith("www-authenticate") and "SHA-256" not in line)
        realm, nonce = (re.search(rf'{name}="([^"]*)"', challenge).group(1) for name in ("realm", "nonce"))
        ha1, ha2 = _md5(f"{self._user}:{realm}:{self._password}"), _md5(f"{method}:{uri}")
        answer = _md5(f"{ha1}:{nonce}:00000001:c0ffee:auth:{ha2}")
        self._request(method, uri, to, call_id, body,
                      f'Authorization: Digest username="{self._user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
                      f'response="{answer}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c0ffee"\r\n')
        return self._response(seconds) or ""

    def registered(self, seconds=10):
        address = f"<sip:{self._user}@mediad>"
        return self._with_credentials("REGISTER", "sip:mediad", address, secrets.token_hex(8),
                                      seconds=seconds).startswith("SIP/2.0 200")

    def dial(self, uri):
        body = (f"v=0\r\no=- 1 1 IN IP4 {self._ip}\r\ns=-\r\nc=IN IP4 {self._ip}\r\nt=0 0\r\n"
                f"m=audio {self._rtp.getsockname()[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n")
        answer = self._with_credentials("INVITE", uri, f"<{uri}>", self._call_id, body)
        if not answer.startswith("SIP/2.0 200"):
            return
        target = re.search(r"<([^>]*)>", _field(answer, "Contact")).group(1)
        self._request("ACK", target, _field(answer, "To"), self._call_id, cseq=self._cseq)
        self._dialog = (target, _field(answer, "To"))
        there = re.search(r"c=IN IP4 (\S+)", answer).group(1), int(re.search(r"m=audio (\d+)", answer).group(1))
        self._talking = threading.Event()
        self._thread = threading.Thread(target=self._talk, args=(there,))
        self._thread.start()

    def established(self, _seconds=10):
        return self._dialog is not None

    def _talk(self, there):
        with wave.open(self.said) as source:
            payload = audioop.lin2ulaw(source.readframes(source.getnframes()), 2)
        heard = {}
        begin = time.monotonic()
        sent, first = 0, secrets.randbits(31)
        while not self._talking.is_set():
            wait = begin + sent * 0.02 - time.monotonic()
            if wait <= 0:
                chunk = payload[sent * _FRAME:(sent + 1) * _FRAME]
                if len(chunk) == _FRAME:
                    self._rtp.sendto(rtp(0, sent, first + sent * _FRAME, 0x57534F43, chunk), there)
                sent += 1
            elif select.select([self._rtp], [], [], wait)[0]:
                packet = parse(*self._rtp.recvfrom(2048), time.monotonic())
                if packet.payload_type == 0:
                    heard[packet.timestamp] = packet.payload
        with wave.open(self.heard, "wb") as sink:
            sink.setnchannels(1)
            sink.setsampwidth(2)
            sink.setframerate(8000)
            if heard:
                start, end = min(heard), max(heard) + _FRAME
                sound = bytearray(b"\xff" * (end - start))
                for timestamp, chunk in heard.items():
                    sound[timestamp - start:timestamp - start + len(chunk)] = chunk
                sink.writeframes(audioop.ulaw2lin(bytes(sound), 2))

    def hang_up(self):
        if self._dialog:
            self._request("BYE", *self._dialog, self._call_id)
            self._response(5)
            self._dialog = None
        self._stop_talking()

    def _stop_talking(self):
        if self._talking and not self._talking.is_set():
            self._talking.set()
            self._thread.join()

    def close(self):
        self._stop_talking()
        self._web.close()
        self._rtp.close()
        self._log.close()
