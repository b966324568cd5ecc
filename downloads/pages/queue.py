"""What the queue page shows, ready to be written down by its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, Subquery
from django.utils import timezone
from django.utils.formats import number_format

from aniworld.events.models import OutboxEvent
from aniworld.sites import pace
from aniworld.web import display
from aniworld.web.texts import text_of
from downloads import snapshots
from downloads.choices import PauseCode, Status
from downloads.models import DownloadQueueItem, QueueState
from downloads.pages.outlook import (
    HoldWords,
    Outlook,
    Shut,
    asked_at,
    hold_in_words,
    outlook_of,
    shut_in_words,
)
from downloads.pages.rows import STAGES, Row, Words
from downloads.pages.runs import PART, SHORT, Line, Run, in_line, runs_of
from downloads.quiet.decision import Verdict as Quiet
from downloads.quiet.decision import end_of_window
from downloads.quiet.shapes import said
from downloads.snapshots import QueueStatistics

RUNS = 15  # on one page
MOST_PAGES = 10_000
FAILED = 5  # those of the newest that are shown; the history has all
LOOKED_AT = 12  # of the waiting: whether the next one can be taken now is mostly seen from them


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the page: its first rows, and how many there are in all."""

    rows: list[Row]
    count: int

    @property
    def hidden(self) -> int:
        return max(self.count - len(self.rows), 0)


@dataclass(frozen=True, slots=True)
class WaitingSection:
    """One page of the runs of the waiting, and how many items wait in all.

    Attributes:
        number: of the page, from 1.
        is_last: whether nothing follows it.
    """

    runs: list[Run]
    count: int
    number: int = 1
    is_last: bool = True

    @property
    def before(self) -> int:
        """The number of the page before; 0 where this is the first."""
        return self.number - 1

    @property
    def after(self) -> int:
        return 0 if self.is_last else self.number + 1

    @property
    def places(self) -> str:
        """``1–500``: of what is on this page, as people count."""
        last = self.runs[-1]
        return f"{self.runs[0].start + 1}–{last.start + last.count}"

    @property
    def rows(self) -> list[Row]:
        """Those that are shown, in their order."""
        return [row for run in self.runs for row in run.rows]


