"""Several processes write into the same log files, which are turned over meanwhile."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.product import PROJECT

WRITER = [sys.executable, "-m", "tests.integration.logs_writer"]
NAMES = ("web", "worker", "scan")
LINE = re.compile(r".* WARNING downloads\.writer writer=(\w+) number=(\d+) x+ end process=\d+")


def write(data: Path, *, lines: int, length: int, most: int) -> None:
    """Let three processes write at once."""
    data.mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data), "PYTHONPATH": str(PROJECT)}
    writers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.integration.logs_writer",
                name,
                *map(str, (lines, length, most)),
            ],
            cwd=PROJECT,
            env=environment,
            stderr=subprocess.PIPE,
        )
        for name in NAMES
    ]
    said = [writer.communicate()[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], said


def check(data: Path, name: str, *, lines: int) -> int:
    """Every line is there once, whole; returns how many files they lie in."""
    files = sorted((data / "logs").glob(f"{name}*"))
    found = [line for file in files for line in file.read_text().splitlines()]
    read = [LINE.fullmatch(line) for line in found]
    assert all(read), [line for line, fits in zip(found, read, strict=True) if not fits][:3]
    seen = sorted((str(one[1]), int(one[2])) for one in read if one)
    assert seen == sorted((name, number) for name in NAMES for number in range(lines))
    return len(files)


def test_no_line_is_lost_or_torn(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data, lines=300, length=300, most=60_000)
    for name in ("app.log", "download.log", "error.log"):
        assert check(data, name, lines=300) > 3
    assert {file.stat().st_mode & 0o077 for file in (data / "logs").iterdir()} == {0}
