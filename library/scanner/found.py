"""What a walk over a library root finds, and what is remembered of each directory.

Paths here are as ``os`` gives them, relative to the root. No Django: the processes of a scan that
only read use it too.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from library.naming.paths import to_stored
from library.problems import Problem

# Remembered for a directory that is to be opened again, whatever its mtime.
OPEN_AGAIN = -1

SIDE_FILES = frozenset({"key", "data"})


# File systems know times that no column of 64 bits holds in nanoseconds (ext4: until 2446).
LATEST_NS = 2**63 - 1


def mtime_of(status: os.stat_result) -> int:
    """The time of a change in nanoseconds, as it can be kept."""
    return max(-LATEST_NS, min(status.st_mtime_ns, LATEST_NS))


class SeenFile(NamedTuple):
    path: str
    size: int
    mtime_ns: int


class Remembered(NamedTuple):
    """A directory as it was read last. ``names`` is the mark of the names in it, see
    :func:`mark_of`; None where it was not kept. ``passed`` says what was passed over in it: JSON,
    by reason how many names and the first; None for nothing."""

    mtime_ns: int
    names: int | None
    passed: str | None = None


@dataclass(slots=True)
class Folder:
    """A directory directly under the root; "" stands for the root itself."""

    name: str
    files: list[SeenFile] = field(default_factory=list)  # of the directories read this time
    read: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    directories: dict[str, Remembered] = field(default_factory=dict)  # those to remember
    side_files: list[str] = field(default_factory=list)
    growing: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)  # files nothing can be seen of but their names
    away: set[str] = field(default_factory=set)  # dead links, and what its disk fails at
    pieces: set[str] = field(default_factory=set)  # of discs; another file stands for each
    devices: dict[int, tuple[int, str]] = field(default_factory=dict)  # directories, and the first

    @property
    def is_unchanged(self) -> bool:
        return not (self.read or self.unreadable or self.away)

    def open_again(self, directory: str) -> None:
        """Let the next scan open this directory whatever its mtime."""
        if directory:  # the root itself is always opened
            known = self.directories.get(directory)
            passed = known.passed if known else None
            self.directories[directory] = Remembered(OPEN_AGAIN, None, passed)

    def remember_passed(self, directory: str, passed: Mapping[str, Sequence[str]]) -> None:
        """Keep what was passed over in a directory: names by reason."""
        told = {why: [len(names), to_stored(names[0])] for why, names in sorted(passed.items())}
        known = self.directories.get(directory, Remembered(OPEN_AGAIN, None))
        self.directories[directory] = known._replace(passed=json.dumps(told) if told else None)

    def forget_known(self, known: Mapping[str, Remembered]) -> None:
        """Leave out what is remembered as it is already."""
        self.directories = {
            path: found for path, found in self.directories.items() if known.get(path) != found
        }

    def count(self, device: int, path: str) -> None:
        """A directory lies on this device."""
        number, first = self.devices.get(device, (0, path))
        self.devices[device] = number + 1, first


@dataclass(slots=True)
class Tree:
    """What a root holds now."""

    identity: str = ""
    files: int = 0  # of the directories read this time
    folders: dict[str, Folder] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def identity_of(status: os.stat_result) -> str:
    return f"{status.st_dev}:{status.st_ino}"


def mark_of(listing: Iterable[os.DirEntry[str]]) -> int:
    """A number of 64 bits for the names in a directory and what each is: file, directory, link."""
    names = sorted(
        f"{entry.name}/"
        if entry.is_dir(follow_symlinks=False)
        else (f"{entry.name}/@" if entry.is_symlink() else entry.name)
        for entry in listing
    )
    digest = hashlib.blake2b(os.fsencode("\0".join(names)), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