@dataclass(frozen=True, slots=True)
class QueuePage:
    state: QueueState
    figures: QueueStatistics
    active: Section
    pending: WaitingSection
    failed: Section
    holds: list[HoldWords]
    shut: list[Shut]
    quiet: Quiet | None  # what quiet hours and budgets say; None where that cannot be read
    outlook: Outlook | None = None  # None where the next one starts shortly

    @property
    def mode(self) -> str:
        """``paused``, ``running`` or ``stopped``."""
        if self.state.is_paused:
            return "paused"
        return "running" if self.state.is_running else "stopped"

    @property
    def trouble(self) -> str:
        """Why a queue that is to run takes nothing."""
        told = snapshots.trouble(self.state)
        return told["text"] if told else ""

    @property
    def is_closed(self) -> bool:
        """Whether quiet hours, or a budget that is used up, let nothing begin."""
        return self.quiet is not None and self.quiet.is_closed

    @property
    def window_ends(self) -> bool:
        """Whether a window of quiet hours holds that has an end."""
        known = self.quiet
        if known is None or known.lifted_until is not None:
            return False
        zone = timezone.get_default_timezone()
        return end_of_window(known.rules, known.now, zone) is not None

    @property
    def why_closed(self) -> str:
        return text_of(said(self.quiet)) if self.quiet else ""

    @property
    def speed_limit(self) -> str:
        """The limit that holds by the time of day, where one does, in KB a second."""
        if self.quiet is None or self.quiet.limit == self.quiet.usual_limit:
            return ""
        return str(number_format(self.quiet.limit, force_grouping=True))

    @property
    def needs_worker(self) -> bool:
        """Work is wanted or waiting, and nobody is there to do it."""
        wanted = self.state.is_running or self.pending.count or self.active.count
        return bool(wanted) and not self.state.worker_alive

    @property
    def is_heard(self) -> bool:
        """A worker is at work, so a silence would mean that it has died."""
        wanted = self.active.count or (self.state.is_running and self.pending.count)
        return bool(wanted) and self.state.worker_alive

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to start with."""
        return not self.pending.count

    @property
    def is_ending(self) -> bool:
        """Nothing new starts, but the active download is still on its way."""
        return self.mode != "running" and bool(self.active.count)

    @property
    def paused_itself(self) -> bool:
        return self.state.is_paused and self.state.pause_code != PauseCode.OWNER

    @property
    def downloaded(self) -> str:
        return display.size(self.figures["total_downloaded_mb"] * snapshots.MEGABYTE)

    @property
    def average_speed(self) -> str:
        return display.speed(self.figures["average_speed_mbps"] * snapshots.MEGABYTE)

    @property
    def time_left(self) -> str:
        return display.duration(self.figures["estimated_time_remaining"])

    @property
    def stage_words(self) -> list[tuple[str, Words]]:
        """For the script that follows the progress: the stages and what they are called."""
        return [(stage.lower() or "none", words) for stage, words in STAGES.items()]

    @property
    def title(self) -> str:
        """How far the active one is, for the tab; empty where that says nothing."""
        measured = [row for row in self.active.rows if row.is_measured]
        return f"{measured[0].percent} %" if measured else ""

    @property
    def is_empty(self) -> bool:
        return not (self.active.count or self.pending.count or self.failed.count)


def state_and_newest_event() -> tuple[QueueState, int]:
    """The state of the queue, and the newest event of when it was read: the browser asks for all
    after it. One query, and the first of the page, so that nothing falls in between."""
    newest = OutboxEvent.objects.order_by("-id").values_list("id", flat=True)[:1]
    known = QueueState.objects.annotate(newest_event=Subquery(newest)).filter(pk=1).first()
    if known is None:  # nothing has ever been queued
        return QueueState(pk=1), next(iter(newest), 0)
    return known, known.newest_event or 0


def queue_page(wanted: Mapping[str, int] | None = None, *, page: int = 1) -> QueuePage:
    """Read the queue.

    Args:
        wanted: which runs are open, by ``downloads.pages.runs.open_runs``.
        page: of the runs, from 1; where there are not so many, the last.
    """
    return queue_page_of(QueueState.current(), wanted, page=page)


def queue_page_of(
    state: QueueState, wanted: Mapping[str, int] | None = None, *, page: int = 1
) -> QueuePage:
    """The same for who has read the state already."""
    figures = snapshots.statistics()
    count = figures["pending_count"]
    line = in_line(min(page, MOST_PAGES) * RUNS)
    page = max(-(-len(line.spans) // RUNS), 1)
    spans = line.spans[(page - 1) * RUNS :]
    runs = runs_of(line, spans, wanted or {}, are_open=count <= SHORT)
    looked_at = [one.id for one in line[:LOOKED_AT]]
    items = _items(runs, looked_at)
    first = [items[pk] for pk in looked_at if pk in items]
    closed = shut_in_words()
    asked = asked_at([one for one in items.values() if one.status == Status.PENDING], closed)
    active = [one for one in items.values() if one.status == Status.DOWNLOADING]
    return QueuePage(
        state=state,
        figures=figures,
        active=Section([Row(item) for item in active], len(active)),
        pending=WaitingSection(
            [_filled(run, line, items, asked) for run in runs], count, page, line.is_whole
        ),
        failed=_failed(items, figures["failed_count"]),
        holds=[hold_in_words(one, active) for one in pace.holds()],
        shut=closed,
        quiet=snapshots.verdict(state),
        outlook=outlook_of(first, asked, hidden=count - len(first), closed=closed),
    )


def _items(runs: Sequence[Run], others: Sequence[int]) -> dict[int, DownloadQueueItem]:
    """All that is shown, in one query: each run by its first, which knows the series."""
    wanted = set(others)
    for run in runs:
        wanted |= {run.items[0].id, *(one.id for one in run.shown)}
    newest = DownloadQueueItem.objects.finished(Status.FAILED).order_by("-completed_at", "-id")
    failed = Subquery(newest.values("pk")[:FAILED])
    shown = Q(pk__in=wanted) | Q(pk__in=failed) | Q(status=Status.DOWNLOADING)
    items = DownloadQueueItem.objects.select_related("series__root")
    return {item.pk: item for item in items.filter(shown)}


def _failed(items: Mapping[int, DownloadQueueItem], count: int) -> Section:
    failed = [one for one in items.values() if one.status == Status.FAILED]
    epoch = datetime.min.replace(tzinfo=timezone.get_default_timezone())
    failed.sort(key=lambda one: (one.completed_at or epoch, one.pk), reverse=True)
    return Section([Row(item) for item in failed], count)


def _filled(
    run: Run,
    line: Line,
    items: Mapping[int, DownloadQueueItem],
    asked: Mapping[int, datetime],
) -> Run:
    """The run with its series and the rows that are shown. What was taken between the two queries
    is left out."""
    start = run.start + (max(run.part, 1) - 1) * PART
    first = items.get(run.items[0].id)
    rows = []
    for place, one in enumerate(run.shown, start):
        if (item := items.get(one.id)) is not None:
            rows.append(_row(item, place, line, asked))
    return replace(run, series=first.series if first else None, rows=rows)


def _row(
    item: DownloadQueueItem,
    place: int,
    line: Line,
    asked: Mapping[int, datetime],
) -> Row:
    """An item moves within its priority only."""
    return Row(
        item,
        place=place,
        can_rise=line.priority(place - 1) == item.priority,
        can_sink=line.priority(place + 1) == item.priority,
        asked_at=asked.get(item.pk),
    )
