"""Reading the log files: the newest lines of one, by level, room and words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypedDict

from django.conf import settings

from aniworld.console.secrets import scrubbed
from aniworld.web.shapes import OneOf

FILES = ("app", "download", "error")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MOST_BYTES = 4_000_000  # that are read from the end of a file, and of the one before it
MOST_LINES = 2_000
LONGEST = 20_000  # characters of one entry; a traceback has some thousand
_BEGINNING = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) ([A-Z]+) (\S+) (.*)", re.DOTALL)


class LogLine(TypedDict):
    """One thing that was said."""

    at: Annotated[str, "As the file has it."]
    level: Annotated[str, OneOf(LEVELS)]
    room: Annotated[str, "The module that said it."]
    message: Annotated[str, "With the ids it is about, and the traceback where there is one."]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines. ``level`` is the least; ``room`` the beginning of a module's name."""

    file: str = "app"
    level: str = "DEBUG"
    room: str = ""
    text: str = ""
    lines: int = 200


def newest(wanted: Wanted) -> list[LogLine]:
    """The newest lines that are wanted, the oldest of them first."""
    least, words = LEVELS.index(wanted.level), wanted.text.casefold()
    found = [
        line
        for line in _read(wanted.file)
        if LEVELS.index(line["level"]) >= least
        and line["room"].startswith(wanted.room)
        and (not words or words in line["message"].casefold())
    ]
    return found[-min(wanted.lines, MOST_LINES) :]


def end_of(name: str, *, most_bytes: int) -> str:
    """The end of a log file as it is, from a whole line on; empty where there is none."""
    path = Path(settings.LOG_DIR) / f"{name}.log"
    older = path.with_name(f"{path.name}.1")
    content = _end(path, most_bytes)
    if len(content) < most_bytes:
        content = _end(older, most_bytes - len(content)) + content
    return scrubbed(content.decode(errors="replace"))


def _read(name: str) -> Iterator[LogLine]:
    """Lines that begin nothing (of a traceback) belong to the one before them."""
    last: LogLine | None = None
    for line in end_of(name, most_bytes=MOST_BYTES).splitlines():
        begun = _begun(line)
        if begun is not None:
            if last is not None:
                yield last
            last = begun
        elif last is not None and len(last["message"]) < LONGEST:
            last["message"] += f"\n{line}"
    if last is not None:
        yield last


def _begun(line: str) -> LogLine | None:
    if line.startswith("{"):
        return _of_json(line)
    found = _BEGINNING.fullmatch(line)
    if found is None or found[2] not in LEVELS:
        return None
    return {"at": found[1], "level": found[2], "room": found[3], "message": found[4][:LONGEST]}


def _of_json(line: str) -> LogLine | None:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("level") not in LEVELS:
        return None
    at, level, room, message = (
        str(said.pop(name, "")) for name in ("at", "level", "room", "message")
    )
    trace = str(said.pop("traceback", ""))
    ids = "".join(f" {name}={value}" for name, value in said.items())
    whole = f"{message}{ids}\n{trace}" if trace else message + ids
    return {"at": at, "level": level, "room": room, "message": whole[:LONGEST]}


def _end(path: Path, most_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - most_bytes))
            content = file.read(most_bytes)
    except OSError:
        return b""
    return content if size <= most_bytes else content.partition(b"\n")[2]
