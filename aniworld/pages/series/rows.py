"""The episodes of the series page: each with its state, its file and its place in the queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from aniworld.web import display
from aniworld.web.texts import text_of
from downloads.choices import UNFINISHED, Status
from downloads.models import DownloadQueueItem
from library.choices import EpisodeState
from library.models import Episode, MediaFile
from library.models.files import OUTSIDE

Words = str | Promise

WORDS: dict[str, Words] = {
    EpisodeState.PRESENT: gettext_lazy("On disk"),
    EpisodeState.MISSING: gettext_lazy("Missing"),
    EpisodeState.UNAVAILABLE: gettext_lazy("Unavailable"),
    EpisodeState.ANNOUNCED: gettext_lazy("Announced"),
    "QUEUED": gettext_lazy("Queued"),
    Status.PAUSED: gettext_lazy("On hold"),
    Status.DOWNLOADING: gettext_lazy("Downloading"),
    Status.FAILED: gettext_lazy("Failed"),
}
# A shape for each state: colour alone would tell nobody who does not see it.
ICONS: dict[str, str] = {
    EpisodeState.PRESENT: "fa-check",
    EpisodeState.MISSING: "fa-xmark",
    EpisodeState.UNAVAILABLE: "fa-plug-circle-xmark",
    EpisodeState.ANNOUNCED: "fa-calendar",
    "QUEUED": "fa-clock",
    Status.PAUSED: "fa-pause",
    Status.DOWNLOADING: "fa-arrow-down",
    Status.FAILED: "fa-triangle-exclamation",
}


UNDETERMINED = "und"  # what a track says that says no language (ISO 639-2)


class Spoken(NamedTuple):
    """A language of an episode. ``is_here``: its file has it; else it is offered."""

    name: str
    is_here: bool


class Aired(NamedTuple):
    """When a site says that an episode comes; without a time the day alone counts."""

    at: datetime
    has_time: bool

    @property
    def day(self) -> date:
        """The day on the server's clock, or that which the site says."""
        return (timezone.localtime(self.at) if self.has_time else self.at.astimezone(UTC)).date()


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """One episode. ``item`` is its place in the queue, unfinished or failed, if it has one."""

    episode: Episode
    item: DownloadQueueItem | None
    file: MediaFile | None = None  # the one that counts
    aired: Aired | None = None

    @property
    def code(self) -> str:
        return display.episode_code(self.episode.season, self.episode.episode_number)

    @property
    def value(self) -> str:
        return f"{self.episode.season}-{self.episode.episode_number}"

    @property
    def state(self) -> str:
        """The state that counts for the owner: what the queue does beats what the disk holds."""
        if self.item is None or self.episode.state == EpisodeState.PRESENT:
            return self.episode.state
        return "QUEUED" if self.item.status == Status.PENDING else self.item.status

    @property
    def words(self) -> Words:
        return WORDS[self.state]

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def percent(self) -> int:
        return int(self.item.progress_percent) if self.item else 0

    @property
    def error(self) -> str:
        return text_of(self.item.error) if self.item else ""

    @property
    def is_damaged(self) -> bool:
        """Whether no film can be read from its file."""
        is_there = self.file is not None and self.episode.state == EpisodeState.PRESENT
        return is_there and self.file is not None and self.file.media_problem not in ("", OUTSIDE)

    @property
    def can_queue(self) -> bool:
        """Whether it can be picked for the queue: a failed try of what is announced, or on a disk
        that is away, does not make it missing."""
        is_underway = self.item is not None and self.item.status in UNFINISHED
        is_missing = self.episode.state == EpisodeState.MISSING and self.episode.listed
        return is_missing and not is_underway

    @property
    def is_unwanted(self) -> bool:
        """Whether its owner has deleted its file: "Queue all missing" leaves it out."""
        return self.episode.unwanted and not self.episode.is_downloaded

    @property
    def is_wanted(self) -> bool:
        """Whether "Queue all missing" queues it."""
        return self.can_queue and not self.is_unwanted

    @property
    def is_settled(self) -> bool:
        """Whether nothing more comes of it: it is there, or its owner wants it not."""
        return self.state == EpisodeState.PRESENT or (self.is_unwanted and self.item is None)

    @property
    def size(self) -> str:
        return display.size(self.episode.file_size)

    @property
    def quality(self) -> str:
        """How high the picture of its file is, as people say it: "1080p"."""
        height = self.file.height if self.file else None
        return f"{height}p" if height else ""

    @property
    def languages(self) -> list[Spoken]:
        """What its file speaks, if anybody knows, then what else is offered."""
        here = _spoken_in(self.file)
        folded = {name.casefold() for name in here}
        others = (name for name in self.episode.languages if name.casefold() not in folded)
        return [*(Spoken(name, True) for name in here), *(Spoken(name, False) for name in others)]


def _spoken_in(file: MediaFile | None) -> list[str]:
    """By the name of the file, which knows dubs from subs; else by its tracks."""
    if file is None:
        return []
    if file.language:
        return [file.language]
    return [name for name in file.audio_languages if name != UNDETERMINED]


class Count(NamedTuple):
    """How many episodes are in one state. ``kind`` names the words, ``failed`` is a part of it."""

    kind: str
    number: int
    failed: int = 0


_ORDER = ("present", "missing", "downloading", "queued", "announced", "unavailable", "unwanted")


def counts_of(rows: Iterable[EpisodeRow]) -> list[Count]:
    """Every row in exactly one group, so that the numbers add up to the whole; none is empty.

    What has failed stays where it was before the try: what is missing is missing still.
    """
    numbers = dict.fromkeys(_ORDER, 0)
    failed = dict.fromkeys(_ORDER, 0)
    for row in rows:
        kind = _group(row)
        numbers[kind] += 1
        failed[kind] += row.state == Status.FAILED
    return [Count(kind, numbers[kind], failed[kind]) for kind in _ORDER if numbers[kind]]


def _group(row: EpisodeRow) -> str:
    state = row.state
    if state == Status.DOWNLOADING:
        return "downloading"
    if state in ("QUEUED", Status.PAUSED):
        return "queued"
    if row.is_unwanted:
        return "unwanted"
    return str(row.episode.state).lower()
