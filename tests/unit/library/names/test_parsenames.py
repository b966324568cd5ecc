"""The command: in order, one object a line, streaming, whatever comes in."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

from library.management.commands.parsenames import parse_names
from library.names import read

ROOT = Path(__file__).parents[4]


def answers(source: bytes) -> list[dict[str, object]]:
    target = io.BytesIO()
    parse_names(io.BytesIO(source), target)
    return [json.loads(line) for line in target.getvalue().decode("ascii").splitlines()]


def test_one_object_a_line_in_order() -> None:
    names = ["Amber Tide S01E05.mkv", "[Lunaris] Amber Tide - 07v2.mkv", "日本 第5話.mkv"]
    got = answers("\n".join(names).encode())
    assert got == [json.loads(json.dumps(read(name).as_json())) for name in names]


def test_empty_lines_get_an_object_with_nothing_read() -> None:
    got = answers(b"\n\r\nAmber Tide S01E05.mkv\n")
    assert [one["episodes"] for one in got] == [[], [], [5]]
    assert got[0]["title"] is None


def test_bytes_that_are_no_utf8_do_not_stop_it() -> None:
    got = answers(b"Amber \xff\xfe Tide - 05.mkv\nAmber Tide S01E05.mkv\n")
    assert got[0]["absolute"] == [5]
    assert got[0]["title"] == "Amber \ufffd\ufffd Tide"
    assert got[1]["episodes"] == [5]


def test_a_line_longer_than_a_path_is_answered() -> None:
    got = answers(b"Amber " * 100_000 + b"- 05.mkv\nAmber Tide S01E05.mkv")
    assert got[0]["absolute"] == []
    assert got[1]["episodes"] == [5]


def test_a_hundred_thousand_names() -> None:
    assert len(answers(b"Amber Tide S01E05.mkv\n" * 100_000)) == 100_000


def test_the_command_answers_each_line_as_it_comes_and_needs_no_database(tmp_path: Path) -> None:
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "sqlite:////none/at/all"}
    with subprocess.Popen(
        [sys.executable, "manage.py", "parsenames"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for season in (1, 2):  # the second is written only after the first was answered
            process.stdin.write(f"Amber Tide S0{season}E05.mkv\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["season"] == season
        process.stdin.close()
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == b""
