"""Where the line lies between a disk that is away and somebody who tidies up.

Both populations, made by chance from fixed seeds and judged by ``library.scanner.signs``. The
figures of ``docs/adr/0009-what-counts-as-lost.md`` are those that ``-s`` prints.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from library.scanner.signs import FEWEST_SHOWS, Toll, has_eroded, is_a_disk, toll_of
from library.services.numbering import Number

Show = list[Number]
SHARE = 0.5  # library.mass_removal_share as it comes
TRIES = 300


def _season_lengths(kind: str, chance: random.Random) -> list[int]:
    mixed = [
        [12],
        [12],
        [13],
        [24],
        [12, 12],
        [12, 12, 13],
        [1],
        [2],
        [6],
        [26],
        [50],
        [10],
        [11, 3],
    ]
    kinds = {
        "of 12": [[12]],
        "mixed": mixed,
        "short": [[1], [2], [3], [3], [4], [6]],
        "long": [[25, 25, 22], [100], [300], [64], [50, 50]],
    }
    return chance.choice(kinds[kind])


def library(kind: str, shows: int, chance: random.Random) -> list[Show]:
    lengths = (_season_lengths(kind, chance) for _ in range(shows))
    return [
        [(season, n) for season, count in enumerate(seasons, 1) for n in range(1, count + 1)]
        for seasons in lengths
    ]


def _at_random(shows: list[Show], disks: int, chance: random.Random) -> list[set[Number]]:
    return [{number for number in show if not chance.randrange(disks)} for show in shows]


def _in_turn(shows: list[Show], disks: int, chance: random.Random) -> list[set[Number]]:
    disk, place = chance.randrange(disks), 0
    lost: list[set[Number]] = []
    for show in shows:
        lost.append({number for at, number in enumerate(show, place) if at % disks == disk})
        place += len(show)
    return lost


def _by_episode(shows: list[Show], disks: int, chance: random.Random) -> list[set[Number]]:
    disk = chance.randrange(disks)
    return [{number for number in show if number[1] % disks == disk} for show in shows]


def _filled_in_order(shows: list[Show], disks: int, chance: random.Random) -> list[set[Number]]:
    """Each show was begun on the first disk and ended on the last one."""
    disk = chance.randrange(disks)
    return [
        {number for at, number in enumerate(show) if at * disks // len(show) == disk}
        for show in shows
    ]


PLACINGS: dict[str, Callable[[list[Show], int, random.Random], list[set[Number]]]] = {
    "at random": _at_random,
    "in turn": _in_turn,
    "by episode": _by_episode,
    "filled in order": _filled_in_order,
}


def tidied(
    shows: list[Show], touched: int, chance: random.Random, *, in_order: float
) -> list[set[Number]]:
    """What somebody deletes who touches so many shows: two or three episodes of each, as a rule
    those that come first."""
    lost: list[set[Number]] = [set() for _ in shows]
    for _ in range(touched):
        at = chance.randrange(len(shows))
        left = [number for number in shows[at] if number not in lost[at]]
        count = 1
        while chance.random() < 0.6 and count < len(left):
            count += 1
        first = chance.random() < in_order
        lost[at] |= set(left[:count] if first else chance.sample(left, min(count, len(left))))
    return lost


def tolls(shows: list[Show], lost: list[set[Number]]) -> list[Toll]:
    return [toll_of(set(show), gone) for show, gone in zip(shows, lost, strict=True) if gone]


def is_asked(shows: list[Show], lost: list[set[Number]]) -> bool:
    """Whether all that has gone waits for the owner, as ``library.scanner.verdict`` decides."""
    found = tolls(shows, lost)
    over = any(t.lost > t.known * SHARE or t.seasons or t.has_many_holes for t in found)
    if over and len(found) >= FEWEST_SHOWS:
        return True
    return is_a_disk(found, shows=len(shows), episodes=sum(map(len, shows)))


def rate(
    kind: str, shows: int, lose: Callable[[list[Show], random.Random], list[set[Number]]]
) -> float:
    """Of how many losses the owner is asked, where something was lost at all."""
    chance = random.Random(f"{kind} {shows}")
    asked = counted = 0
    for _ in range(TRIES if shows < 100 else TRIES // 3):
        made = library(kind, shows, chance)
        lost = lose(made, chance)
        if any(lost):
            counted += 1
            asked += is_asked(made, lost)
    return asked / max(counted, 1)


@pytest.mark.parametrize("placing", PLACINGS)
@pytest.mark.parametrize("disks", [2, 3, 4, 8])
@pytest.mark.parametrize("kind", ["of 12", "mixed", "short", "long"])
def test_disk_that_is_away_is_seen(kind: str, disks: int, placing: str) -> None:
    place = PLACINGS[placing]
    found = {
        shows: rate(kind, shows, lambda made, chance: place(made, disks, chance))
        for shows in (6, 8, 12, 40, 200)
    }
    print(f"away, {kind}, {disks} disks, {placing}:", figures(found))
    assert found[200] == 1
    if kind != "short":
        assert (found[40], found[8] >= 0.9) == (1, True)
    else:  # of one to six episodes, on eight disks: little is lost, and of little is seen nothing
        assert found[40] >= (0.95 if disks < 8 else 0.75)


@pytest.mark.parametrize("in_order", [0.95, 0.8])
@pytest.mark.parametrize("touched", [1, 3, 5, 8])
@pytest.mark.parametrize("kind", ["of 12", "mixed", "long"])
def test_somebody_who_tidies_up_is_not_asked(kind: str, touched: int, in_order: float) -> None:
    """About everything: who deletes most of one series is asked about that as always."""

    def lose(made: list[Show], chance: random.Random) -> list[set[Number]]:
        lost = tidied(made, touched, chance, in_order=in_order)
        most = [len(gone) > SHARE * len(show) for show, gone in zip(made, lost, strict=True)]
        return [set() if is_most else gone for is_most, gone in zip(most, lost, strict=True)]

    found = {shows: rate(kind, shows, lose) for shows in (6, 12, 40, 200)}
    print(f"tidied, {kind}, {touched} shows, {in_order:.0%} in order:", figures(found))
    assert found[12] <= (0.03 if touched <= 5 else 0.3)
    assert max(found[40], found[200]) <= 0.02


def figures(found: dict[int, float]) -> str:
    return ", ".join(f"{shows} shows {share:.1%}" for shows, share in found.items())


def _nights(
    shows: list[Show], chance: random.Random, in_order: float
) -> Iterator[list[set[Number]]]:
    """What was deleted so far, night after night: none to three shows are touched."""
    deleted: list[set[Number]] = [set() for _ in shows]
    while True:
        left = [
            [n for n in show if n not in gone] for show, gone in zip(shows, deleted, strict=True)
        ]
        touched = sum(chance.random() < 0.5 for _ in range(3))
        full = [at for at, show in enumerate(left) if show]
        lost = tidied([left[at] for at in full], touched if full else 0, chance, in_order=in_order)
        for at, gone in zip(full, lost, strict=True):
            deleted[at] |= gone
        yield deleted


@pytest.mark.parametrize("in_order", [0.95, 0.85])
def test_quarter_of_a_year_of_tidying_up_erodes_nothing(in_order: float) -> None:
    found = {}
    for shows in (12, 40, 200):
        chance = random.Random(shows)
        asked = 0
        for _ in range(40):
            made = library("mixed", shows, chance)
            nights = zip(range(90), _nights(made, chance, in_order), strict=False)
            episodes = sum(map(len, made))
            asked += any(has_eroded(tolls(made, gone), episodes=episodes) for _, gone in nights)
        found[shows] = asked / 40
    print(f"90 nights of tidying, {in_order:.0%} in order:", figures(found))
    assert max(found[40], found[200]) <= 0.1
    assert found[12] <= 0.5


@pytest.mark.parametrize("kind", ["of 12", "mixed", "long"])
def test_disk_that_dies_by_slices_is_noticed(kind: str) -> None:
    """Three of a hundred episodes a scan: how much is lost before the owner is asked."""
    for shows in (8, 12, 40, 200):
        chance = random.Random(shows)
        worst = 0.0
        for _ in range(50):
            made = library(kind, shows, chance)
            everything = [(at, number) for at, show in enumerate(made) for number in show]
            chance.shuffle(everything)
            lost: list[set[Number]] = [set() for _ in made]
            believed = 0
            while not has_eroded(tolls(made, lost), episodes=len(everything)):
                slice_ = [everything.pop() for _ in range(max(1, len(everything) * 3 // 100))]
                now: list[set[Number]] = [set() for _ in made]
                for at, number in slice_:
                    now[at].add(number)
                    lost[at].add(number)
                if is_asked(made, now):
                    break
                believed += len(slice_)
            worst = max(worst, believed / sum(map(len, made)))
        print(f"dying, {kind}, {shows} shows: at most {worst:.1%} believed")
        assert worst <= 0.16
