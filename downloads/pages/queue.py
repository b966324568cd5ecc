"""What the queue page shows, ready to be written down by its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aniworld.sites import pace
from aniworld.sites.health.services import Refusal
from aniworld.sites.pace import Hold
from aniworld.web import display
from aniworld.web.texts import text, text_of
from downloads import snapshots
from downloads.choices import PauseCode, Priority, Quarantine, Stage, Status
from downloads.errors import CatalogueHeld
from downloads.models import DownloadQueueItem, QueueState, comes_from_elsewhere
from downloads.pages.advice import Verdict, verdict_of
from downloads.pages.seen import SeenWords
from downloads.quiet.decision import Verdict as Quiet
from downloads.quiet.decision import end_of_window
from downloads.quiet.shapes import said
from downloads.shut import open_sites, shut
from downloads.snapshots import QueueStatistics
from downloads.texts import (
    provider_in_words,
    source_in_words,
    stage_in_words,
    total_in_words,
)
from library.pages.pictures import Picture, picture_of
from providers.watching import CHANGED

FIRST = 100
STEP = 400
SAME_SECONDS = 3  # between two looks at one pause
Words = str | Promise

STAGES: dict[str, Words] = {
    Stage.NONE: _("Getting ready"),
    Stage.RESOLVING: _("Finding a source"),
    Stage.DOWNLOADING: _("Downloading"),
    Stage.REMUXING: _("Repacking"),
    Stage.CHECKING: _("Checking the file"),
    Stage.PLACING: _("Moving into the library"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the queue. ``place`` counts the waiting from 0.

    ``asked_at`` is when its site is asked again that lets nobody in; None where it does.
    """

    item: DownloadQueueItem
    place: int = 0
    can_rise: bool = False
    can_sink: bool = False
    asked_at: datetime | None = None

    @property
    def code(self) -> str:
        return display.episode_code(self.item.season, self.item.episode_number)

    @property
    def picture(self) -> Picture:
        return picture_of(self.item.series)

    @property
    def stage(self) -> Words:
        return STAGES[self.item.stage]

    @property
    def waits_for(self) -> str:
        """The hoster that has asked us to wait, while it is to be waited for."""
        until = self.item.waiting_until
        is_held = until is not None and until > timezone.now()
        return snapshots.display_name(self.item.hoster) or "…" if is_held else ""

    @property
    def is_measured(self) -> bool:
        """Whether percent means anything: while a file is checked, all of it has come."""
        return self.item.progress_percent > 0 and self.item.stage == Stage.DOWNLOADING

    @property
    def percent(self) -> int:
        return int(self.item.progress_percent)

    @property
    def size(self) -> str:
        """What has arrived, of how much."""
        done = display.size(self.item.downloaded_bytes)
        total = total_in_words(self.item.total_bytes, is_estimated=self.item.is_total_estimated)
        return f"{done} / {total}" if total and self.item.status == Status.DOWNLOADING else done

    @property
    def speed(self) -> str:
        return display.speed(self.item.download_speed)

    @property
    def time_left(self) -> str:
        """Nothing where it is less than a second: that is no time, it is an estimate's end."""
        return display.duration(self.item.eta or None) if self.is_measured else ""

    @property
    def tried_at(self) -> datetime | None:
        """When it is tried again, as long as that is to come."""
        at = self.item.next_try_at
        if at is not None and self.asked_at is not None:
            at = max(at, self.asked_at)
        return at if at is not None and at > timezone.now() else None

    @property
    def file(self) -> str:
        """Where the file lies, below its library folder."""
        root, file = self.item.series.root, self.item.file_destination
        return file.removeprefix(f"{root.path.rstrip('/')}/") if root else file

    @property
    def verdict(self) -> Verdict:
        """Why it has failed, and what its owner may do."""
        return verdict_of(self.item)

    @property
    def is_held(self) -> bool:
        return self.item.status == Status.PAUSED

    @property
    def priority(self) -> str:
        return Priority(self.item.priority).name

    @property
    def seen(self) -> SeenWords | None:
        """What the file holds, once that has been checked."""
        item = self.item
        source = {"hoster": item.hoster, "language": item.language}
        told = source_in_words(source) if item.hoster else ""
        if told and item.provider not in ("", item.series.site):
            told = f"{provider_in_words(item.provider)} · {told}"
        return SeenWords(item.seen, told) if item.seen else None

    @property
    def aside(self) -> Aside | None:
        """The suspicious file that waits for its owner's word."""
        item = self.item
        if item.quarantine != Quarantine.KEPT or not item.quarantined:
            return None
        return Aside(item.quarantined, item.quarantined_until)

    @property
    def is_taken(self) -> bool:
        """Its suspicious file is on its way into the library."""
        return self.item.quarantine == Quarantine.WANTED

    @property
    def tries(self) -> list[Try]:
        return [Try.of(facts, site=self.item.series.site) for facts in self.item.attempts]


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that plays, but may not be the episode."""

    facts: dict[str, Any]
    until: datetime | None

    @property
    def reason(self) -> str:
        return text(self.facts["code"], self.facts["params"])

    @property
    def what(self) -> str:
        """``VOE (German Dub) · 12:03 · 214 MB``"""
        length, size = display.duration(self.facts["seconds"]), display.size(self.facts["size"])
        return " · ".join(filter(None, (source_in_words(self.facts), length, size)))

    @property
    def holds(self) -> str:
        """``1080p H.264, German AAC``"""
        return SeenWords(self.facts["seen"]).summary if self.facts["seen"] else ""


@dataclass(frozen=True, slots=True)
class Try:
    """One line of the chain of attempts."""

    at: datetime | None
    what: str
    error: str

    @classmethod
    def of(cls, facts: dict[str, Any], *, site: str) -> Try:
        """Args: site: the series' own, which is not named beside its hosters."""
        provider = str(facts.get("provider") or "")
        is_named = facts.get("hoster") or provider
        source = source_in_words(facts) if is_named else ""
        if facts.get("hoster") and provider not in ("", site):
            source = f"{provider_in_words(provider)} · {source}"
        stage = stage_in_words(str(facts.get("stage") or ""))
        return cls(
            at=parse_datetime(str(facts.get("at") or "")),
            what=" · ".join(filter(None, (source, stage))),
            error=text(facts.get("code", ""), facts.get("params")),
        )


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the page: its first rows, and how many there are in all."""

    rows: list[Row]
    count: int

    @property
    def hidden(self) -> int:
        return max(self.count - len(self.rows), 0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a running queue waits for when nothing can be downloaded now.

    Attributes:
        until: when the first of the waiting is tried again; None where all are on hold.
        reason: why the last try for a whole site failed, empty where no site is to blame.
    """

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class HoldWords:
    """A pause that a server has asked for.

    Attributes:
        hoster: whose server of media it is, where that is known.
    """

    hold: Hold
    hoster: str = ""

    @property
    def who(self) -> str:
        """The hoster or the site by its name; a server of media by its address."""
        asked_by = self.hold.asked_by
        name = self.hoster if asked_by == "media" else asked_by
        return snapshots.display_name(name) or self.hold.host

    @property
    def host(self) -> str:
        """Its address, where that is not its name already."""
        return "" if self.hold.host == self.who else self.hold.host

    @property
    def left(self) -> str:
        return display.duration(self.hold.seconds)


