"""Reading media files in a process that can be ended: see ``probe``."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from library.scanner.probe import (
    LONGEST_NAME,
    MOST_LANGUAGES,
    NO_FILM,
    NO_PICTURE,
    MediaInfo,
)
from providers.coded import Coded, coded

log = logging.getLogger(__name__)

SECONDS = 30.0  # for one file
LONGEST_ANSWER = 100_000  # bytes
LONGEST_END = 2.0  # seconds that a killed process may take to go
_PROJECT = Path(__file__).resolve().parents[2]
_PROBE = "library.scanner.probe"
TOO_MUCH = coded("media_too_much")


class MediaReader:
    """One process for many files. A file that ends it, or holds it up, costs only itself."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._end()

    def info(self, path: Path) -> MediaInfo:
        """Read what a media file says about itself. Never raises for what it holds.

        Raises:
            OSError: there is no process to be had.
        """
        answer = self._asked(json.dumps(str(path)).encode() + b"\n")
        found = None if answer is None else _info(answer)
        if found is not None:
            return found
        self._end()
        log.warning("media file took too much, or ended its reader path=%r", str(path))
        return MediaInfo(problem=TOO_MUCH)

    def _asked(self, question: bytes) -> bytes | None:
        """A line of answer; None where none came."""
        process = self._process or _start()
        self._process = process
        asking, answering = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        with contextlib.suppress(BrokenPipeError):
            asking.write(question)
            asking.flush()
            return _line(answering.fileno(), time.monotonic() + SECONDS)
        return None

    def _end(self) -> None:
        """Kill it. One that a disk holds, which does not answer, is left behind."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        try:
            process.wait(LONGEST_END)
        except subprocess.TimeoutExpired:
            log.warning("the reader of media hangs, and is left behind pid=%s", process.pid)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _start() -> subprocess.Popen[bytes]:
    """It has a process group of its own: Ctrl-C is for whoever reads its answers alone."""
    return subprocess.Popen(
        [sys.executable, "-m", _PROBE],
        cwd=_PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )


def _line(pipe: int, until: float) -> bytes | None:
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while not said.endswith(b"\n"):
            if not selector.select(max(until - time.monotonic(), 0.0)):
                return None
            chunk = os.read(pipe, LONGEST_ANSWER)
            said += chunk
            if not chunk or len(said) > LONGEST_ANSWER:
                return None
    return said


def _info(answer: bytes) -> MediaInfo | None:
    """What it says, as far as it could be that: a file may have taken the process over."""
    try:
        said: dict[str, Any] = json.loads(answer)
        for tracks in ("audio_languages", "subtitle_languages"):
            said[tracks] = tuple(said[tracks])
        found = MediaInfo(**said)
        return found if _is_sound(found) else None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _is_sound(found: MediaInfo) -> bool:
    languages = (*found.audio_languages, *found.subtitle_languages)
    texts = (found.video_codec, found.audio_codec, *languages)
    numbers = (found.duration, found.width, found.height)
    return (
        all(map(_is_name, texts))
        and max(len(found.audio_languages), len(found.subtitle_languages)) <= MOST_LANGUAGES
        and all(number is None or _is_size(number) for number in numbers)
        and (found.problem is None or _is_problem(found.problem))
    )


def _is_name(text: object) -> bool:
    return isinstance(text, str) and len(text) <= LONGEST_NAME and text.isprintable()


def _is_size(number: object) -> bool:
    return isinstance(number, int | float) and 0 <= number < 2**31


def _is_problem(said: Coded) -> bool:
    if said in (NO_FILM, NO_PICTURE):
        return True
    errno = said["params"]["errno"]
    return said == coded("media_not_opened", errno=errno) and len(str(errno)) <= LONGEST_NAME
