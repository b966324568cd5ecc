"""The log files: ``app.log``, ``download.log`` and ``error.log``, written by several processes.

concurrent-log-handler holds a lock over the processes while it writes and while it turns a file
over. It is loaded with the first line; without it, or on a disk that takes nothing, the standard
error has everything all the same.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

MOST_BYTES = 10_000_000
KEPT = 5
DOWNLOADS = ("downloads", "providers")


class SharedFile(logging.Handler):
    """Writes lines into a file that other processes write into, too.

    Args:
        filename: it is turned over at ``most_bytes``; ``kept`` older ones stay.
        locks: the directory for the file that holds the lock.
        rooms: only lines of these loggers; empty: of all.
    """

    def __init__(
        self,
        filename: str,
        *,
        locks: str,
        most_bytes: int = MOST_BYTES,
        kept: int = KEPT,
        rooms: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self._filename, self._locks = Path(filename), Path(locks)
        self._most_bytes, self._kept, self._rooms = most_bytes, kept, rooms
        self._writer: logging.Handler | None = None
        self._is_given_up = False

    def emit(self, record: logging.LogRecord) -> None:
        if self._is_given_up or (self._rooms and record.name.split(".")[0] not in self._rooms):
            return
        try:
            if self._writer is None:
                self._writer = self._opened()
            self._writer.setFormatter(self.formatter)
            self._writer.emit(record)
        except (ImportError, OSError) as error:
            self._is_given_up = True
            sys.stderr.write(f"aniworld: {self._filename} cannot be written: {error}\n")

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        super().close()

    def _opened(self) -> logging.Handler:
        from concurrent_log_handler import (  # noqa: PLC0415 - not for processes that say nothing
            ConcurrentRotatingFileHandler,
        )

        for directory in (self._filename.parent, self._locks):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        writer = ConcurrentRotatingFileHandler(
            str(self._filename),
            maxBytes=self._most_bytes,
            backupCount=self._kept,
            chmod=0o600,
            lock_file_directory=str(self._locks),
            encoding="utf-8",
        )
        assert isinstance(writer, logging.Handler)  # noqa: S101 - its types are not told
        writer.handleError = self.handleError  # type: ignore[method-assign]
        return writer

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base's name
        """A disk that is full must not end what is logged; say so once."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self._is_given_up = True
            words = error.strerror or os.strerror(error.errno or 0)
            sys.stderr.write(f"aniworld: {self._filename} cannot be written: {words}\n")
            return
        super().handleError(record)
