"""How a scan asks the disks of the library: one that hangs must not hold it for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from aniworld.config import reach
from library.errors import RootUnavailable
from library.models import LibraryRoot
from library.scanner.guards import freeze
from library.scanner.progress import Progress

Answer = TypeVar("Answer")

# A disk that starts turning takes seconds, a share that has lost its server comes back in a minute
# or not at all.
SILENT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Disks:
    """Asks, tells meanwhile how far the scan is, and sees that it can be cancelled."""

    progress: Progress

    def __call__(
        self,
        directory: str,
        question: Callable[[], Answer],
        /,
        *,
        signs: Callable[[], int] = lambda: 0,
        beat: Callable[[], None] | None = None,
    ) -> Answer:
        """What is there.

        Args:
            directory: the path of a library root.
            question: must not touch the database.
            signs: grows while a long question is being answered.
            beat: tells how far it is; where not given, what was told last is told again.

        Raises:
            RootUnavailable: the disk does not answer. Its root is frozen.
            ScanCancelled: the owner asked for it.
            Exception: what the question raises.
        """
        try:
            return reach.ask(
                directory,
                question,
                seconds=SILENT_SECONDS,
                signs=signs,
                beat=beat or self.progress.again,
            )
        except reach.NoAnswer as error:
            silent = RootUnavailable(why="silent", path=directory)
            for root in LibraryRoot.objects.filter(path=directory):
                freeze(root, silent)
            raise silent from error
