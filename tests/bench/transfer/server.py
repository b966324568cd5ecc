"""``python -m tests.bench.transfer.server FILE RATE``: one file, as fast as the kernel can.

It goes from the page cache to the socket without passing this process. RATE is in bytes a second
for each connection, paced by the kernel; 0 is for none. The first line says the port.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.product import PROJECT

_PACING = 47  # SO_MAX_PACING_RATE
_RANGE = re.compile(rb"\r\nrange: *bytes=(\d+)-(\d*)", re.IGNORECASE)


@contextmanager
def serving(file: Path, *, rate: int = 0) -> Iterator[str]:
    """A server as a process of its own; yields the address of the file."""
    command = [sys.executable, "-m", __name__, str(file), str(rate)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/film"
    finally:
        process.kill()
        process.communicate()


def main(path: str, rate: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        if rate:
            connection.setsockopt(socket.SOL_SOCKET, _PACING, rate)
        threading.Thread(target=_serve, args=(connection, path), daemon=True).start()


def _serve(connection: socket.socket, path: str) -> None:
    """Requests of one connection, one after the other."""
    try:
        with connection, open(path, "rb") as file:  # noqa: PTH123 - sendfile wants its number
            head = b""
            while True:
                while b"\r\n\r\n" not in head:
                    came = connection.recv(65_536)
                    if not came:
                        return
                    head += came
                request, _, head = head.partition(b"\r\n\r\n")
                _answer(connection, file.fileno(), request)
    except ConnectionError:
        return  # it has what it wanted


def _answer(connection: socket.socket, file: int, request: bytes) -> None:
    total = os.fstat(file).st_size
    found = _RANGE.search(request)
    first = int(found[1]) if found else 0
    last = int(found[2]) if found and found[2] else total - 1
    status = "206 Partial Content" if found else "200 OK"
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: video/mp4",
        f"Content-Length: {last - first + 1}",
        "Accept-Ranges: bytes",
        'ETag: "one"',
    ]
    if found:
        lines.append(f"Content-Range: bytes {first}-{last}/{total}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    while first <= last:
        first += os.sendfile(connection.fileno(), file, first, last - first + 1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
