"""Which episodes the files of a series would be by ranges that were only typed so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from aniworld.web import display
from library.models import AnimeSeries, MediaFile
from library.naming.paths import to_shown
from library.services.numbering import MappingRange, Number, Numbering, ranges_from_json

SHOWN = 50  # files


@dataclass(frozen=True, slots=True)
class Line:
    """A file that would be another episode; ``now`` and ``then`` are empty where it is none."""

    name: str
    now: str
    then: str
    is_listed: bool  # whether the catalogue lists what it would be


@dataclass(frozen=True, slots=True)
class Preview:
    """``lines`` are the first of ``count`` files that would change."""

    lines: list[Line]
    count: int
    lost: int  # of them those that would be no listed episode, and are one now

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


def preview_of(
    series: AnimeSeries, listed: Iterable[Number], mapping: Sequence[MappingRange]
) -> Preview:
    """What changes where these ranges take the place of the series' own.

    Args:
        listed: the catalogue's numbers.
        mapping: valid ranges.
    """
    before = Numbering.of(listed, series.mapping)
    after = replace(before, ranges=ranges_from_json(list(mapping)))
    known = {(season, number) for season, numbers in before.listed.items() for number in numbers}
    lines: list[Line] = []
    count = lost = 0
    for name, now, then in _changed(series, before, after):
        count += 1
        lost += bool(now) and known.issuperset(now) and not (then and known.issuperset(then))
        if len(lines) < SHOWN:
            lines.append(Line(name, _codes(now), _codes(then), known.issuperset(then)))
    return Preview(lines, count, lost)


def _changed(
    series: AnimeSeries, before: Numbering, after: Numbering
) -> Iterator[tuple[str, Sequence[Number], Sequence[Number]]]:
    files = MediaFile.objects.filter(series=series, problem="").order_by("path")
    for file in files.only("path", "season", "episodes", "absolute"):
        numbers = file.season, file.episodes, file.absolute
        now, then = before.place(*numbers).numbers, after.place(*numbers).numbers
        if now != then:
            yield to_shown(file.path).rpartition("/")[2], now, then


def _codes(numbers: Sequence[Number]) -> str:
    return ", ".join(display.episode_code(*number) for number in numbers)
