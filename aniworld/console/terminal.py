"""A person's terminal: a progress bar in the last line, and nothing that tears it.

Imported only where there is a terminal: cron and the worker of the web server need no bars.
"""

from __future__ import annotations

import logging
import sys
from typing import IO, Any

from tqdm import tqdm


class _AboveBars:
    """A stream whose lines go above the progress bar."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        tqdm.write(text, file=self._stream, end="")

    def flush(self) -> None:
        self._stream.flush()


def calm_log() -> None:
    """Keep the log to errors, above the bar: what else it would say the command says itself."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stderr:
            handler.setStream(_AboveBars(handler.stream))
            if logging.getLogger().level > logging.DEBUG:
                handler.setLevel(logging.ERROR)


def progress_bar(*, total: int | None, unit: str) -> tqdm[Any]:
    """A bar that leaves nothing behind: percent, bar, then what is said of the moment."""
    return tqdm(
        total=total,
        unit=unit,
        leave=False,
        dynamic_ncols=True,
        bar_format="{percentage:3.0f} % |{bar:24}| {desc}",
    )
