"""The seasons of the series page, and which of their rows come with the page.

A short series comes whole. Of a long one the page holds some rows of seasons that are not complete;
the others come when their season, or a part of a long season, is opened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from django.utils.translation import gettext as _

from aniworld.pages.series.rows import Count, EpisodeRow, counts_of
from aniworld.web import display
from library.choices import EpisodeState

SHORT = 60  # a series of so many episodes comes whole
PART = 40  # rows of a season that are opened at once
SENT = PART  # rows of a longer series that come unasked: at least one part of it has room


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a season that are opened together; most seasons are one.

    ``value`` names it in addresses: "3" is a whole season, "3-2" the second hundred of one.
    """

    value: str
    rows: Sequence[EpisodeRow]
    is_sent: bool  # whether its rows come with the page
    is_open: bool

    @property
    def first(self) -> int:
        return self.rows[0].episode.episode_number

    @property
    def last(self) -> int:
        return self.rows[-1].episode.episode_number

    @property
    def counts(self) -> list[Count]:
        return counts_of(self.rows)


@dataclass(frozen=True, slots=True)
class Season:
    number: int
    rows: Sequence[EpisodeRow]
    parts: Sequence[Part]
    is_open: bool
    usual: float | None = None  # bytes of an episode of the series, by the files that are there

    @property
    def name(self) -> str:
        if self.number == 0:
            return _("Specials and films")
        return _("Season %d") % self.number

    @property
    def is_whole(self) -> bool:
        """Whether all its rows are opened at once."""
        return len(self.parts) == 1

    @property
    def is_sent(self) -> bool:
        return all(part.is_sent for part in self.parts)

    @property
    def counts(self) -> list[Count]:
        return counts_of(self.rows)

    @property
    def on_disk(self) -> int:
        return sum(row.episode.state == EpisodeState.PRESENT for row in self.rows)

    @property
    def size(self) -> str:
        """Of its files together; empty where there is none."""
        return display.size(sum(_sizes(self.rows)) or None)

    @property
    def to_queue(self) -> int:
        return sum(row.is_wanted for row in self.rows)

    @property
    def estimate(self) -> str:
        """What the missing ones may come to; empty where no file tells."""
        return display.size(self.usual * self.to_queue) if self.usual and self.to_queue else ""


def _sizes(rows: Iterable[EpisodeRow]) -> Iterable[int]:
    present = (row for row in rows if row.episode.state == EpisodeState.PRESENT)
    return (row.episode.file_size for row in present if row.episode.file_size)


def seasons_of(
    rows: Sequence[EpisodeRow], asked: Collection[str], *, is_all: bool = False
) -> list[Season]:
    """Numbered seasons first, specials last.

    Args:
        asked: the values of the parts the visitor has opened.
        is_all: whether those alone are open; else there are others that are to begin with.
    """
    grouped = [
        (number, list(group)) for number, group in groupby(rows, key=lambda row: row.episode.season)
    ]
    grouped.sort(key=lambda pair: (pair[0] == 0, pair[0]))
    budget = _Budget(len(rows), asked, is_all=is_all, only=len(grouped) == 1)
    sizes = list(_sizes(rows))
    usual = median(sizes) if sizes else None
    return [_season(number, group, budget, usual) for number, group in grouped]


@dataclass(slots=True)
class _Budget:
    """How many rows may still come with the page unasked."""

    total: int
    asked: Collection[str]
    is_all: bool
    only: bool  # whether there is one season alone
    spent: int = 0

    @property
    def is_short(self) -> bool:
        return self.total <= SHORT

    def opens(self, value: str, rows: Sequence[EpisodeRow]) -> bool:
        """Whether rows are shown from the beginning: nothing more comes of finished ones."""
        if value in self.asked or self.is_all:
            return value in self.asked
        is_shown = self.only and self.is_short
        if not is_shown and all(row.is_settled for row in rows):
            return False
        if not self.is_short and self.spent + len(rows) > SENT:
            return False
        self.spent += len(rows)
        return True


def _season(
    number: int, rows: Sequence[EpisodeRow], budget: _Budget, usual: float | None
) -> Season:
    batches = [rows[start : start + PART] for start in range(0, len(rows), PART)]
    is_whole = len(batches) == 1
    parts = []
    for place, batch in enumerate(batches, start=1):
        value = str(number) if is_whole else f"{number}-{place}"
        is_open = budget.opens(value, batch)
        parts.append(Part(value, batch, is_open or budget.is_short, is_open))
    is_open = str(number) in budget.asked
    if not budget.is_all:
        is_open = is_open or budget.only or any(part.is_open for part in parts)
    return Season(number, rows, parts, is_open, usual)
