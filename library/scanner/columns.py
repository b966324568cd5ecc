"""What a file's name was read as, in the form it is stored. No Django: a process of its own
imports this."""

from __future__ import annotations

from library.names import NameReading, read
from library.paths import to_stored

# Season, episodes, absolute, rule, problem, language, version, group.
ReadColumns = tuple[int | None, str, str, str, str, str, int | None, str]


def read_columns(path: str) -> ReadColumns:
    """Read the name of one file; ``path`` as ``os`` knows it, relative to the root."""
    return columns_of(read(path))


def columns_of(reading: NameReading) -> ReadColumns:
    """The columns of a name that was read. ``str`` of a list of numbers is its JSON."""
    return (
        reading.season,
        str([*reading.episodes]),
        str([*reading.absolute]) if reading.absolute else "[]",
        reading.rule[:64],
        to_stored(reading.problem)[:200] if reading.problem else "",
        (reading.language or "")[:32],
        reading.version,
        to_stored(reading.group)[:100] if reading.group else "",
    )
