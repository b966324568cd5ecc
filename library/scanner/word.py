"""The owner's word that what has gone was meant to go, and how far it reaches."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from aniworld.config.reach import Ask
from library.choices import FileState
from library.errors import MassRemoval, RootChanged
from library.models import AnimeSeries, LibraryRoot
from library.scanner.rows import KnownFile

_WAITING = {MassRemoval.code, MassRemoval.other_disk, RootChanged.frozen_reason}


@dataclass(frozen=True, slots=True)
class Word:
    """Given while something was held, it is about that alone: the files that are unavailable, and
    the ``roots`` that were empty and still are. What has gone since nobody was shown. Given while
    nothing was held, it is about all that this scan finds gone (``of_all``)."""

    is_given: bool = False
    of_all: bool = False
    roots: frozenset[int] = frozenset()

    @classmethod
    def on(cls, roots: Sequence[LibraryRoot], ask: Ask) -> Word:
        """The word, given now for a scan of these roots."""
        frozen = [root for root in roots if root.frozen_reason in _WAITING]
        if not frozen and not AnimeSeries.objects.filter(removal_held=True).exists():
            return cls(is_given=True, of_all=True)
        empty = {root.pk for root in frozen if _was_and_is_empty(root, ask)}
        return cls(is_given=True, roots=frozenset(empty))

    def covers_root(self, root: LibraryRoot) -> bool:
        """Whether it is about everything that is known of a root."""
        return self.of_all or root.pk in self.roots

    def covers(self, root: LibraryRoot, file: KnownFile) -> bool:
        """Whether it is about a file that has gone."""
        held = self.is_given and file.state == FileState.UNAVAILABLE
        return held or self.covers_root(root)


def _was_and_is_empty(root: LibraryRoot, ask: Ask) -> bool:
    if root.frozen_reason != RootChanged.frozen_reason:
        return False
    try:
        return ask(root.path, lambda: is_empty(root.path))
    except OSError:  # it is refused with its reason when it is looked at
        return False


def is_empty(directory: str) -> bool:
    """Whether nothing lies in it. Raises ``OSError``."""
    with os.scandir(directory) as entries:
        return next(entries, None) is None
