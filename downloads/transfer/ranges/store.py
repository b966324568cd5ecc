"""A file on disk while it is fetched, with a journal that says which of its bytes count.

Bytes count when their line is in the journal, written after them, and their checksum is right: a
disk that lost some when the power went is found out. A line that was cut by a crash is no line.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from downloads.transfer.errors import DiskFull, NotMedia
from downloads.transfer.places import own_file, own_folder
from downloads.transfer.ranges.parts import Span, joined
from downloads.transfer.writing import write_at

FILE = "media"
JOURNAL = "media.jsonl"
# Bytes. That the disk is full stops all downloads: a hoster that names any size cannot say so.
LARGEST_BELIEVED = 20_000_000_000
NOTE_BYTES = 256 << 10  # of one thread are noted together,
NOTE_SECONDS = 0.25  # unless they take longer: what was not noted is lost with a crash
_LARGEST_JOURNAL = 64 << 20
_CHUNK = 1 << 20
_NO_ALLOCATING = {errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EINTR}
_NUMBERS = ("at", "length", "crc")


@dataclass(frozen=True, slots=True)
class Identity:
    """What the server said of the file when it was begun.

    Attributes:
        total: its bytes; None where it did not say.
        validator: strong ETag or Last-Modified; empty where there is none, or no ranges.
    """

    total: int | None
    validator: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Bytes that are there."""

    at: int
    length: int
    crc: int


class FileStore:
    """One file in a folder. Threads may write and note; each their own bytes.

    Args:
        keep_free: bytes of the disk that are never taken.
    """

    def __init__(self, folder: Path, *, keep_free: int) -> None:
        self._keep_free = keep_free
        self.path = own_file(own_folder(folder) / FILE)
        self.identity: Identity | None = None
        self._journal_path = own_file(folder / JOURNAL)
        own_file(self._draft_path)
        self._lock = threading.Lock()
        self._length: int | None = None  # of the whole, once that is known
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        self._journal = -1
        self.held = self._load()

    @property
    def size(self) -> int | None:
        """Bytes of the whole file; None where that is not known yet."""
        return self._length

    @property
    def is_whole(self) -> bool:
        return self._length is not None and joined(self.held) == [(0, self._length)]

    @property
    def _draft_path(self) -> Path:
        return self._journal_path.with_suffix(".new")

    def close(self) -> None:
        os.close(self._file)
        if self._journal >= 0:
            os.close(self._journal)

    def begin(self, identity: Identity) -> None:
        """Begin anew: what was there counts no more.

        Raises:
            DiskFull: there is no room for it, with what is to be kept free.
            NotMedia: there is none, nor would there be for what no episode has.
            OSError: the disk does not take it.
        """
        self.forget()
        if identity.total:
            self._check_room(identity.total)
            _allocate(self._file, identity.total)
        self._set(identity)
        self._rewrite([])

    def forget(self) -> None:
        """Delete what is there. The journal first, or it would stand for other bytes."""
        if self._journal >= 0:
            os.close(self._journal)
            self._journal = -1
        self._journal_path.unlink(missing_ok=True)
        os.ftruncate(self._file, 0)
        self.identity, self._length, self.held = None, None, []

    def write(self, at: int, data: memoryview) -> None:
        """Bytes, which count once they are noted."""
        write_at(self._file, data, at)

    def read(self, at: int, length: int) -> bytes:
        """The bytes there; fewer where the file ends before."""
        return os.pread(self._file, length, at)

    def note(self, noted: Noted) -> None:
        """Bytes are there that were written before."""
        self._append(asdict(noted))
        with self._lock:
            self.held = joined([*self.held, (noted.at, noted.at + noted.length)])

    def end(self, length: int) -> None:
        """The file ends here: its server had not said where."""
        self._append({"end": length})
        self._length = length

    def _check_room(self, size: int) -> None:
        """Asked first: a disk that runs full while room is taken is full for everybody."""
        disk = os.fstatvfs(self._file)
        if size + self._keep_free > disk.f_bavail * disk.f_frsize:
            if size > LARGEST_BELIEVED:
                raise NotMedia(why="too_large", bytes=LARGEST_BELIEVED)
            raise DiskFull(why="floor") if self._keep_free else DiskFull

    def _set(self, identity: Identity) -> None:
        self.identity, self._length = identity, identity.total

    def _append(self, fields: dict[str, object]) -> None:
        with self._lock:
            os.write(self._journal, _line(fields).encode())

    # what an earlier try has left

    def _load(self) -> list[Span]:
        noted = sorted(self._read_journal(), key=lambda one: one.at)
        if self.identity is None:
            return []
        good = [one for one in noted if self._is_there(one)]
        if self._length is not None and os.fstat(self._file).st_size > self._length:
            os.ftruncate(self._file, self._length)  # what is behind its end is not of it
        self._rewrite(good)
        return joined((one.at, one.at + one.length) for one in good)

    def _read_journal(self) -> list[Noted]:
        found: list[Noted] = []
        for line in _lines(self._journal_path):
            try:
                fields = json.loads(line)
                if "end" in fields:
                    self._length = _number(fields["end"])
                elif "total" in fields:
                    total = fields["total"]
                    number = None if total is None else _number(total)
                    self._set(Identity(number, str(fields["validator"])))
                else:
                    found.append(Noted(*(_number(fields[name]) for name in _NUMBERS)))
            except (KeyError, TypeError, ValueError, RecursionError):
                continue  # cut by a crash, or of another version: it does not count
        return found

    def _is_there(self, noted: Noted) -> bool:
        crc, at, end = 0, noted.at, noted.at + noted.length
        while at < end and (piece := os.pread(self._file, min(_CHUNK, end - at), at)):
            crc, at = zlib.crc32(piece, crc), at + len(piece)
        return at == end and crc == noted.crc

    def _rewrite(self, noted: list[Noted]) -> None:
        """A journal of these alone, put in the place of the one before."""
        fresh = self._draft_path
        lines: list[dict[str, object]] = [asdict(self.identity)] if self.identity else []
        lines += [asdict(one) for one in noted]
        if self.identity and self.identity.total is None and self._length is not None:
            lines.append({"end": self._length})
        fresh.write_text("".join(map(_line, lines)), encoding="utf-8")
        fresh.replace(self._journal_path)
        if self._journal >= 0:
            os.close(self._journal)
        self._journal = os.open(self._journal_path, os.O_WRONLY | os.O_APPEND)


