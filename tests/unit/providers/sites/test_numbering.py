"""Which episode is meant by a name, where nothing else says so."""

from __future__ import annotations

import pytest

from providers.sites.numbering import Numbered, natural, number_in, numbered


@pytest.mark.parametrize(
    ("name", "season", "number", "title"),
    [
        ("S01E05 - The Crane", 1, 5, "The Crane"),
        ("Show.S1E5.The.Crane", 1, 5, "The.Crane"),
        ("show s002e0013", 2, 13, ""),
        ("Show 1x05 Pilot", 1, 5, "Pilot"),
        ("Season 2/05 - The Crane", 2, 5, "The Crane"),
        ("Staffel_3/Folge_7", 3, 7, ""),
        ("Episode 7: The Crane", 1, 7, "The Crane"),
        ("The Crane, Part 3", 1, 3, ""),
        ("Ep. 12", 1, 12, ""),
        ("#12 The Crane", 1, 12, "The Crane"),
        ("05 - The Crane", 1, 5, "The Crane"),
        ("(3) The Crane", 1, 3, "The Crane"),
        ("7", 1, 7, ""),
        ("The Crane - 05", 1, 5, ""),
        ("The Crane - 05 - Feathers", 1, 5, "Feathers"),
        ("1943 - 05 - Feathers", 1, 5, "Feathers"),
    ],
)
def test_a_name_with_a_number(name: str, season: int, number: int, title: str) -> None:
    found = number_in(name)
    assert found is not None
    assert (found.season, found.number, found.title) == (season, number, title)


@pytest.mark.parametrize(
    ("name", "is_bare"),
    [
        *(("S01E05", False), ("1x05", False), ("Part 5", False), ("#5", False)),
        *(("10 Things about ants", True), ("The Crane - 05", True)),
    ],
)
def test_a_number_that_nothing_names_is_bare(name: str, is_bare: bool) -> None:
    found = number_in(name)
    assert found is not None
    assert found.is_bare == is_bare


@pytest.mark.parametrize(
    "name",
    [
        *("The Crane", "1943 The Crane", "The Crane 1080p", "The Crane 1920x1080", "2001"),
        *("Deep Space 9000", "", "Recap", "Sept", "x" * 10_000),
    ],
)
def test_a_name_without_one(name: str) -> None:
    assert number_in(name) is None


def test_names_without_a_number_are_specials() -> None:
    found = numbered(["Ep 1", "Making of", "Ep 2", "S00E01 Pilot", "Trailer"])
    assert [(one.season, one.number) for one in found if one] == [
        *((1, 1), (0, 2), (1, 2), (0, 1), (0, 3))
    ]


def test_without_any_number_the_order_counts() -> None:
    found = numbered(["a/Feathers", "The_Crane"])
    assert found == [Numbered(1, 1, "Feathers"), Numbered(1, 2, "The Crane")]


def places(*names: str) -> list[tuple[int, int, str]]:
    return [(one.season, one.number, one.title) for one in numbered(names) if one]


def test_a_few_titles_that_begin_with_a_number_number_nothing() -> None:
    assert places("About bees", "10 Things about ants", "About owls") == [
        *((1, 1, "About bees"), (1, 2, "10 Things about ants"), (1, 3, "About owls"))
    ]
    assert places("12 Angry Men (1957)") == [(1, 1, "12 Angry Men (1957)")]
    assert places("Ep 1", "Ep 2", "10 Things", "12 More", "Ep 3")[2:4] == [
        *((0, 1, "10 Things"), (0, 2, "12 More"))
    ]
    # Where most have one, they count.
    assert places("01 - A", "02 - B", "Trailer") == [(1, 1, "A"), (1, 2, "B"), (0, 1, "Trailer")]


def test_one_that_repeats_a_number_is_left_out() -> None:
    assert numbered(["Ep 1", "Ep 1 again", "Ep 2", "Ep 3"])[1] is None


def test_numbers_that_repeat_again_and_again_say_nothing() -> None:
    found = numbered(["A, Part 1", "A, Part 2", "B, Part 1", "B, Part 2"])
    assert [one.number for one in found if one] == [1, 2, 3, 4]


def test_names_are_in_the_order_of_their_numbers() -> None:
    assert sorted(["Ep 10", "ep 2", "Ep 1"], key=natural) == ["Ep 1", "ep 2", "Ep 10"]
    assert sorted(["b", "1", "²", "٣"], key=natural)


def test_a_hostile_name_takes_no_time() -> None:
    for piece in ("S1", "season ", "1 - ", "#", "Ep ", "(", "1x", "_"):
        numbered([piece * 100_000])