@dataclass(frozen=True, slots=True)
class Shut:
    """A site that lets nobody in, and how many episodes wait for it."""

    refusal: Refusal
    waiting: int

    @property
    def reason(self) -> str:
        return self.refusal.reason["text"]


@dataclass(frozen=True, slots=True)
class QueuePage:
    state: QueueState
    figures: QueueStatistics
    active: Section
    pending: Section
    completed: Section
    failed: Section
    holds: list[HoldWords]
    shut: list[Shut]
    limit: int
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
    def more(self) -> int:
        """The limit of the next larger page."""
        return self.limit + STEP


def queue_page(limit: int = FIRST) -> QueuePage:
    """Read the queue; each section gives at most ``limit`` items."""
    items = DownloadQueueItem.objects.select_related("series__root")
    active = list(items.active())
    figures = snapshots.statistics()
    waiting = list(items.waiting().in_order()[:limit])
    state, closed = QueueState.current(), _shut()
    asked_at = _asked_at(waiting, closed)
    newest_first = ("-completed_at", "-id")
    return QueuePage(
        state=state,
        figures=figures,
        active=Section([Row(item) for item in active], figures["active_count"]),
        pending=Section(_waiting(waiting, asked_at), figures["pending_count"]),
        completed=Section(
            [
                Row(item)
                for item in items.finished(Status.COMPLETED).order_by(*newest_first)[:limit]
            ],
            figures["completed_count"],
        ),
        failed=Section(
            [Row(item) for item in items.finished(Status.FAILED).order_by(*newest_first)[:limit]],
            figures["failed_count"],
        ),
        holds=[_hold(one, active) for one in pace.holds()],
        shut=closed,
        limit=limit,
        quiet=snapshots.verdict(state),
        outlook=_outlook(
            waiting, asked_at, hidden=figures["pending_count"] - len(waiting), closed=closed
        ),
    )


