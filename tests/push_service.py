"""A push service with its browsers: takes what is sent to them, decrypts it as they would, and
looks at the signature as a real one does. It runs in threads of the test."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class FakeBrowser:
    """What ``PushManager.subscribe()`` makes."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> str:
        point = self.key.public_key()
        return encoded(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        return encoded(self.secret)

    @property
    def offer(self) -> dict[str, str]:
        """What it sends to the product."""
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}


@dataclass(frozen=True)
class Pushed:
    """One message as its browser reads it."""

    browser: str
    headers: dict[str, str]
    told: dict[str, Any]
    claims: dict[str, Any]
    key: str
    size: int


@dataclass
class PushService:
    """``status``: what it answers with; ``taken`` are those it has said yes to."""

    status: int = 201
    retry_after: str = ""
    answers: bytes = b""
    endless: bool = False
    taken: list[Pushed] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    asked: int = 0
    browsers: dict[str, FakeBrowser] = field(default_factory=dict)

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service._take(self)

            def log_message(self, *_arguments: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def browser(self, name: str = "phone") -> FakeBrowser:
        """One that has subscribed here."""
        made = FakeBrowser(f"{self.origin}/push/{name}")
        self.browsers[name] = made
        return made

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked += 1
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        status = self.status
        if 200 <= status < 300:
            try:
                self.taken.append(self._read(handler, body))
            except (ValueError, KeyError, jwt.InvalidTokenError, http_ece.ECEException) as error:
                self.refused.append(repr(error))
                status = 403
        handler.send_response(status)
        if self.retry_after:
            handler.send_header("Retry-After", self.retry_after)
        if 300 <= status < 400:
            handler.send_header("Location", f"{self.origin}/push/elsewhere")
        if not self.endless:
            handler.send_header("Content-Length", str(len(self.answers)))
        handler.end_headers()
        handler.wfile.write(self.answers)
        end = time.monotonic() + 20
        while self.endless and time.monotonic() < end:
            try:
                handler.wfile.write(b"x" * 65_536)
            except OSError:
                return

    def _read(self, handler: BaseHTTPRequestHandler, body: bytes) -> Pushed:
        name = handler.path.rpartition("/")[2]
        browser = self.browsers[name]
        scheme, _, said = handler.headers["Authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in said.split(","))
        if scheme != "vapid" or len(body) > 4096:
            raise ValueError(scheme)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"]))
        claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.origin)
        if not time.time() < claims["exp"] <= time.time() + 24 * 3600:
            raise ValueError("exp")
        clear = http_ece.decrypt(
            body, private_key=browser.key, auth_secret=browser.secret, version="aes128gcm"
        )
        told = json.loads(clear)
        return Pushed(name, dict(handler.headers), told, claims, parts["k"], len(body))
