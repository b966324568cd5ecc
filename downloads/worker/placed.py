"""Which files of the library are ours: noted on its own disk, beside the work folders.

The database may be restored to a state from before a file was placed. Then the file is there, and
nobody knows whose it is: the episode would be fetched in full again, and fail for the name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from downloads.choices import Stage
from downloads.models import DownloadQueueItem
from downloads.transfer.messages import Delivered
from downloads.transfer.places import own_file
from downloads.worker.workspace import WORK_FOLDER, folder_of
from library.naming.paths import from_stored, to_stored
from library.naming.videos import is_video

logger = logging.getLogger(__name__)

NOTES = "placed.jsonl"
LARGEST = 4_000_000  # bytes: some ten thousand files, then the older half goes
LONGEST_LANGUAGE = 32  # characters, in the library's column
LONGEST_SECONDS = 1_000_000
_EDGE = 65_536


@dataclass(frozen=True, slots=True)
class Placed:
    """One file that a worker has placed.

    Attributes:
        path: below the library root, as it is stored.
        size: bytes.
        digest: SHA-256 of its first and last 64 KiB.
        language: of the source it came from.
        duration: seconds.
    """

    site: str
    key: str
    season: int
    episode: int
    path: str
    size: int
    digest: str
    language: str
    duration: float

    @property
    def is_sound(self) -> bool:
        """Whether the values are such as we write: others may write on the disk, too."""
        texts = (self.site, self.key, self.path, self.digest, self.language)
        numbers = (self.season, self.episode, self.size)
        return (
            all(isinstance(one, str) for one in texts)
            and all(type(one) is int for one in numbers)
            and len(self.language) <= LONGEST_LANGUAGE
            and type(self.duration) in {int, float}
            and 0 <= self.duration <= LONGEST_SECONDS
        )

    def target(self, root: Path) -> Path:
        return root / from_stored(self.path)

    def is_of(self, item: DownloadQueueItem) -> bool:
        series = item.series
        there = (self.site, self.key, self.season, self.episode)
        if there != (series.site, series.site_key, item.season, item.episode_number):
            return False
        wanted = item.wanted_language.casefold()
        return wanted in ("", self.language.casefold())


def note(item: DownloadQueueItem, root: Path, finished: Delivered, target: Path) -> None:
    """Write down that the checked file goes to ``target`` now.

    A disk that does not take the note takes no file either, and says so when that is placed.
    """
    try:
        written = Placed(
            site=item.series.site,
            key=item.series.site_key,
            season=item.season,
            episode=item.episode_number,
            path=to_stored(str(target.relative_to(root))),
            size=finished.size,
            digest=_digest(Path(finished.path)),
            language=item.language,
            duration=finished.duration,
        )
        _append(root / WORK_FOLDER / NOTES, json.dumps(asdict(written)))
    except OSError as error:
        logger.warning("item=%s cannot be noted as placed: %s", item.pk, error)


def find(item: DownloadQueueItem, root: Path) -> Placed | None:
    """The file of this episode that a worker has placed, where it is still there as it was."""
    try:
        notes = [one for one in _read(root / WORK_FOLDER / NOTES) if one.is_of(item)]
        return next((one for one in reversed(notes) if _is_there(one, root)), None)
    except OSError as error:
        logger.warning("root=%s what was placed cannot be read: %s", root, error)
        return None


def is_in_place(item: DownloadQueueItem, root: Path) -> bool:
    """Whether a worker died between renaming the file and writing it down.

    The checked file carries the same name until it is renamed; with that gone, the file at the
    destination is ours.
    """
    if item.stage != Stage.PLACING or not item.file_destination:
        return False
    target = Path(from_stored(item.file_destination))
    left = folder_of(root, item.pk) / f"finished{target.suffix}"
    if left.exists():
        return target.exists() and left.samefile(target)
    return target.is_file() and target.stat().st_size == item.total_bytes


def _append(notes: Path, line: str) -> None:
    _halve(own_file(notes))
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(notes, flags, 0o644), "wb") as file:
        file.write(b"\n" + line.encode())  # one that a full disk has cut off ends here
        file.flush()
        os.fsync(file.fileno())


def _halve(notes: Path) -> None:
    """Forget the older half of notes that have grown too large."""
    if not notes.is_file() or notes.stat().st_size < LARGEST:
        return
    content = _content(notes)
    draft = own_file(notes.with_suffix(".new"))
    draft.write_bytes(content[len(content) // 2 :].partition(b"\n")[2])
    draft.replace(notes)


def _read(notes: Path) -> Iterator[Placed]:
    with contextlib.suppress(FileNotFoundError):
        yield from _notes_in(_content(notes).splitlines())


def _content(notes: Path) -> bytes:
    """The newest of them, however many somebody has written there."""
    descriptor = os.open(notes, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return b""
        file.seek(max(os.fstat(descriptor).st_size - 2 * LARGEST, 0))
        return file.read(2 * LARGEST)


def _notes_in(lines: Iterable[bytes]) -> Iterator[Placed]:
    """Those that can be read: the disk is shared with others."""
    for line in lines:
        try:
            found = json.loads(line)
            values: dict[str, Any] = {one.name: found[one.name] for one in fields(Placed)}
        except (ValueError, LookupError, TypeError, RecursionError):
            continue
        if (noted := Placed(**values)).is_sound:
            yield noted


def _is_there(placed: Placed, root: Path) -> bool:
    """Whether the file is in the library, and the same to its last byte, as far as is looked."""
    try:
        target = placed.target(root)
        inside = target.resolve().is_relative_to(root.resolve())
        found = target.lstat()
        is_file = stat.S_ISREG(found.st_mode) and found.st_size == placed.size
        return inside and is_file and is_video(target.name) and _digest(target) == placed.digest
    except (OSError, TypeError, ValueError):
        return False


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        edges = hashlib.sha256(content.read(_EDGE))
        content.seek(max(content.seek(0, os.SEEK_END) - _EDGE, 0))
        edges.update(content.read(_EDGE))
    return edges.hexdigest()
