"""Which directories a walk has gone into, so that none is read twice where links lead to it.

Of several ways to a directory the first one is taken. A walk through some folders of a root takes
the same one as that through all of it: what lies in other folders is theirs. No Django.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

Identity = tuple[int, int]  # device and inode


class Visited:
    """The directories gone into so far, and those above the root: a link to one of these leads out,
    and back in again.

    Args:
        root: its path.
        known: the directories that were read before, by paths relative to the root.
        only: names of the folders that are walked; all where not given.
    """

    def __init__(self, root: str, known: Collection[str], only: frozenset[str] | None) -> None:
        self._root = root
        self._known = known
        self._only = only
        self._paths: dict[Identity, str] = {}

    def note(self, path: str, status: os.stat_result) -> None:
        """A directory was gone into."""
        self._paths[status.st_dev, status.st_ino] = path

    def holds(self, path: str, status: os.stat_result) -> bool:
        """Whether a directory was gone into by another way, or is when its turn comes."""
        identity = status.st_dev, status.st_ino
        before = self._paths.get(identity)
        if before is not None:
            # Not by its number alone: file systems are about that give one number to several.
            return self._real(path) == self._real(before)
        if identity in self._above:
            return self._is_behind_a_link(path)
        if self._only is None or not self._is_behind_a_link(path):
            return False
        other = self._elsewhere.get(identity)
        # One that was read through this link before is read through it again, unless both ways were
        # taken before: one of them led to another directory then.
        return other is not None and (path not in self._known or other < path)

    def _is_behind_a_link(self, path: str) -> bool:
        return self._real(path) != os.path.join(self._real(""), path)  # noqa: PTH118 - paths are text here

    def _real(self, path: str) -> str:
        return os.path.realpath(f"{self._root}/{path}")

    @cached_property
    def _above(self) -> set[Identity]:
        return {identity for at in Path(self._real("")).parents if (identity := _identity(str(at)))}

    @cached_property
    def _elsewhere(self) -> dict[Identity, str]:
        """What other folders hold. Asked at the first link only: it is a look at each directory."""
        found: dict[Identity, str] = {}
        for path in self._known:
            if path.partition("/")[0] not in (self._only or ()):
                identity = _identity(f"{self._root}/{path}")
                if identity:
                    found.setdefault(identity, path)
        return found


def _identity(directory: str) -> Identity | None:
    """None where it is no more."""
    try:
        status = os.stat(directory)  # noqa: PTH116 - paths are text here
    except OSError:
        return None
    return status.st_dev, status.st_ino
