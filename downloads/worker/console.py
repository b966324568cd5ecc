"""What ``runqueue`` shows: a progress bar on a terminal, plain lines elsewhere, JSON on demand."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

from aniworld.console.logs import printable
from aniworld.console.output import Output
from aniworld.web import display
from downloads.choices import Status
from downloads.models import DownloadQueueItem
from downloads.snapshots import serialise
from downloads.texts import total_in_words

_WORDS = {
    Status.PENDING: "waits for its next try:",
    Status.COMPLETED: "is there:",
    Status.FAILED: "failed:",
    Status.CANCELLED: "was cancelled",
    Status.PAUSED: "is held",
}


class Console:
    """Shows items as they change, and counts how they ended."""

    def __init__(self, output: Output, *, as_json: bool) -> None:
        self._output = output
        self._as_json = as_json
        self._has_bars = not as_json and output.isatty()
        self._bar: Any = None
        self._announced = 0  # the item whose start was told
        self.completed = 0
        self.failed = 0
        if self._has_bars:
            _terminal().calm_log()

    def ready(self, worker: str) -> None:
        self._say({"event": "ready", "worker": worker}, f"ready to work the queue, as {worker}")

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
            " ".join(filter(None, (_name(item), _words(item), _outcome(item)))),
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
        elif not self._has_bars:
            if self._announced != item.pk:
                self._announced = item.pk
                self._say({}, f"{_name(item)} started")
        else:
            self._bar = self._bar or _terminal().progress_bar(total=100, unit="%")
            self._bar.n = item.progress_percent
            self._bar.set_description_str(f"{_name(item)}  {_facts(item)}")

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _say(self, facts: dict[str, Any], line: str) -> None:
        self._output.line(json.dumps(facts) if self._as_json else line)


def _name(item: DownloadQueueItem) -> str:
    return printable(f"{item.series.name} S{item.season:02}E{item.episode_number:02}")


def _terminal() -> ModuleType:
    from aniworld.console import terminal  # noqa: PLC0415 - the worker of the web server has none

    return terminal


def _facts(item: DownloadQueueItem) -> str:
    """What a progress bar cannot show: "downloading  1.0 MB of 2.4 MB  0.3 MB/s  0:12 left"."""
    done = display.size(item.downloaded_bytes)
    total = total_in_words(item.total_bytes, is_estimated=item.is_total_estimated)
    left = display.duration(item.eta)
    facts = (
        item.stage.lower(),
        f"{done} of {total}" if total else "",
        display.speed(item.download_speed),
        f"{left} left" if left else "",
    )
    return "  ".join(filter(None, facts))


def _words(item: DownloadQueueItem) -> str:
    if item.status == Status.PENDING and not item.error:
        return "was interrupted and waits"
    return _WORDS[Status(item.status)]


def _outcome(item: DownloadQueueItem) -> str:
    if item.status == Status.COMPLETED:
        return printable(item.file_destination)
    return printable(item.error["text"]) if item.error else ""
