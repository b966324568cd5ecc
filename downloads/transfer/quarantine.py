"""A file that plays, but is suspicious: kept in the item's work folder, one for each item.

Another source may bring a better one; where none does, the owner says what becomes of it. The note
beside it is what makes it count, so a crash leaves the file with its note, or nothing.
"""

from __future__ import annotations

import errno
import json
import math
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from downloads.transfer.messages import Delivered
from downloads.transfer.places import own_file

NOTE = "quarantine.json"
NAME = "quarantine"  # with the ending of its container
EXTENSIONS = (".mp4", ".mkv")
CODES = frozenset({"too_short", "shorter_than_others"})
LARGEST = 200_000  # bytes of a note
LONGEST = 255  # characters of a word of it


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What is kept aside, and why.

    Attributes:
        duration: seconds.
        source: identity of the source it came from.
        seen: what the gate saw of it (``gate.Report``), as JSON.
        code: of what is suspicious of it; ``params`` are its facts.
    """

    extension: str
    size: int
    duration: float
    source: str
    url: str
    hoster: str
    language: str
    seen: Mapping[str, Any]
    code: str
    params: Mapping[str, float]

    def path(self, work_dir: Path) -> Path:
        return work_dir / f"{NAME}{self.extension}"

    def delivered(self, work_dir: Path) -> Delivered:
        """The same as a file that has passed: its owner takes it as it is."""
        return Delivered(
            path=str(self.path(work_dir)),
            extension=self.extension,
            size=self.size,
            duration=self.duration,
            source=self.source,
            url=self.url,
            hoster=self.hoster,
            language=self.language,
            seen=self.seen,
        )


def keep(work_dir: Path, file: Delivered, code: str, params: Mapping[str, float]) -> None:
    """Move a checked and synced file aside; of two the longer one stays.

    Raises:
        OSError: the disk does not take it.
    """
    there = read(work_dir)
    if there is not None and there.duration >= file.duration:
        Path(file.path).unlink()
        return
    facts = asdict(file)
    del facts["path"]
    kept = Quarantined(**facts, code=code, params=dict(params))
    drop(work_dir)
    Path(file.path).rename(own_file(kept.path(work_dir)))
    draft = own_file(work_dir / f"{NOTE}.new")
    with draft.open("w", encoding="utf-8") as note:
        json.dump(asdict(kept), note)
        note.flush()
        os.fsync(note.fileno())
    draft.replace(work_dir / NOTE)


def read(work_dir: Path) -> Quarantined | None:
    """What is kept aside in a work folder, where it is there as it was.

    Raises:
        OSError: the disk does not answer as it should.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(work_dir / NOTE, flags)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ELOOP}:  # nothing, or somebody's link
            return None
        raise
    with os.fdopen(descriptor, "rb") as note:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        kept = _parsed(note.read(LARGEST + 1))
    return kept if kept is not None and _is_there(kept, work_dir) else None


def drop(work_dir: Path) -> None:
    """Delete what is kept aside; what is not there is fine.

    Raises:
        OSError: it cannot be deleted.
    """
    for name in files():
        own_file(work_dir / name).unlink(missing_ok=True)


def files() -> tuple[str, ...]:
    """The names that what is kept aside may have; the note goes first."""
    return (NOTE, *(f"{NAME}{extension}" for extension in EXTENSIONS))


def _is_there(kept: Quarantined, work_dir: Path) -> bool:
    try:
        found = kept.path(work_dir).lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == kept.size


def _parsed(content: bytes) -> Quarantined | None:
    """The disk is shared with others: what is no note of ours says nothing."""
    if len(content) > LARGEST:
        return None
    try:
        return _checked(Quarantined(**json.loads(content)))
    except (ValueError, TypeError, RecursionError):
        return None


def _checked(kept: Quarantined) -> Quarantined:
    """Raises ValueError, TypeError where something of it cannot be."""
    words = (kept.source, kept.url[:LONGEST], kept.hoster, kept.language, kept.code)
    if not all(isinstance(word, str) and len(word) <= LONGEST for word in words):
        raise TypeError("words")
    numbers = (kept.size, kept.duration, *dict(kept.params).values())
    if not all(isinstance(one, int | float) and 0 <= one < math.inf for one in numbers):
        raise TypeError("numbers")
    if kept.extension not in EXTENSIONS or kept.code not in CODES:
        raise ValueError(kept.extension, kept.code)
    if not isinstance(kept.size, int) or not isinstance(kept.seen, dict):
        raise TypeError("seen")
    return kept
