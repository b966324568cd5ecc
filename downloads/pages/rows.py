"""One item of the queue, ready to be written down by a template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aniworld.web import display
from aniworld.web.texts import text
from downloads import snapshots
from downloads.choices import Priority, Quarantine, Stage, Status
from downloads.models import DownloadQueueItem
from downloads.pages.advice import Verdict, verdict_of
from downloads.pages.graph import Graph
from downloads.pages.seen import SeenWords
from downloads.texts import (
    provider_in_words,
    source_in_words,
    stage_in_words,
    total_in_words,
)
from library.pages.pictures import Picture, picture_of

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
    def number(self) -> int:
        """Its place as people count, from 1."""
        return self.place + 1

    @property
    def is_first(self) -> bool:
        """Of its priority, which it does not leave."""
        return not self.can_rise

    @property
    def is_last(self) -> bool:
        return not self.can_sink

    @property
    def total(self) -> str:
        """How large it is, where that is known."""
        item = self.item
        return total_in_words(item.total_bytes, is_estimated=item.is_total_estimated)

    @property
    def language(self) -> str:
        """That of the source, or the only one that is wanted; empty where any will do."""
        return self.item.language or self.item.wanted_language

    @property
    def graph(self) -> Graph | None:
        return Graph.of(self.item.speeds)

    @property
    def now_trying(self) -> str:
        """The source in use: ``VOE (German Dub)``."""
        item = self.item
        if not item.hoster:
            return ""
        return source_in_words({"hoster": item.hoster, "language": item.language})

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
    def ended_at(self) -> datetime | None:
        """When it arrived, failed for good or was removed."""
        item = self.item
        return item.removed_at if item.status == Status.CANCELLED else item.completed_at

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
