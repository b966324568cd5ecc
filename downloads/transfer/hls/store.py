"""The pieces of one stream on disk, with a journal that says which of them count.

A piece counts when its line is in the journal: written after the file has its name. A line that
was cut by a crash is no line. What is in a piece is known by length and checksum, so that a disk
that lost the end of a file when the power went is found out.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from downloads.transfer.hls.looks import HEAD
from downloads.transfer.places import keep_files_alone, own_folder

JOURNAL = "journal.jsonl"
_CHUNK = 1 << 20
_LARGEST_JOURNAL = 64 << 20
_MOST = {"number": 999_999, "begun": 999_999, "cut": HEAD}


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece that is there.

    Attributes:
        crc: CRC-32 of what is on disk.
        total: bytes of the resource it came from, as its server said; 0 where it did not.
        cut: bytes before the media that were left out (a picture's header, say).
    """

    number: int
    length: int
    crc: int
    total: int = 0
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A piece that is being fetched: what its resource was when its first byte came.

    ``tag``: the validator of that resource; empty where it has none.
    """

    begun: int
    total: int
    tag: str


class PieceStore:
    """The pieces in one folder. May be used from several threads, each piece by one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        keep_files_alone(own_folder(folder))
        self._entries: dict[int, Entry] = {}
        self._begun: dict[int, Begun] = {}
        self._lock = threading.Lock()
        for line in _lines(folder / JOURNAL):
            self._read(line)
        self._journal = os.open(folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._end_torn_line()

    def close(self) -> None:
        os.close(self._journal)

    def path(self, number: int) -> Path:
        return self.folder / f"{number:06}"

    def part(self, number: int) -> Path:
        """Where a piece lies while it is fetched."""
        return self.folder / f"{number:06}.part"

    def entries(self) -> list[Entry]:
        """The pieces that are there by the journal, in their order."""
        return [self._entries[number] for number in sorted(self._entries)]

    def size(self, number: int) -> int:
        """Bytes of a piece that is there."""
        return self._entries[number].length

    def begun(self, number: int) -> Begun | None:
        return self._begun.get(number)

    def is_intact(self, number: int) -> bool:
        """Whether a piece is there as the journal says; one that is not is deleted."""
        entry = self._entries.get(number)
        if entry is None:
            return False
        try:
            length, crc = checksum(self.path(number))
        except FileNotFoundError:
            length, crc = -1, 0
        if (length, crc) == (entry.length, entry.crc):
            return True
        self.path(number).unlink(missing_ok=True)
        del self._entries[number]
        return False

    def begin(self, number: int, *, total: int, tag: str) -> None:
        """Note what a piece is a part of, so that it can be gone on with after a crash."""
        self._begun[number] = Begun(number, total, tag)
        self._write(asdict(self._begun[number]))

    def keep(self, entry: Entry, source: Path) -> None:
        """A whole piece lies at ``source``: give it its name, then its line."""
        source.replace(self.path(entry.number))
        self._entries[entry.number] = entry
        self._write(asdict(entry))

    def forget(self) -> None:
        """Delete all pieces: they are of something else."""
        os.ftruncate(self._journal, 0)
        self._entries.clear()
        self._begun.clear()
        for file in self.folder.iterdir():
            if file.name != JOURNAL:
                file.unlink()

    def _write(self, fields: dict[str, object]) -> None:
        line = json.dumps(fields, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            os.write(self._journal, line)

    def _read(self, line: str) -> None:
        try:
            fields = json.loads(line)
            _check(fields)
            if "begun" in fields:
                begun = Begun(**fields)
                self._begun[begun.begun] = begun
            else:
                entry = Entry(**fields)
                self._entries[entry.number] = entry
        except (TypeError, ValueError, RecursionError):
            return  # cut by a crash, or of another version: that piece does not count

    def _end_torn_line(self) -> None:
        journal = self.folder / JOURNAL
        with journal.open("rb") as file:
            if not file.seek(0, os.SEEK_END):
                return
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                os.write(self._journal, b"\n")


def _check(fields: object) -> None:
    """The disk is shared with others: a line may say anything. Raises TypeError, ValueError."""
    if not isinstance(fields, dict):
        raise TypeError("no fields")
    for name, value in fields.items():
        if name == "tag":
            if not isinstance(value, str):
                raise TypeError(name)
        elif not isinstance(value, int) or not 0 <= value <= _MOST.get(name, sys.maxsize):
            raise ValueError(name)


def checksum(path: Path) -> tuple[int, int]:
    """Length and CRC-32 of a file."""
    length = crc = 0
    buffer = memoryview(bytearray(_CHUNK))
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(buffer):
            crc = zlib.crc32(buffer[:read], crc)
            length += read
    return length, crc


def keep_only(folder: Path, names: set[str]) -> None:
    """Delete what belongs to streams that are not fetched any more (another quality, say)."""
    for entry in folder.iterdir():
        if entry.name in names:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _lines(journal: Path) -> Iterator[str]:
    try:
        with journal.open("rb") as file:
            yield from file.read(_LARGEST_JOURNAL).decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return
