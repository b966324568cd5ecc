"""The waiting as the page shows them: in the order in which they are taken, each run of episodes of
one season as one row that opens.

A group is a run of neighbours, never more: what stands between two episodes of a season stands
between them on the page too, so that the order that is shown is the order that is run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, cast

from django.utils.translation import gettext, ngettext

from downloads.choices import WAITING, Status
from downloads.models import DownloadQueueItem
from downloads.pages.rows import Row
from library.models import AnimeSeries
from library.pages.pictures import Picture, picture_of

PART = 20  # rows that an open run shows at once
MOST_OPEN = 8  # runs
CHUNK = 500  # rows that are read at once
SHORT = 12  # so many are all shown: folding them would save nothing
_TOKEN = re.compile(r"(\d{1,18}-\d{1,9}-\d{1,9})(?:\.(\d{1,6}))?", re.ASCII)


Columns = tuple[int, int, int, int, int, str]


class Queued(NamedTuple):
    """As much of an item as its place takes."""

    id: int
    series_id: int
    season: int
    episode: int
    priority: int
    status: str


class Span(NamedTuple):
    """Where a run is in the line: from ``start``, before ``end``."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """What waits, in the order in which it is taken: thousands are no objects.

    Attributes:
        rows: the columns of ``Queued`` of each.
        spans: its runs.
        is_whole: whether that is all that waits.
    """

    rows: list[Columns]
    spans: list[Span]
    is_whole: bool = True

    def __getitem__(self, places: slice) -> list[Queued]:
        return [Queued(*row) for row in self.rows[places]]

    def priority(self, place: int) -> int | None:
        """None where there is no such place."""
        return self.rows[place][4] if 0 <= place < len(self.rows) else None


def in_line(most: int | None = None) -> Line:
    """Read the line from its start.

    Args:
        most: so many runs are read, and the row after them; None: all.
    """
    columns = ("pk", "series_id", "season", "episode_number", "priority", "status")
    waiting = DownloadQueueItem.objects.filter(status__in=WAITING).in_order()
    rows: list[Columns] = []
    spans: list[Span] = []
    met: dict[tuple[int, int], int] = {}
    found = waiting.values_list(*columns).iterator(chunk_size=CHUNK)
    with closing(cast("Generator[Columns]", found)) as read:  # where it ends early: its cursor too
        for season, run in groupby(read, key=itemgetter(1, 2)):
            if len(spans) == most:
                return Line([*rows, next(run)], spans, is_whole=False)
            met[season] = met.get(season, 0) + 1
            start = len(rows)
            rows.extend(run)
            spans.append(Span(f"{season[0]}-{season[1]}-{met[season]}", start, len(rows)))
    return Line(rows, spans)


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbours in the queue that are of one season of one series.

    Attributes:
        key: names it as long as it stands, whichever of its episodes is taken first:
            ``<series>-<season>-<how many of these came before>``.
        start: the place of the first, from 0.
        part: which part of its rows is shown, from 1; 0 where it is closed.
        rows: those that are shown.
    """

    key: str
    start: int
    items: Sequence[Queued]
    part: int = 0
    series: AnimeSeries | None = None
    rows: list[Row] = field(default_factory=list)

    @property
    def is_single(self) -> bool:
        return len(self.items) == 1

    @property
    def is_open(self) -> bool:
        return self.part > 0

    @property
    def shown(self) -> Sequence[Queued]:
        """What its rows are about: a part of it, or its only one; nothing of a closed run."""
        if self.is_single:
            return self.items
        return self.items[(self.part - 1) * PART : self.part * PART] if self.is_open else ()

    @property
    def parts(self) -> int:
        return -(-len(self.items) // PART)

    @property
    def token(self) -> str:
        """What an address says of an open one."""
        return f"{self.key}.{self.part}" if self.part > 1 else self.key

    @property
    def before(self) -> str:
        """The token of the part before; empty where this is the first."""
        return replace(self, part=self.part - 1).token if self.part > 1 else ""

    @property
    def after(self) -> str:
        return replace(self, part=self.part + 1).token if self.part < self.parts else ""

    @property
    def name(self) -> str:
        return self.series.name if self.series else ""

    @property
    def picture(self) -> Picture | None:
        return picture_of(self.series) if self.series else None

    @property
    def season(self) -> str:
        number = self.items[0].season
        return gettext("Season %d") % number if number else gettext("Specials and films")

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def episodes(self) -> str:
        """``E05–E12``: the lowest and the highest, whatever their order is."""
        numbers = [one.episode for one in self.items]
        return f"E{min(numbers):02}–E{max(numbers):02}"

    @property
    def places(self) -> str:
        """``3–10``, as people count."""
        return f"{self.start + 1}–{self.start + self.count}"

    @property
    def held(self) -> str:
        """How many are on hold; empty where none is."""
        number = sum(one.status == Status.PAUSED for one in self.items)
        return ngettext("%d on hold", "%d on hold", number) % number if number else ""

    @property
    def is_held(self) -> bool:
        """Whether all of it is."""
        return all(one.status == Status.PAUSED for one in self.items)


def open_runs(tokens: Iterable[str]) -> dict[str, int]:
    """Which part of which runs an address wants open: the first few; what is no token is none."""
    found = (match for token in tokens if (match := _TOKEN.fullmatch(token)))
    wanted = {match[1]: max(int(match[2] or 1), 1) for match in found}
    return dict(list(wanted.items())[:MOST_OPEN])


def runs_of(
    line: Line, spans: Iterable[Span], wanted: Mapping[str, int], *, are_open: bool
) -> list[Run]:
    """Some runs of the line, those of ``wanted`` opened at its part, or at their last one.

    Args:
        are_open: whether the others are open too, at their first part.
    """
    default = 1 if are_open else 0
    runs = [Run(span.key, span.start, line[span.start : span.end]) for span in spans]
    return [replace(run, part=min(wanted.get(run.key, default), run.parts)) for run in runs]


def ids_in(keys: Collection[str]) -> list[int]:
    """The ids of all that waits in the runs of these names now."""
    if not keys:
        return []
    line, named = in_line(), set(keys)
    wanted = [span for span in line.spans if span.key in named]
    return [row[0] for span in wanted for row in line.rows[span.start : span.end]]
