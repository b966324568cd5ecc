from __future__ import annotations

from typing import Any

import pytest

from library.errors import InvalidMapping
from library.services.numbering import Number, Numbering, ranges_from_json


def listed(seasons: dict[int, int]) -> list[Number]:
    return [(s, n) for s, count in seasons.items() for n in range(1, count + 1)]


def part(
    season: int | None, first: int, last: int, to_season: int, to_first: int
) -> dict[str, int | None]:
    return {
        "library_season": season,
        "library_first": first,
        "library_last": last,
        "provider_season": to_season,
        "provider_first": to_first,
    }


TWO_SEASONS = listed({0: 3, 1: 25, 2: 12})


@pytest.mark.parametrize(
    ("season", "episodes", "absolute", "numbers"),
    [
        (1, [5], [], [(1, 5)]),
        (1, [5, 6], [], [(1, 5), (1, 6)]),
        (0, [2], [], [(0, 2)]),
        (None, [], [26], [(2, 1)]),
        (None, [], [25, 26], [(1, 25), (2, 1)]),
        (None, [37], [], [(2, 12)]),
        (2, [26], [], [(2, 1)]),  # a season folder that goes on counting
        (2, [13], [], [(2, 13)]),  # one more than listed, no other reading
        (3, [1], [], [(3, 1)]),
        (2, [], [30], [(2, 5)]),
        (None, [], [38], []),
        (None, [], [0], []),
        (1, [], [], []),
    ],
)
def test_numbers_are_placed_by_the_catalogue(
    season: int | None, episodes: list[int], absolute: list[int], numbers: list[Number]
) -> None:
    placed = Numbering.of(TWO_SEASONS).place(season, episodes, absolute)
    assert list(placed.numbers) == numbers
    assert bool(placed.problem) == (not numbers)


@pytest.mark.parametrize("known", [[], listed({1: 12}), listed({0: 2, 1: 12})])
def test_with_one_season_absolute_numbers_are_its_own(known: list[Number]) -> None:
    assert Numbering.of(known).place(None, (), (105,)).numbers == ((1, 105),)


def test_gaps_in_the_catalogue_count_by_position() -> None:
    known = [(1, 1), (1, 2), (1, 4), (2, 1)]
    assert Numbering.of(known).place(None, (), (3,)).numbers == ((1, 4),)


def test_own_ranges_come_first_both_ways() -> None:
    mapping = [part(2, 1, 12, 1, 26), part(None, 100, 110, 3, 1)]
    numbering = Numbering.of(listed({1: 37}), mapping)
    assert numbering.place(2, (3,), ()).numbers == ((1, 28),)
    assert numbering.place(None, (), (101,)).numbers == ((3, 2),)
    assert numbering.place(1, (3,), ()).numbers == ((1, 3),)
    assert numbering.library_number(1, 28) == (2, 3)
    assert numbering.library_number(1, 3) == (1, 3)
    assert numbering.library_number(3, 2) == (3, 2)  # absolute ranges name no season for a file


@pytest.mark.parametrize(
    ("place", "number"),
    [((1, 5), 5), ((2, 1), 26), ((2, 12), 37), ((0, 1), None), ((2, 13), None), ((3, 1), None)],
)
def test_an_absolute_number_leads_back_to_its_episode(place: Number, number: int | None) -> None:
    numbering = Numbering.of(TWO_SEASONS)
    assert numbering.absolute_number(*place) == number
    if number:
        assert numbering.place(None, (), (number,)).numbers == (place,)


def test_absolute_numbers_keep_to_gaps_and_to_own_ranges() -> None:
    assert Numbering.of([(1, 1), (1, 2), (1, 4), (2, 1)]).absolute_number(1, 4) == 3
    own = Numbering.of(TWO_SEASONS, [part(None, 101, 112, 2, 1)])
    assert (own.absolute_number(2, 2), own.absolute_number(1, 2)) == (102, 2)
    other = Numbering.of(TWO_SEASONS, [part(None, 1, 3, 0, 1)])
    assert other.absolute_number(1, 2) is None  # as a file's number 2 means a special
    assert Numbering.of(listed({0: 1, 1: 3})).absolute_number(1, 9) == 9


@pytest.mark.parametrize(
    "mapping",
    [
        {},
        [1],
        [{"library_season": 1}],
        [part(1, 5, 4, 1, 1)],
        [part(1, -1, 4, 1, 1)],
        [part(1, 1, 4, 1, 1), part(1, 4, 6, 2, 1)],
        [part(1, 1, 4, 1, 1), part(2, 1, 4, 1, 3)],
        [part(1, 1, 2, 1, 1) | {"library_first": True}],
        [part(1, n, n, 1, n) for n in range(501)],
    ],
)
def test_contradictions_are_refused(mapping: Any) -> None:
    with pytest.raises(InvalidMapping):
        ranges_from_json(mapping)


def test_a_range_without_a_season_of_the_catalogue_leads_nowhere() -> None:
    aside = {
        "library_season": 1,
        "library_first": 2,
        "library_last": 2,
        "provider_season": None,
        "provider_first": 0,
    }
    numbering = Numbering.of([(1, 1), (1, 2), (1, 3)], [aside])
    assert numbering.place(1, (2,), ()).numbers == ()
    assert numbering.place(1, (2,), ()).problem == {"code": "number_set_aside", "params": {}}
    assert numbering.place(1, (2, 3), ()).numbers == ((1, 3),)
    assert numbering.place(1, (3,), ()).numbers == ((1, 3),)
    over_all = Numbering.of([(1, 1)], [{**aside, "library_season": None}])
    assert over_all.place(None, (), (2,)).problem == {"code": "number_set_aside", "params": {}}
    assert str(numbering.ranges[0]) == "season 1, 2 to 2 → no episode"
