"""From one catalogue's numbers to another's: what suggests itself, and what a tie then says."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.services.numbering import Number, Range
from library.services.tied_numbers import number_there, renumbered
from library.ties.numbers import agreement, suggested, told_titles

Titles = dict[Number, frozenset[str]]


def listed(*seasons: tuple[int, int, int], titled: bool = True, begin: int = 1) -> Titles:
    """Season, first and last number of each; titles run on over all of them."""
    running = count(begin)
    return {
        (season, number): told_titles(
            f"The tale of {_word(next(running))}" if titled else "Folge 3"
        )
        for season, first, last in seasons
        for number in range(first, last + 1)
    }


def _word(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


@pytest.mark.parametrize("title", ["", "Folge 3", "Episode 12", "Film", "03", "OVA 2"])
def test_some_titles_say_nothing(title: str) -> None:
    assert told_titles(title) == frozenset()
    assert told_titles(title, "The Sea") == {"the sea"}


def test_the_same_numbers_need_no_ranges() -> None:
    ours = listed((1, 1, 12), (2, 1, 12))
    assert suggested(ours, ours) == ()
    assert suggested(listed((1, 1, 12), titled=False), listed((1, 1, 12), titled=False)) == ()


def test_seasons_of_one_that_counts_on_are_found_by_their_titles() -> None:
    ours, theirs = listed((1, 1, 12), (2, 1, 13)), listed((1, 1, 25))
    found = suggested(ours, theirs)
    assert found == (Range(1, 1, 12, 1, 1), Range(2, 1, 13, 1, 13))
    assert number_there(found, (2, 3)) == (1, 15)
    assert number_there(found, (0, 1)) is None
    assert agreement(ours, theirs, found) == (25, 25)


def test_without_titles_a_site_of_one_season_is_taken_to_count_on() -> None:
    ours = listed((1, 1, 12), (2, 1, 13), titled=False)
    theirs = listed((1, 1, 25), titled=False)
    assert suggested(ours, theirs) == (Range(1, 1, 12, 1, 1), Range(2, 1, 13, 1, 13))
    assert agreement(ours, theirs, ()) == (0, 0)


def test_titles_go_before_numbers() -> None:
    """The other site lists a recap first: all numbers are there, and each is another episode."""
    ours, theirs = listed((1, 1, 12), begin=2), listed((1, 1, 13))
    assert suggested(ours, theirs) == (Range(1, 1, 12, 1, 2),)
    agree, known = agreement(ours, theirs, ())
    assert (agree, known) == (0, 12)


def test_a_title_that_several_have_is_no_clue() -> None:
    ours = {(1, n): told_titles("Summer") for n in range(1, 5)}
    theirs = {(2, n): told_titles("Summer") for n in range(1, 5)} | listed((1, 1, 4))
    assert suggested(ours, theirs) == ()


def test_what_is_not_there_is_in_no_range() -> None:
    assert suggested(listed((3, 1, 5)), listed((1, 1, 2), (2, 1, 2), begin=50)) == ()
    found = suggested(listed((1, 1, 3), (2, 1, 3)), listed((1, 1, 3), (3, 1, 9), begin=1))
    assert number_there(found, (1, 2)) == (1, 2)
    assert number_there(found, (2, 1)) == (3, 1)


# On a busy machine its first draws take long, which says nothing of them.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cuts=st.lists(st.integers(2, 20), min_size=1, max_size=6), shift=st.integers(0, 3))
def test_however_a_site_cuts_it_each_title_is_found(cuts: list[int], shift: int) -> None:
    """Ours in seasons, theirs counted over all, with some more before."""
    ours = listed(*((season, 1, length) for season, length in enumerate(cuts, 1)), begin=1 + shift)
    theirs = listed((1, 1, sum(cuts) + shift))
    found = suggested(ours, theirs)
    for number, titles in ours.items():
        there = number_there(found, number)
        assert there is not None
        assert theirs[there] == titles


@given(
    length=st.integers(1, 30),
    inserted=st.integers(1, 30),
    lost=st.sets(st.integers(1, 30), max_size=4),
    shift=st.integers(0, 5),
)
def test_ties_follow_their_episodes_to_new_numbers(
    length: int, inserted: int, lost: set[int], shift: int
) -> None:
    """An episode comes in among the others, and some go: whatever is left leads where it led."""
    known = [(1, number) for number in range(1, length + 1)]
    moves = {(1, n): (1, n + 1) for _, n in known if n >= inserted and n not in lost}
    gone = {(1, n) for n in lost}
    before = [Range(1, 1, length, 2, 1 + shift)] if shift else []
    after = renumbered(before, known, moves, gone)
    for number in known:
        if number not in gone:
            now = moves.get(number, number)
            assert number_there(after, now) == number_there(before, number)
    if inserted <= length and inserted not in lost:
        assert number_there(after, (1, inserted)) is None  # nobody has said what the new one is