def _hold(hold: Hold, active: list[DownloadQueueItem]) -> HoldWords:
    """An item that waits just as long waits for this one."""
    waiting = [(item.hoster, item.waiting_until) for item in active]
    same = [
        hoster
        for hoster, until in waiting
        if until and abs((until - hold.until).total_seconds()) < SAME_SECONDS
    ]
    return HoldWords(hold, same[0] if same else "")


def _shut() -> list[Shut]:
    closed = shut()
    if not closed:
        return []
    sites = [one.site for one in closed]
    waiting = DownloadQueueItem.objects.waiting().filter(status=Status.PENDING)
    bound = waiting.exclude(pk__in=waiting.reachable(sites, open_sites(sites)))
    counted = dict(bound.values_list("series__site").annotate(Count("pk")).order_by())
    return [Shut(one, counted.get(one.site, 0)) for one in closed]


def _asked_at(waiting: list[DownloadQueueItem], closed: Sequence[Shut]) -> dict[int, datetime]:
    """By item: when its site is asked again that lets nobody in. Those that come from elsewhere
    too are not among them: they do not wait for it."""
    entry = {one.refusal.site: one.refusal.until for one in closed}
    bound = {item.pk: item.series.site for item in waiting if item.series.site in entry}
    if not bound:
        return {}
    free = DownloadQueueItem.objects.filter(comes_from_elsewhere(open_sites(entry)), pk__in=bound)
    for pk in free.values_list("pk", flat=True):
        del bound[pk]
    return {pk: entry[site] for pk, site in bound.items()}


def _outlook(
    waiting: list[DownloadQueueItem],
    asked_at: Mapping[int, datetime],
    *,
    hidden: int,
    closed: Sequence[Shut],
) -> Outlook | None:
    """``waiting`` are the first of them, ``hidden`` is how many more there are."""
    now, entry = timezone.now(), {one.refusal.site: one.refusal.until for one in closed}
    pending = [item for item in waiting if item.status == Status.PENDING]
    tried_again = [item for item in pending if not item.series.catalogue_held]
    if pending and not tried_again and hidden <= 0:
        return Outlook(None, text_of(CatalogueHeld(name=pending[0].series.name).as_json()))
    moments = [at for item in tried_again if (at := _tried_at(item, asked_at)) and at > now]
    if not waiting or len(moments) < len(tried_again):
        return None
    if hidden > 0:
        later = DownloadQueueItem.objects.filter(status=Status.PENDING, removed_at=None)
        others = open_sites(entry)
        if later.ready(now).reachable(entry, others).exists():
            return None
        waits = later.filter(next_try_at__gt=now).reachable(entry, others)
        first = waits.order_by("next_try_at").first()
        moments += [first.next_try_at] if first and first.next_try_at else []
        moments += entry.values()
    failed = [
        item
        for item in tried_again
        if item.error and (item.outage_count or item.error_code in CHANGED)
    ]
    last = max(failed, key=lambda item: item.updated_at, default=None)
    return Outlook(min(moments, default=None), text_of(last.error) if last else "")


def _tried_at(item: DownloadQueueItem, asked_at: Mapping[int, datetime]) -> datetime | None:
    """When it may be tried: neither before its own time nor before its site is asked again."""
    known = (item.next_try_at, asked_at.get(item.pk))
    return max(filter(None, known), default=None)


def _waiting(items: list[DownloadQueueItem], asked_at: Mapping[int, datetime]) -> list[Row]:
    """An item moves within its priority only."""
    priorities = [item.priority for item in items]
    return [
        Row(
            item,
            place=place,
            can_rise=place > 0 and priorities[place - 1] == item.priority,
            can_sink=place + 1 < len(items) and priorities[place + 1] == item.priority,
            asked_at=asked_at.get(item.pk),
        )
        for place, item in enumerate(items)
    ]
