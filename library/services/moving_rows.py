"""Giving the rows of a series' episodes other numbers, in whichever table they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from library.services.numbering import MAX_NUMBER, Number

# Rows that change places meet on the way: they go by numbers that no episode has.
_BESIDE = 10 * MAX_NUMBER
_AT_ONCE = 200


@dataclass(slots=True)
class _Run:
    """Numbers that follow each other, before and after."""

    first: Number
    to: Number
    length: int = 1

    def goes_on_with(self, old: Number, new: Number) -> bool:
        return (old, new) == (_behind(self.first, self.length), _behind(self.to, self.length))


def move_rows(
    rows: QuerySet[Any], moves: Mapping[Number, Number], freed: Collection[Number]
) -> None:
    """Renumber rows with the columns ``season`` and ``episode_number``. Call inside ``atomic()``.

    How many statements it takes is a matter of how many runs of numbers have moved, not of how
    many rows there are.

    Args:
        rows: all of one series.
        moves: old number by new number.
        freed: numbers whose rows go, as those do that stand where another one goes to.
    """
    taken = {*moves.values(), *freed}
    moving, going = set[Number](), []
    for pk, season, number in rows.order_by().values_list("pk", "season", "episode_number"):
        if (season, number) in moves:
            moving.add((season, number))
        elif (season, number) in taken:
            going.append(pk)
    for start in range(0, len(going), _AT_ONCE):
        rows.model._default_manager.filter(pk__in=going[start : start + _AT_ONCE]).delete()
    runs = list(_runs(moves, moving))
    for run in runs:
        _shift(rows, run.first, run.length, (run.first[0], run.first[1] + _BESIDE))
    for run in runs:
        _shift(rows, (run.first[0], run.first[1] + _BESIDE), run.length, run.to)


def _shift(rows: QuerySet[Any], first: Number, length: int, to: Number) -> None:
    numbers = (first[1], first[1] + length - 1)
    there = rows.filter(season=first[0], episode_number__range=numbers).order_by()
    there.update(season=to[0], episode_number=F("episode_number") + (to[1] - first[1]))


def _runs(moves: Mapping[Number, Number], moving: Collection[Number]) -> Iterator[_Run]:
    """What is moved together. Each number between the ends of a run moves; runs without a row are
    left out."""
    run: _Run | None = None
    has_rows = False
    for old in sorted(moves):
        if run is not None and run.goes_on_with(old, moves[old]):
            run.length += 1
            has_rows = has_rows or old in moving
            continue
        if run is not None and has_rows:
            yield run
        run, has_rows = _Run(old, moves[old]), old in moving
    if run is not None and has_rows:
        yield run


def _behind(number: Number, count: int) -> Number:
    return (number[0], number[1] + count)
