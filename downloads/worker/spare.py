"""The child of the next transfer, started before there is one.

A new process of Python that can speak to sites and put streams together takes longer to start than
the first bytes of most episodes take to come. While something waits to be fetched and nothing is
being fetched, one is kept ready, so that *Start* acts at once; see docs/adr/0016.
"""

from __future__ import annotations

from downloads.worker.pipe import TransferProcess


class Spare:
    """At most one child that waits for its job."""

    def __init__(self) -> None:
        self._process: TransferProcess | None = None

    def keep(self, *, is_wanted: bool) -> None:
        """See to it that there is one, or that there is none. One that has died is replaced."""
        if self._process is not None and not (is_wanted and self._process.is_alive):
            self._process.end()
            self._process = None
        if is_wanted and self._process is None:
            self._process = TransferProcess()

    def take(self) -> TransferProcess:
        """A child for a job, whether or not one was kept; it belongs to the caller now."""
        kept, self._process = self._process, None
        if kept is not None:
            if kept.is_alive:
                return kept
            kept.end()
        return TransferProcess()

    def end(self) -> None:
        """Let go of it."""
        self.keep(is_wanted=False)
