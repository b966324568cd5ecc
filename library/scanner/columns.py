"""What a file's name was read as, in the form it is stored. No Django: a process of its own
imports this."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from library.naming.paths import to_stored

if TYPE_CHECKING:
    from library.names import NameReading

_GRAMMAR = Path(__file__).resolve().parents[1] / "names"
_COUNTING = Path(__file__).resolve().parents[1] / "naming" / "videos.py"

# Season, episodes, absolute, rule, problem, language, version, group.
ReadColumns = tuple[int | None, str, str, str, str, str, int | None, str]


def read_columns(path: str) -> ReadColumns:
    """Read the name of one file; ``path`` as ``os`` knows it, relative to the root."""
    return columns_of(_reader()(path))


@lru_cache(maxsize=4096)
def _json(numbers: tuple[int, ...]) -> str:
    return str([*numbers])


@cache
def grammar() -> str:
    """The stamp of the name reader: another one where a rule or a word has changed, also of which
    files count."""
    stamp = hashlib.blake2b(digest_size=16)
    for source in (*sorted(_GRAMMAR.glob("*.py")), _COUNTING, Path(__file__)):
        stamp.update(source.read_bytes())
    return stamp.hexdigest()


@cache
def _reader() -> Callable[[str], NameReading]:
    """The name reader. Its grammar is a tenth of a second to import; most scans read no name."""
    from library.names import read  # noqa: PLC0415 - a tenth of a second to import

    return read


def columns_of(reading: NameReading) -> ReadColumns:
    """The columns of a name that was read."""
    return (
        reading.season,
        _json(reading.episodes),
        _json(reading.absolute) if reading.absolute else "[]",
        reading.rule[:64],
        reading.problem,
        (reading.language or "")[:32],
        reading.version,
        to_stored(reading.group)[:100] if reading.group else "",
    )
