"""How a renaming asks the disks of the library: one that hangs must not hold it for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from aniworld.config import reach
from library.errors import NotRenamed
from library.models import LibraryRoot
from library.services.roots import absence_of, root_paths

Answer = TypeVar("Answer")

SILENT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Disks:
    """Asks patiently. ``beat`` is called several times a second meanwhile, and may raise."""

    beat: Callable[[], None] = lambda: None
    seconds: float = SILENT_SECONDS

    def __call__(self, directory: str, question: Callable[[], Answer], /) -> Answer:
        """What is there. The question must not touch the database.

        Raises:
            NoAnswer: the disk does not answer.
            Exception: what the question or the beat raises.
        """
        return reach.ask(directory, question, seconds=self.seconds, beat=self.beat)

    def prove(self, root: LibraryRoot) -> None:
        """See that a library folder is configured, at hand, and the one that scans have seen.

        Raises:
            NotRenamed: it is not.
        """
        if root.path not in root_paths():
            raise NotRenamed(why="root_away", root=root.path)
        self.at_hand(root)

    def at_hand(self, root: LibraryRoot) -> None:
        """The same of a folder that may have left the configuration since something began in it.

        Raises:
            NotRenamed: it is not at hand, or another one.
        """
        if absence_of(root, ask=self) is not None:
            raise NotRenamed(why="root_away", root=root.path)
