"""Media servers that speak as Jellyfin, Emby, Plex and Kodi are documented to, on a real socket.

Each notes what it is asked, and can be made to misbehave.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, USER, PASSWORD = "k3y-of-the-server", "kodi", "pässword"


@dataclass
class Asked:
    """One request, as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class MediaServer:
    """A media server.

    ``libraries`` are its libraries, each with its folders as it calls them. ``mood`` is how it
    answers: well, or ``hang``, ``drip``, ``huge``, ``elsewhere``, ``cut`` or a status.
    """

    kind: str
    libraries: dict[str, list[str]] = field(default_factory=dict)
    mood: str | int = "well"
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    elsewhere: str = "http://127.0.0.1:9/"
    knows_clean_of_a_folder: bool = True
    says: str = ""  # in place of what it would answer

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def told(self) -> list[Any]:
        """What it was told, without what it was asked: each as its kind has it."""
        found: list[Any] = []
        for one in self.asked:
            if one.path == "/Library/Media/Updated":
                found += [(update["UpdateType"], update["Path"]) for update in one.body["Updates"]]
            elif one.path.endswith("/refresh"):
                found.append((one.path.split("/")[3], one.query["path"]))
            elif one.body and str(one.body.get("method", "")).startswith("VideoLibrary."):
                found.append((one.body["method"], one.body["params"]["directory"]))
        return found

    def calls(self) -> int:
        """How many requests told it of something."""
        paths = [one for one in self.asked if one.method == "POST" or "refresh" in one.path]
        return len(paths)

    def lets_in(self, headers: dict[str, str]) -> bool:
        if self.kind == "JELLYFIN":
            return headers.get("authorization") == f'MediaBrowser Token="{KEY}"'
        if self.kind == "EMBY":
            return headers.get("x-emby-token") == KEY
        if self.kind == "PLEX":
            return headers.get("x-plex-token") == KEY
        told = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return headers.get("authorization") == f"Basic {told}"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Status and JSON; None for no body."""
        if not self.lets_in(asked.headers):
            return 401, None
        answers: dict[str, Callable[[Asked], tuple[int, Any]]] = {
            "JELLYFIN": self._jellyfin,
            "EMBY": self._jellyfin,
            "PLEX": self._plex,
            "KODI": self._kodi,
        }
        return answers[self.kind](asked)

    def _jellyfin(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/System/Info":
            product = {"ProductName": "Jellyfin Server"} if self.kind == "JELLYFIN" else {}
            return 200, {"ServerName": "attic", "Version": "10.10.3", **product}
        if asked.path == "/Library/VirtualFolders":
            listed = self.libraries.items()
            return 200, [{"Name": name, "Locations": held} for name, held in listed]
        if asked.path == "/Library/Media/Updated" and asked.method == "POST":
            return 204, None
        return 404, None

    def _plex(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/":
            return 200, {"MediaContainer": {"friendlyName": "attic", "version": "1.41.0"}}
        if asked.path == "/library/sections":
            listed = [
                {
                    "key": str(number),
                    "title": name,
                    "type": "show",
                    "Location": [{"id": 1, "path": path} for path in held],
                }
                for number, (name, held) in enumerate(self.libraries.items(), 1)
            ]
            return 200, {"MediaContainer": {"size": len(listed), "Directory": listed}}
        if asked.path.startswith("/library/sections/") and asked.path.endswith("/refresh"):
            return 200, None
        return 404, None

    def _kodi(self, asked: Asked) -> tuple[int, Any]:
        if asked.path != "/jsonrpc" or asked.method != "POST":
            return 404, None
        return 200, {"jsonrpc": "2.0", "id": asked.body["id"], **self._called(asked.body)}

    def _called(self, body: Any) -> dict[str, Any]:
        method = body["method"]
        if method == "Application.GetProperties":
            version = {"major": 21, "minor": 1, "revision": "x", "tag": "stable"}
            return {"result": {"name": "Kodi", "version": version}}
        if method == "XBMC.GetInfoLabels":
            return {"result": {"System.FriendlyName": "attic"}}
        if method == "Files.GetSources":
            listed = [
                {"file": path, "label": name}
                for name, held in self.libraries.items()
                for path in held
            ]
            return {"result": {"sources": listed}}
        if method == "VideoLibrary.Clean" and not self.knows_clean_of_a_folder:
            return {"error": {"code": -32602, "message": "Invalid params."}}
        if method in {"VideoLibrary.Scan", "VideoLibrary.Clean"}:
            return {"result": "OK"}
        return {"error": {"code": -32601, "message": "Method not found."}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Socket

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        stage, parts = self.server.stage, urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(content) if content else None
        asked = Asked(self.command, parts.path, query, headers, body)
        stage.asked.append(asked)
        if stage.mood == "hang":
            stage.released.wait(120)
            self.close_connection = True
        elif stage.mood == "drip":
            self._drip()
        elif stage.mood == "huge":
            self._send(200, b"[" + b" " * 5_000_000 + b"]")
        elif stage.mood == "cut":
            self.close_connection = True
        elif stage.mood == "elsewhere":
            self._send(302, b"", Location=stage.elsewhere)
        elif isinstance(stage.mood, int):
            self._send(stage.mood, b"{}")
        else:
            status, said = stage.answer(asked)
            words = stage.says or ("" if said is None else json.dumps(said))
            self._send(status, words.encode())

    def _drip(self) -> None:
        """A byte of the headers now and then, without an end."""
        self.close_connection = True
        try:
            while not self.server.stage.released.wait(0.2):
                self.wfile.write(b"H")
        except OSError:
            return  # whoever asked has gone

    def _send(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except OSError:
            return  # it was too much for whoever asked

    def log_message(self, *_arguments: Any) -> None:
        """The test looks at what was asked."""


class _Socket(ThreadingHTTPServer):
    daemon_threads = True
    stage: MediaServer


@contextmanager
def media_server(kind: str, port: int = 0, **libraries: list[str]) -> Iterator[MediaServer]:
    """One that runs for as long as the context lasts. Args: port: any where not given."""
    stage = MediaServer(kind, dict(libraries))
    with _Socket(("127.0.0.1", port), _Handler) as listening:
        listening.stage = stage
        stage.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield stage
        finally:
            stage.released.set()
            listening.shutdown()
            thread.join()
