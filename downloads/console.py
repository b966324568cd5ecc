"""What ``runqueue`` shows: a progress bar on a terminal, plain lines elsewhere, JSON on demand."""

from __future__ import annotations

import json
from typing import IO, Any

from tqdm import tqdm

from aniworld.logs import printable
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from downloads.snapshots import serialise


class Console:
    """Shows items as they change, and counts how they ended."""

    def __init__(self, output: Any, *, as_json: bool) -> None:
        self._output: IO[str] = output
        self._as_json = as_json
        self._bar: tqdm[Any] | None = None
        self.completed = 0
        self.failed = 0

    def ready(self, worker: str) -> None:
        self._say({"event": "ready", "worker": worker}, f"ready: {worker}")

    def show(self, item: DownloadQueueItem) -> None:
        """Show one change of one item."""
        if item.status == Status.DOWNLOADING:
            self._show_progress(item)
            return
        self._close_bar()
        self.completed += item.status == Status.COMPLETED
        self.failed += item.status == Status.FAILED
        self._say(
            {"event": item.status.lower(), "item": serialise(item)},
            " ".join(filter(None, (_name(item), item.status.lower(), _outcome(item)))),
        )

    def close(self) -> None:
        self._close_bar()
        self._say(
            {"event": "end", "completed": self.completed, "failed": self.failed},
            f"{self.completed} completed, {self.failed} failed",
        )

    def _show_progress(self, item: DownloadQueueItem) -> None:
        if self._as_json:
            self._say({"event": "progress", "item": serialise(item)}, "")
        elif not self._output.isatty():
            if item.progress_percent == 0 and item.stage == "RESOLVING":
                self._say({}, f"{_name(item)} started")
        else:
            self._bar = self._bar or tqdm(total=100, desc=_name(item), unit="%", leave=False)
            self._bar.set_postfix_str(item.stage.lower(), refresh=False)
            self._bar.update(item.progress_percent - self._bar.n)

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _say(self, facts: dict[str, Any], line: str) -> None:
        self._output.write((json.dumps(facts) if self._as_json else line) + "\n")
        self._output.flush()


def _name(item: DownloadQueueItem) -> str:
    return printable(f"{item.series.name} S{item.season:02}E{item.episode_number:02}")


def _outcome(item: DownloadQueueItem) -> str:
    if item.status == Status.COMPLETED:
        return printable(item.file_destination)
    return printable(item.error_message)
