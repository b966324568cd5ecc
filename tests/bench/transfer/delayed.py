"""``python -m tests.bench.transfer.delayed FOLDER SECONDS``: a server of files, far away.

Each request waits so long before its first byte. Prints its port.
"""

from __future__ import annotations

import http.server
import os
import re
import sys
import time
from pathlib import Path
from typing import BinaryIO, Protocol, cast

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class _Raw(Protocol):
    def fileno(self) -> int: ...


class Handler(http.server.BaseHTTPRequestHandler):
    """Files below ``folder``, whole or in parts, by ``sendfile``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    folder = Path()
    delay = 0.0

    def do_GET(self) -> None:
        path = self.folder / self.path.partition("?")[0].lstrip("/")
        try:
            file = path.open("rb")
        except OSError:
            self.send_error(404)
            return
        with file:
            time.sleep(self.delay)
            self._send(file, path.stat().st_size)

    def _send(self, file: BinaryIO, size: int) -> None:
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        end = min(int(asked[2]) + 1, size) if asked and asked[2] else size
        self.send_response(206 if asked else 200)
        self.send_header("ETag", f'"{size}"')
        self.send_header("Content-Length", str(end - first))
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{end - 1}/{size}")
        self.end_headers()
        self.wfile.flush()
        at = first
        try:
            while at < end:
                at += os.sendfile(cast(_Raw, self.connection).fileno(), file.fileno(), at, end - at)
        except ConnectionError:
            self.close_connection = True  # who asked wanted no more of it

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main(folder: str, delay: str) -> None:
    Handler.folder, Handler.delay = Path(folder), float(delay)
    server = Server(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
