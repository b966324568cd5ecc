"""What the series page shows: the library's episodes, joined with the queue's items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from aniworld.events.pages import live_page
from aniworld.sites import configured
from aniworld.web import display
from aniworld.web.advice import advice_of
from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from downloads.choices import UNFINISHED, Status
from downloads.models import DownloadQueueItem
from library import services
from library.api.shapes import UnplacedFile, unplaced_files
from library.choices import CatalogueState, EpisodeState
from library.errors import SeriesNotFound
from library.models import AnimeSeries, Episode
from library.models.series import StoredPair
from library.pages.changes import Line, changes_of
from library.pages.pictures import Picture, picture_of
from library.services.suggestions import suggestions_of
from providers.errors import NotFound

Words = str | Promise
OPEN_UP_TO = 60  # a short series shows all its seasons unfolded

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


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """One episode. ``item`` is its place in the queue, unfinished or failed, if it has one."""

    episode: Episode
    item: DownloadQueueItem | None
    is_damaged: bool = False  # no film can be read from its file

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
    def percent(self) -> int:
        return int(self.item.progress_percent) if self.item else 0

    @property
    def error(self) -> str:
        return text_of(self.item.error) if self.item else ""

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
    def size(self) -> str:
        return display.size(self.episode.file_size)


@dataclass(frozen=True, slots=True)
class Season:
    number: int
    rows: list[EpisodeRow]
    is_open: bool

    @property
    def name(self) -> str:
        if self.number == 0:
            return _("Specials and films")
        return _("Season %d") % self.number

    @property
    def on_disk(self) -> int:
        return sum(row.episode.state == EpisodeState.PRESENT for row in self.rows)

    @property
    def to_queue(self) -> int:
        return sum(row.is_wanted for row in self.rows)


@dataclass(frozen=True, slots=True)
class HeldPair:
    """An episode of a list that is held; ``code`` is empty where none is likely."""

    code_was: str
    title_was: str
    code: str
    title: str
    is_sure: bool

    @classmethod
    def of(cls, pair: StoredPair) -> HeldPair:
        now = pair["now"]
        code = display.episode_code(now[0], now[1]) if now else ""
        was = display.episode_code(pair["was"][0], pair["was"][1])
        return cls(was, pair["title_was"], code, pair["title_now"], pair["is_sure"])


@dataclass(frozen=True, slots=True)
class SeriesPage:
    series: AnimeSeries
    seasons: list[Season]
    unplaced: list[UnplacedFile]
    has_site: bool = True  # whether the catalogue it comes from is asked
    suggestions: int = 0  # numberings that may be meant
    changes: list[Line] = field(default_factory=list)  # of its catalogue, the newest first

    @property
    def picture(self) -> Picture:
        return picture_of(self.series)

    @property
    def years(self) -> str:
        return display.years(self.series.year, self.series.end_year)

    @property
    def to_queue(self) -> int:
        return sum(season.to_queue for season in self.seasons)

    @property
    def unwanted(self) -> int:
        """Episodes whose files their owner has deleted."""
        return sum(row.is_unwanted for season in self.seasons for row in season.rows)

    @property
    def can_pick(self) -> bool:
        """Whether any episode can be picked for the queue."""
        return any(row.can_queue for season in self.seasons for row in season.rows)

    @property
    def can_unmatch(self) -> bool:
        """Whether there are files that might be another series'."""
        there = self.series.downloaded_count + self.series.unavailable_count
        return bool(there or self.unplaced)

    @property
    def advice(self) -> str:
        """What can be done where its site could not be read."""
        return advice_of(self.series.error)

    @property
    def is_unknown_there(self) -> bool:
        """Whether the site was read and has no series of that key: asking again changes nothing.

        Of a series that was read before, only a part of its pages may have gone.
        """
        error = self.series.error
        return not self.is_read and error is not None and error["code"] == NotFound.code

    @property
    def held_pairs(self) -> list[HeldPair]:
        """What of a list that is held has, or may have, another number."""
        held = self.series.held
        return [HeldPair.of(pair) for pair in held["pairs"]] if held else []

    @property
    def is_read(self) -> bool:
        """Whether its catalogue has ever been read."""
        return self.series.catalogue_state == CatalogueState.READ

    @property
    def share(self) -> int:
        """Percent of the listed episodes that are on disk; 0 where nobody knows which there are."""
        total = self.series.total_episodes if self.is_read else 0
        return min(100 * self.series.downloaded_count // total, 100) if total else 0


def series_context(series: AnimeSeries) -> SeriesPage:
    """Read one series with its episodes and their queue items; files wait until one asks why."""
    items = _items(series)
    episodes = list(series.episodes.order_by("season", "episode_number"))
    files = list(series.files.order_by("path"))
    damaged = set(series.files.damaged().values_list("pk", flat=True))
    rows = [
        EpisodeRow(
            episode,
            items.get((episode.season, episode.episode_number)),
            is_damaged=episode.file_id in damaged,
        )
        for episode in episodes
    ]
    return SeriesPage(
        series,
        _seasons(rows),
        unplaced_files(series, episodes, files),
        has_site=series.site in configured.site_names(),
        suggestions=len(suggestions_of(series, episodes=episodes, files=files)),
        changes=changes_of(series),
    )


def _items(series: AnimeSeries) -> dict[tuple[int, int], DownloadQueueItem]:
    """The last word of the queue on each episode: an unfinished item, else a failed one."""
    wanted = DownloadQueueItem.objects.filter(
        series=series, status__in=(*UNFINISHED, Status.FAILED), removed_at=None
    )
    by_age = wanted.order_by("id")
    failed_first = sorted(by_age, key=lambda item: item.status != Status.FAILED)
    return {(item.season, item.episode_number): item for item in failed_first}


def _seasons(rows: Iterable[EpisodeRow]) -> list[Season]:
    """Numbered seasons first, specials last."""
    listed = list(rows)
    grouped = [
        (number, list(group))
        for number, group in groupby(listed, key=lambda row: row.episode.season)
    ]
    grouped.sort(key=lambda pair: (pair[0] == 0, pair[0]))
    short = len(listed) <= OPEN_UP_TO
    return [
        Season(number, group, is_open=short or any(row.is_wanted for row in group))
        for number, group in grouped
    ]


@needs(Right.VIEW)
@require_safe
@live_page
def series_page(request: PageRequest, key: str) -> HttpResponse:
    """One series: facts, seasons, episodes, and what of them is in the queue."""
    try:
        series = services.get_series(key, deleted=True)
    except SeriesNotFound as error:
        raise Http404(text_of(error)) from error
    return page(
        request,
        "library/series.html",
        series_context(series),
        fragments={"live": "library/_series.html"},
    )
