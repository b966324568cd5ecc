"""Which episodes have other numbers in a new list, told by titles and by order."""

from __future__ import annotations

import pytest

from library.services.renumbered import Compared, Listed, compare, sign_of

HEARTS = [
    f"Heart {name}" for name in ("of Ash", "of Bone", "of Clay", "of Dust", "of Elm", "of Fog")
]


def listed(*titles: str, season: int = 1, first: int = 1, weighs: bool = True) -> list[Listed]:
    return [Listed((season, n), title, weighs=weighs) for n, title in enumerate(titles, first)]


def moves(found: Compared) -> dict[str, str]:
    return {f"{a[0]}x{a[1]}": f"{b[0]}x{b[1]}" for a, b in found.pairs.items() if a != b}


@pytest.mark.parametrize(
    "title",
    [
        *("", "?", "-", "Folge 3", "Episode 12", "Ep. 3", "Teil IV", "TBA", "#7", "12", "S01E03"),
        *(
            "Film 1",
            "OVA 2",
            "Special",
            "Die Folge 4",
            "Episode III",
            "episode",
            "Staffel 2 Folge 3",
        ),
    ],
)
def test_titles_that_only_count_say_nothing(title: str) -> None:
    assert sign_of(title) == ""


@pytest.mark.parametrize("title", ["Der Anfang", "Film ab!", "Ende", "Eine neue Folge", "Midnight"])
def test_titles_that_name_something_do(title: str) -> None:
    assert sign_of(title)


def test_an_inserted_episode_moves_those_behind_it() -> None:
    old = listed(*HEARTS)
    new = listed(*HEARTS[:3], "Something New", *HEARTS[3:])
    found = compare(old, new)
    assert found.is_certain
    assert moves(found) == {"1x4": "1x5", "1x5": "1x6", "1x6": "1x7"}


def test_a_withdrawn_episode_moves_those_behind_it_and_is_itself_no_more() -> None:
    found = compare(listed(*HEARTS), listed(*HEARTS[:2], *HEARTS[3:]))
    assert found.is_certain
    assert moves(found) == {"1x4": "1x3", "1x5": "1x4", "1x6": "1x5"}
    assert (1, 3) not in found.pairs


def test_a_season_is_split() -> None:
    found = compare(listed(*HEARTS), [*listed(*HEARTS[:3]), *listed(*HEARTS[3:], season=2)])
    assert found.is_certain
    assert moves(found) == {"1x4": "2x1", "1x5": "2x2", "1x6": "2x3"}


def test_a_season_gets_another_number() -> None:
    found = compare(listed(*HEARTS), listed(*HEARTS, season=3))
    assert found.is_certain
    assert len(moves(found)) == 6


def test_a_film_goes_to_another_place() -> None:
    old = [*listed("The Long Film", season=0), *listed(*HEARTS)]
    found = compare(old, listed(*HEARTS, "The Long Film"))
    assert found.is_certain
    assert moves(found) == {"0x1": "1x7"}


def test_original_titles_tell_it_too() -> None:
    old = [Listed((1, n), f"Folge {n}", title, weighs=True) for n, title in enumerate(HEARTS, 1)]
    new = [Listed((1, n), f"Folge {n}", title) for n, title in enumerate(["New One", *HEARTS], 1)]
    assert len(moves(compare(old, new))) == 6


def test_what_has_no_telling_title_follows_its_neighbours() -> None:
    old = listed("Heart of Ash", "Folge 2", "Folge 3", "Heart of Dust")
    new = listed("Something New", "Heart of Ash", "Folge 3", "Folge 4", "Heart of Dust")
    found = compare(old, new)
    assert found.is_certain
    assert moves(found) == {"1x1": "1x2", "1x2": "1x3", "1x3": "1x4", "1x4": "1x5"}


def test_lists_of_titles_that_say_nothing_change_no_numbers() -> None:
    old = listed(*(f"Folge {n}" for n in range(1, 13)))
    new = listed(*(f"Folge {n}" for n in range(1, 14)))
    found = compare(old, new)
    assert found.is_certain
    assert moves(found) == {}


