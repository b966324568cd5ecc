"""What fetches media. Another engine needs this one method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from downloads.transfer.messages import Reading
from providers.base import Media


@dataclass(frozen=True, slots=True)
class Download:
    """Files as they were fetched: one, or video and sound apart.

    ``duration`` (seconds) and ``size`` (bytes) are what the source announced, None where it
    announced nothing.
    """

    files: tuple[Path, ...]
    duration: float | None
    size: int | None


class Engine(Protocol):
    def fetch(self, media: Media, folder: Path, on_progress: Callable[[Reading], None]) -> Download:
        """Fetch ``media`` into ``folder``, going on from what is there already.

        Args:
            folder: belongs to this source alone; partial data of another would be spliced.
            on_progress: may be called from other threads; what it raises ends the download.

        Raises:
            SourceFault: this source does not deliver.
            DiskFull, NotPermitted: the disk does not take it.
        """
        ...
