"""The brake against mass disappearance.

A disk that is gone looks like a library whose files were all deleted. Three questions are asked
before anything is believed: can the root be read at all; is it the directory it was; and how much
of it would be lost. Only the owner's word (``word``) makes much of it missing, and no word
makes a root that cannot be read count as empty.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aniworld.config.directories import directory_problem
from aniworld.config.reach import Ask
from library.errors import MassRemoval, RootChanged, RootUnavailable
from library.models import LibraryRoot, MediaFile
from library.scanner.word import Word, is_empty
from providers.coded import errno_name

SERIES_NAMED = 10


@dataclass(slots=True)
class Losses:
    """What one root would lose, in files. ``series`` names those the owner is asked about;
    ``known`` are counted where something is lost."""

    root: LibraryRoot
    known: int
    gone: int
    series: list[tuple[str, str, int, int]] = field(default_factory=list)  # key, name, gone, known
    is_asked_about: bool = False
    is_other_disk: bool = False  # another directory than at the last scan
    sign: str = ""  # code of what it looks like, where that is more than the files of one series

    @property
    def is_too_much(self) -> bool:
        return self.is_asked_about or bool(self.series)

    def only(self, left: Mapping[str, int]) -> None:
        """Ask no more than about the files that are still lost, by their series' key; "" for those
        of no series."""
        self.gone = sum(left.values())
        self.is_asked_about = self.is_asked_about and bool(self.gone)
        self.series = [
            (key, name, left[key], known) for key, name, _, known in self.series if left.get(key)
        ]

    @property
    def frozen_reason(self) -> str:
        return MassRemoval.other_disk if self.is_other_disk else MassRemoval.code

    def as_json(self) -> dict[str, Any]:
        """The facts the owner is told: the first of the series by name."""
        named = [
            {"key": key, "name": name, "gone": gone, "known": known}
            for key, name, gone, known in self.series[:SERIES_NAMED]
        ]
        return {
            "path": self.root.path,
            "gone": self.gone,
            "known": self.known,
            "is_other_disk": self.is_other_disk,
            "sign": self.sign,
            "series": named,
            "more": len(self.series) - len(named),
        }


def mass_removal(held: Sequence[Losses]) -> MassRemoval:
    """What these roots would lose, as the error that a scan ends with."""
    gone, known = sum(one.gone for one in held), sum(one.known for one in held)
    return MassRemoval(gone=gone, known=known, roots=[one.as_json() for one in held])


@contextlib.contextmanager
def readable(root: LibraryRoot) -> Iterator[None]:
    """Freeze a root that cannot be read any more. Raises ``RootUnavailable``."""
    try:
        yield
    except OSError as error:
        gone = RootUnavailable(why="unreadable", path=root.path, errno=errno_name(error))
        freeze(root, gone)
        raise gone from error


def freeze(root: LibraryRoot, error: RootUnavailable) -> None:
    """Keep why a root cannot be trusted: nothing of it is believed until it can."""
    root.error, root.frozen_reason = error.as_json(), error.frozen_reason
    root.save(update_fields=["error_code", "error_params", "frozen_reason"])


def check_readable(root: LibraryRoot, ask: Ask) -> None:
    """Refuse a root that is missing, a file or unreadable. Raises ``RootUnavailable``."""
    problem = directory_problem(root.path, ask=ask)
    if problem:
        raise RootUnavailable(why="unusable", problem=problem)


def check_not_empty(root: LibraryRoot, word: Word, ask: Ask) -> None:
    """Refuse a root without any entry while files of it are known that the owner's word is not
    about. Raises ``RootChanged``."""
    if not ask(root.path, lambda: is_empty(root.path)):
        return
    files = MediaFile.objects.filter(root=root)
    known = (files.present() if word.is_given else files).count()
    if known and not word.covers_root(root):
        raise RootChanged(why="empty", path=root.path, known=known)