@dataclass
class Notes:
    """Notes what one thread writes, many bytes at a time."""

    store: FileStore
    at: int
    _length: int = 0
    _crc: int = 0
    _since: float = field(default_factory=time.monotonic)

    def add(self, data: memoryview) -> None:
        """These were written behind those before."""
        self._crc = zlib.crc32(data, self._crc)
        self._length += len(data)
        if self._length >= NOTE_BYTES or time.monotonic() - self._since >= NOTE_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self._length:
            self.store.note(Noted(self.at, self._length, self._crc))
        self.at += self._length
        self._length = self._crc = 0
        self._since = time.monotonic()


def _line(fields: dict[str, object]) -> str:
    return json.dumps(fields, separators=(",", ":")) + "\n"


def _number(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < 1 << 62:
        raise ValueError("no number of bytes")
    return value


def _lines(journal: Path) -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError), journal.open("rb") as file:
        yield from file.read(_LARGEST_JOURNAL).decode("utf-8", "replace").splitlines()


def _allocate(file: int, size: int) -> None:
    """Take the room for a file at once, so that it cannot run out in the middle.

    Not by ``posix_fallocate``: on disks that cannot do this it writes the whole file.
    """
    system = ctypes.CDLL(None, use_errno=True)
    call = getattr(system, "fallocate64", None) or getattr(system, "fallocate", None)
    if call is not None:
        call.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
        if call(file, 0, 0, size) == 0:
            return
        code = ctypes.get_errno()
        if code not in _NO_ALLOCATING:
            os.ftruncate(file, 0)  # what it has taken until then it keeps
            raise OSError(code, os.strerror(code))
    os.ftruncate(file, size)