def test_titles_that_are_mended_change_no_numbers() -> None:
    new = ["Heart of Ashes", *HEARTS[1:]]
    found = compare(listed(*HEARTS), listed(*new))
    assert found.is_certain
    assert moves(found) == {}
    assert found.pairs[1, 1] == (1, 1)


def test_a_title_that_stands_twice_tells_nothing() -> None:
    old = [*listed("Recap", *HEARTS[:2]), *listed("Start", "Middle", season=2)]
    new = [*listed("Recap", *HEARTS[:2]), *listed("Start", "Middle", "Recap", season=2)]
    assert moves(compare(old, new)) == {}


def test_a_split_season_without_telling_titles_is_a_doubt() -> None:
    old = listed(*(f"Folge {n}" for n in range(1, 7)))
    halves = [listed(*(f"Folge {n}" for n in range(1, 4)), season=season) for season in (1, 2)]
    found = compare(old, [*halves[0], *halves[1]])
    assert not found.is_certain
    assert {n: found.likely[n] for n in found.doubts} == {
        (1, 4): (2, 1),
        (1, 5): (2, 2),
        (1, 6): (2, 3),
    }
    assert compare(listed(*(f"Folge {n}" for n in range(1, 7)), weighs=False), halves[0]).is_certain


def test_episodes_that_change_places_are_a_doubt() -> None:
    """The site may have mended titles that it had confused: then no episode has moved."""
    new = [*HEARTS[:2], HEARTS[3], HEARTS[2], *HEARTS[4:]]
    found = compare(listed(*HEARTS), listed(*new))
    assert set(found.doubts) == {(1, 3), (1, 4)}
    assert moves(found) == {}
    assert compare(listed(*HEARTS, weighs=False), listed(*new)).is_certain


def test_more_between_two_known_ones_than_before_is_a_doubt() -> None:
    old = listed("Heart of Ash", "Folge 2", "Heart of Clay")
    new = listed("Heart of Ash", "Folge 2", "Folge 3", "Heart of Clay")
    found = compare(old, new)
    assert set(found.doubts) == {(1, 2)}
    assert moves(found) == {"1x3": "1x4"}


def test_two_titles_that_lead_to_two_episodes_are_a_doubt() -> None:
    old = [Listed((1, 1), "Heart of Ash", "Kokoro", weighs=True), *listed("Rest", first=2)]
    new = [Listed((1, 1), "Fresh", "Kokoro"), *listed("Rest", "Heart of Ash", first=2)]
    assert (1, 1) in compare(old, new).doubts


def test_a_number_that_was_withdrawn_is_not_taken_for_the_next_one_there() -> None:
    gone = Listed((1, 6), HEARTS[5], weighs=True, is_listed=False)
    found = compare([*listed(*HEARTS[:5]), gone], listed(*HEARTS[:5], "Something New"))
    assert found.is_certain
    assert (1, 6) not in found.pairs
    back = compare([*listed(*HEARTS[:5]), gone], listed(*HEARTS))
    assert back.pairs[1, 6] == (1, 6)


def test_two_thousand_episodes_are_compared_by_looking_up() -> None:
    """Each list is gone through as often as there are steps, not once for each episode."""
    titles = [f"Tale {n:04} of many" for n in range(2000)]
    counted = [Listed((1, n), title, weighs=True) for n, title in enumerate(titles, 1)]
    found = compare(counted, listed("Prologue", *titles))
    assert len(moves(found)) == 2000


def test_a_title_that_is_lost_while_a_silent_one_goes_is_a_doubt() -> None:
    """Either the second has gone and the first lost its title, or the first has gone and the
    second is left, under its number."""
    old = [*listed(HEARTS[0], "Folge 7"), *listed(HEARTS[1], season=2)]
    found = compare(old, [*listed("Folge 7"), *listed(HEARTS[1], season=2)])
    assert dict(found.doubts) == {(1, 1): None, (1, 2): (1, 1)}
    assert dict(found.likely) == {(1, 2): (1, 1), (2, 1): (2, 1)}
