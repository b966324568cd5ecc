"""What the commands show on a terminal and in cron."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

from tests.product import PROJECT, Product

NOWHERE = "http://127.0.0.1:9/"  # the port of "discard": nobody listens


def on_a_terminal(product: Product, *arguments: str) -> str:
    """What a person sees, line ends and overwritten lines and all."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=product.environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    process.wait()
    return seen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end was closed
        return b""


def prepared(tmp_path: Path) -> Product:
    library = tmp_path / "library"
    for name in ("Mushishi/S01E01.mkv", "Planetes/S01E01.mkv"):
        path = library / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"video")
    data = tmp_path / "data"
    data.mkdir()
    sites = f'{{"aniworld": {{"enabled": true, "base_url": "{NOWHERE}"}}}}'
    (data / "config.json").write_text(f'{{"schema": 1, "providers": {{"sites": {sites}}}}}')
    product = Product(data, library)
    product.migrate()
    return product


def test_a_scan_shows_a_bar_and_what_went_wrong(tmp_path: Path) -> None:
    with prepared(tmp_path) as product:
        seen = on_a_terminal(product, "rescan")
    assert "1 of 2 folders, Mushishi" in seen
    assert "AniWorld cannot be reached: Connection refused" in seen
    assert "folders=2 files=2" in seen
    assert "INFO" not in seen
    assert "WARNING" not in seen


def test_a_scan_in_cron_says_plain_lines(tmp_path: Path) -> None:
    with prepared(tmp_path) as product:
        done = product.manage("rescan", "--no-provider")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("folders=2 files=2")
    assert "\r" not in done.stdout + done.stderr


def test_an_empty_queue_ends_at_once(tmp_path: Path) -> None:
    with prepared(tmp_path) as product:
        seen = on_a_terminal(product, "runqueue", "--once")
    first, *_, last = seen.splitlines()
    assert first.startswith("ready to work the queue")
    assert last == "0 completed, 0 failed"
