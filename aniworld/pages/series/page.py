"""What the series page shows: the library's episodes, joined with the queue's items."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aniworld.pages.series.preferences import PreferenceList, preference_lists
from aniworld.pages.series.rows import WORDS, Aired, Count, EpisodeRow, Words, counts_of
from aniworld.pages.series.seasons import Part, Season, seasons_of
from aniworld.sites import configured
from aniworld.web import display
from aniworld.web.advice import advice_of
from downloads.choices import UNFINISHED, Status
from downloads.models import DownloadQueueItem
from library.api.shapes import UnplacedFile, unplaced_files
from library.choices import CatalogueState
from library.models import Airing, AnimeSeries
from library.models.series import StoredPair
from library.pages.changes import Line, changes_of
from library.pages.pictures import Picture, picture_of
from library.services.suggestions import suggestions_of
from providers.errors import NotFound

MOST_OPENED = 200  # parts of a page
LONGEST_VALUE = 24  # characters of the name of one


# What is read of a thousand rows; each column more of JSON is a thousand texts to parse.
_OF_EPISODE = (
    *("series_id", "season", "episode_number", "title", "original_title", "state", "listed"),
    *("unwanted", "is_downloaded", "file_id", "file_size", "languages"),
)
_OF_FILE = (
    *("series_id", "path", "season", "episodes", "absolute", "problem", "height", "language"),
    *("audio_languages", "media_problem"),
)


class Tab(StrEnum):
    """The parts of the page, each at an address of its own."""

    EPISODES = "episodes"
    PREFERENCES = "preferences"
    PROBLEMS = "problems"
    CHANGES = "changes"


class View(StrEnum):
    """How the episodes are shown."""

    LIST = "list"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the series is looked at. ``opened`` holds the values of parts that were opened;
    ``is_all``: no others are open, the browser has said."""

    tab: Tab = Tab.EPISODES
    view: View = View.LIST
    opened: frozenset[str] = frozenset()
    is_all: bool = False


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
    seasons: Sequence[Season]
    unplaced: Sequence[UnplacedFile]
    wanted: Wanted = field(default_factory=Wanted)
    has_site: bool = True  # whether the catalogue it comes from is asked
    suggestions: int = 0  # numberings that may be meant
    changes: Sequence[Line] = ()  # of its catalogue, the newest first; read for their tab alone
    preferences: Sequence[PreferenceList] = ()  # made for their tab alone

    @property
    def rows(self) -> list[EpisodeRow]:
        return [row for season in self.seasons for row in season.rows]

    @property
    def counts(self) -> list[Count]:
        return counts_of(self.rows)

    @property
    def rest(self) -> list[Count]:
        """What is not on disk, by what it is instead."""
        return [count for count in self.counts if count.kind != "present"]

    @property
    def legend(self) -> list[tuple[str, Words]]:
        """The states there are among its episodes, with their words."""
        there = {row.state for row in self.rows}
        return [(state, words) for state, words in WORDS.items() if state in there]

    @property
    def total(self) -> int:
        return sum(len(season.rows) for season in self.seasons)

    @property
    def on_disk(self) -> int:
        return sum(season.on_disk for season in self.seasons)

    @property
    def has_dates(self) -> bool:
        """Whether a site has said of any episode when it comes."""
        return any(row.aired for row in self.rows)

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
        return sum(row.is_unwanted for row in self.rows)

    @property
    def can_pick(self) -> bool:
        """Whether any episode can be picked for the queue."""
        return any(row.can_queue for row in self.rows)

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
        """Percent of the episodes that are on disk; 0 where nobody knows which there are."""
        total = self.total if self.is_read else 0
        return 100 * self.on_disk // total if total else 0

    @property
    def problems(self) -> list[str]:
        """A few words on each thing that is wrong; their tab says more."""
        series, is_here = self.series, not self.series.is_deleted
        unplaced = len(self.unplaced)
        words = ngettext(
            "%d file could not be assigned to an episode",
            "%d files could not be assigned to an episode",
            unplaced,
        )
        found = [
            (series.error and self.is_unknown_there, _("The site has no such series")),
            (series.error and not self.is_unknown_there, _("The site could not be read")),
            (series.catalogue_held and is_here, _("The catalogue waits for your word")),
            (series.removal_held, _("Most files of this series have gone")),
            (self.suggestions and is_here, _("Files and catalogue seem to count differently")),
            (unplaced, words % unplaced),
        ]
        return [text for is_so, text in found if is_so]

    @property
    def quiet_problems(self) -> list[str]:
        """Those that are not told at the head of every part."""
        return self.problems[1:] if self.series.error else self.problems

    @property
    def tabs(self) -> list[tuple[Tab, str, int]]:
        """Each with its words and how many things are in it; 0: not counted."""
        return [
            (Tab.EPISODES, _("Episodes"), 0),
            (Tab.PREFERENCES, _("Preferences"), 0),
            (Tab.PROBLEMS, _("Problems"), len(self.problems)),
            (Tab.CHANGES, _("Changes"), 0),
        ]

    def part(self, value: str) -> Part | None:
        """The rows that are opened together under this name."""
        parts = (part for season in self.seasons for part in season.parts)
        return next((part for part in parts if part.value == value), None)


