"""Numberings from a file for the whole library: shown first, and taken over at the owner's word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from library.errors import EntryNotImported, InvalidMapping, LibraryError
from library.models import AnimeSeries, Episode
from library.services.numbering import MappingRange, Number, ranges_from_json
from library.services.numbering_files import Wanted, entries_of
from library.services.series import set_mapping


@dataclass(frozen=True, slots=True)
class Import:
    """What a file says of one series of the library.

    Attributes:
        mapping: the ranges that it would have.
        problem: why nothing is taken over; None: it is, or there is nothing new (``is_new``).
    """

    place: int
    series: AnimeSeries | None
    mapping: list[MappingRange]
    problem: LibraryError | None = None

    @property
    def is_new(self) -> bool:
        return (
            self.problem is None and self.series is not None and self.series.mapping != self.mapping
        )


@dataclass(frozen=True, slots=True)
class Imports:
    """``elsewhere`` entries are about series that the library has not."""

    found: list[Import]
    elsewhere: int


def looked_through(content: bytes, *, replace: bool = False) -> Imports:
    """What a file would change. Changes nothing.

    Args:
        replace: also where a series has ranges of its own.

    Raises:
        MappingFileInvalid: nothing of it can be read.
    """
    library = _Library(AnimeSeries.objects.active())
    found: list[Import] = []
    elsewhere = 0
    done: set[int] = set()
    for entry in entries_of(content):
        if isinstance(entry, EntryNotImported):
            if entry.params.get("why") != "no_seasons":
                found.append(Import(0, None, [], entry))
            continue
        series = library.of(entry)
        if not series:
            elsewhere += 1
        elif len(series) > 1:
            names = [one.name for one in series[:5]]
            problem = EntryNotImported(why="several", place=entry.place, names=names)
            found.append(Import(entry.place, None, [], problem))
        else:
            found.append(_import(entry, series[0], done, replace=replace))
    return Imports(found, elsewhere)


def take_over(imports: Imports) -> Iterator[Import]:
    """Do what was shown, series by series: one that fails does not stop the rest."""
    for one in imports.found:
        if one.series is None or not one.is_new:
            continue
        try:
            take_over_one(one.series, one.mapping, before=one.series.mapping)
        except (InvalidMapping, EntryNotImported) as error:
            yield Import(one.place, one.series, one.mapping, error)
        else:
            yield one


def take_over_one(series: AnimeSeries, mapping: Any, *, before: Any) -> AnimeSeries:
    """Give a series the ranges that were shown for it.

    Args:
        before: the ranges it had then; where it has others by now, those stay.

    Raises:
        EntryNotImported: they were changed meanwhile.
        InvalidMapping: see ``library.services.numbering``.
    """
    ranges = [one.as_json() for one in ranges_from_json(mapping)]
    with transaction.atomic():
        row = AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        if row.mapping not in (before, ranges):
            raise EntryNotImported(why="own", name=row.name)
        return set_mapping(series, ranges)


def _import(entry: Wanted, series: AnimeSeries, done: set[int], *, replace: bool) -> Import:
    if series.pk in done:
        problem = EntryNotImported(why="twice", place=entry.place, name=series.name)
        return Import(entry.place, series, [], problem)
    done.add(series.pk)
    listed: set[Number] = set(
        Episode.objects.filter(series=series, listed=True).values_list("season", "episode_number")
    )
    try:
        ranges = ranges_from_json(entry.ranges(listed))
    except InvalidMapping as error:
        return Import(entry.place, series, [], error)
    mapping = [one.as_json() for one in ranges]
    fault = _fault(entry, series, mapping, listed, replace=replace)
    return Import(entry.place, series, mapping, fault)


def _fault(
    entry: Wanted,
    series: AnimeSeries,
    mapping: list[MappingRange],
    listed: set[Number],
    *,
    replace: bool,
) -> LibraryError | None:
    """What speaks against taking it over."""
    lost = [
        one
        for one in ranges_from_json(mapping)
        if one.provider_season is not None
        and (one.provider_season, one.provider_first) not in listed
    ]
    if lost:
        return EntryNotImported(why="not_listed", place=entry.place, range=lost[0].in_code())
    if series.mapping and series.mapping != mapping and not replace:
        return EntryNotImported(why="own", name=series.name)
    return None


class _Library:
    """The series, by what an entry may name them."""

    def __init__(self, rows: Iterable[AnimeSeries]) -> None:
        self._by_key: dict[tuple[str, str], AnimeSeries] = {}
        self._by_id: dict[tuple[str, str], list[AnimeSeries]] = {}
        for row in rows:
            self._by_key[row.site, row.site_key] = row
            for kind, value in _ids(row).items():
                self._by_id.setdefault((kind, value), []).append(row)

    def of(self, entry: Wanted) -> list[AnimeSeries]:
        """The series that may be meant; none whose ids contradict."""
        if entry.site:
            row = self._by_key.get((entry.site, entry.key))
            return [row] if row else []
        # AniDB alone has an id for just what an entry of its numbers is about.
        kinds = ("anidb",) if entry.rest is not None else tuple(entry.ids)
        named = {
            row.pk: row
            for kind in kinds
            for row in self._by_id.get((kind, entry.ids[kind]), ())
            if _agree(_ids(row), entry.ids)
        }
        return list(named.values())


def _ids(series: AnimeSeries) -> dict[str, str]:
    return {str(kind).lower(): str(value).lower() for kind, value in series.ids.items()}


def _agree(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(one[kind] == other[kind] for kind in one.keys() & other.keys())
