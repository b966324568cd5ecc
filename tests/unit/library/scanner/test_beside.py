"""A process beside the scan's: every request is answered once, whatever becomes of the process."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from library.scanner import beside
from library.scanner.beside import worked_beside

REQUESTS = {number: f"request {number}" * 1000 for number in range(300)}

# A module to be run; what each one does wrong is put in the place of the mark.
_CHILD = """
import sys
from library.scanner.beside import serve

def shout(requests, is_waited_for):
    for number, text in requests:
        {trouble}
        yield number, text.upper()

serve(shout)
"""
TROUBLES = {
    "none": "pass",
    "it ends too early": "if number == 100: return",
    "it is killed": "import os, signal; number == 100 and os.kill(os.getpid(), signal.SIGKILL)",
    "its end is cut off": (
        "if number == 100: sys.stdout.buffer.write(bytes(7) + b'9ab'); sys.stdout.flush(); return"
    ),
    "something else writes": "number == 100 and print('x' * 8, flush=True)",
}


def shout(
    requests: Iterable[tuple[int, str]], _is_waited_for: Callable[[], bool]
) -> Iterator[tuple[int, str]]:
    for number, text in requests:
        yield number, text.upper()


def answered(module: str) -> list[tuple[int, str]]:
    with worked_beside(shout, REQUESTS, module=module) as answers:
        return list(answers)


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Write a module down, with its trouble; gives its name."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def write(trouble: str) -> str:
        (tmp_path / "shouting.py").write_text(_CHILD.format(trouble=trouble))
        return "shouting"

    return write


@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_request_is_answered_once(
    child: Callable[[str], str], caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    answers = answered(child(TROUBLES[trouble]))
    assert len(answers) == len(REQUESTS)
    assert dict(answers) == {number: text.upper() for number, text in REQUESTS.items()}
    told = caplog.text.count("has died, the scan does its work")
    assert told == (0 if trouble == "none" else 1)


def test_only_what_is_left_is_done_here(child: Callable[[str], str]) -> None:
    done = []

    def noted(requests: Iterable[tuple[int, str]], idle: Callable[[], bool]) -> Iterator[Any]:
        assert not idle()
        for number, answer in shout(requests, idle):
            done.append(number)
            yield number, answer

    module = child(TROUBLES["it ends too early"])
    with worked_beside(noted, REQUESTS, module=module) as answers:
        assert len(list(answers)) == len(REQUESTS)
    assert done == list(range(100, 300))


def test_where_no_process_is_to_be_had_all_is_done_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert dict(answered("shouting")) == {n: text.upper() for n, text in REQUESTS.items()}
    assert "no process for shouting: no more processes" in caplog.text


def test_process_ends_quietly_with_whom_it_works_for(child: Callable[[str], str]) -> None:
    command = [sys.executable, "-m", child("pass")]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    with process:
        process.stdin.write(beside._message((0, "still there")))
        process.stdin.flush()
        assert next(beside._messages(process.stdout)) == (0, "STILL THERE")
        process.stdout.close()
        process.stdin.write(beside._message((1, "gone")))
        process.stdin.flush()
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == b""


def test_what_was_cut_off_is_no_message() -> None:
    whole = beside._message((1, "whole"))
    for end in range(len(whole)):
        assert list(beside._messages(io.BytesIO(whole + whole[:end]))) == [(1, "whole")]


def test_the_scan_is_idle_when_it_has_taken_everything() -> None:
    reader, writer = os.pipe()
    try:
        assert beside._is_waited_for(writer)
        os.write(writer, b"x")
        assert not beside._is_waited_for(writer)
        os.read(reader, 1)
        assert beside._is_waited_for(writer)
    finally:
        os.close(reader)
        os.close(writer)