@dataclass(frozen=True, slots=True)
class PartPage:
    """The rows that come into a page late, named as the whole page names them."""

    whole: SeriesPage
    part: Part

    @property
    def series(self) -> AnimeSeries:
        return self.whole.series

    @property
    def is_read(self) -> bool:
        return self.whole.is_read


def series_context(series: AnimeSeries, wanted: Wanted) -> SeriesPage:
    """Read one series with its episodes and their queue items, and what its tab shows besides."""
    items = _items(series)
    episodes = list(series.episodes.order_by("season", "episode_number").only(*_OF_EPISODE))
    files = list(series.files.order_by("path").only(*_OF_FILE))
    by_id = {file.pk: file for file in files}
    aired = _aired(series)
    rows = []
    for episode in episodes:
        number = (episode.season, episode.episode_number)
        file = by_id.get(episode.file_id) if episode.file_id else None
        rows.append(EpisodeRow(episode, items.get(number), file, aired.get(number)))
    return SeriesPage(
        series,
        seasons_of(rows, wanted.opened, is_all=wanted.is_all),
        unplaced_files(series, episodes, files),
        wanted,
        has_site=series.site in configured.site_names(),
        suggestions=len(suggestions_of(series, episodes=episodes, files=files)),
        changes=changes_of(series) if wanted.tab is Tab.CHANGES else (),
        preferences=preference_lists(series) if wanted.tab is Tab.PREFERENCES else (),
    )


def _items(series: AnimeSeries) -> dict[tuple[int, int], DownloadQueueItem]:
    """The last word of the queue on each episode: an unfinished item, else a failed one."""
    wanted = DownloadQueueItem.objects.filter(
        series=series, status__in=(*UNFINISHED, Status.FAILED), removed_at=None
    )
    by_age = wanted.order_by("id")
    failed_first = sorted(by_age, key=lambda item: item.status != Status.FAILED)
    return {(item.season, item.episode_number): item for item in failed_first}


def _aired(series: AnimeSeries) -> dict[tuple[int, int], Aired]:
    """When each episode comes in its first language, where its site says so."""
    columns = ("season", "episode_number", "at", "has_time")
    found: dict[tuple[int, int], Aired] = {}
    for season, number, at, has_time in (
        Airing.objects.filter(series=series).order_by("at", "id").values_list(*columns)
    ):
        found.setdefault((season, number), Aired(at, has_time))
    return found


def opened_in(values: Collection[str]) -> frozenset[str]:
    """Values of parts as a visitor sends them; what names no part opens none."""
    return frozenset(value for value in list(values)[:MOST_OPENED] if len(value) <= LONGEST_VALUE)
