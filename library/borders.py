"""How far the library reaches, wherever links in it lead.

A link can be laid by whoever may write into the library, and leads to whatever this program may
read. So nothing is read from and nothing is written to a place that does not really lie in a
library folder, or in a folder that the owner has allowed: ``library.link_targets``. That a video is
there behind a link may be seen without that.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aniworld.config import store
from aniworld.config.directories import library_directories
from library.plain import open_plain


class Outside(Exception):
    """A path leads out of the library, to ``target``."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


@dataclass(frozen=True)
class Borders:
    """The library folders, and those that links in them may lead to."""

    directories: tuple[str, ...]

    @classmethod
    def now(cls, *roots: str) -> Borders:
        """As they are configured, and these. Raises ``ConfigError``."""
        config = store.load()
        return cls((*roots, *library_directories(config), *config.library.link_targets))

    @cached_property
    def _real(self) -> tuple[str, ...]:
        return tuple(os.path.realpath(directory) for directory in self.directories)

    def check(self, path: Path) -> None:
        """Follow all links of a path, which need not be there yet. Touches the disk.

        Raises:
            Outside: it lies elsewhere.
        """
        self._check_real(os.path.realpath(path))

    def read(self, path: Path, *, most: int) -> bytes:
        """Read a plain file, at most ``most`` bytes and one more, by which the caller sees that
        there are too many.

        Raises:
            Outside: it lies elsewhere.
            NoPlainFile: it is none; it was not opened, or not read.
            OSError: it cannot be read.
        """
        self.check(path)
        with open_plain(path) as file:
            self._check_opened(file.fileno())
            return file.read(most + 1)

    def _check_opened(self, descriptor: int) -> None:
        """Another link may have been laid since it was looked where it leads; what is open stays
        what it is. Only Linux tells of an open file where it lies."""
        with contextlib.suppress(FileNotFoundError):
            self._check_real(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    def _check_real(self, real: str) -> None:
        if not any(real == inside or real.startswith(_below(inside)) for inside in self._real):
            raise Outside(real)


def _below(directory: str) -> str:
    return directory if directory.endswith("/") else f"{directory}/"
