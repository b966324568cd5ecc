"""Whether what a scan finds gone looks like a disk of a pool, or like somebody tidying up.

Plain figures in, yes or no out: ``docs/adr/0009-what-counts-as-lost.md`` has the reasons, and
``tests/prove/test_populations.py`` tries the lines on both populations. Somebody who tidies up
takes what was watched, in the order in which it is watched, of a few shows. A disk takes episodes
from the middle, which leaves *holes*, and of nearly every show at once.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import NamedTuple

# Fewer shows tell nothing of a pool.
FEWEST_SHOWS = 3
# A part of all episodes that lies in holes: a disk holds more where a pool has up to 16 of them.
SHARE_IN_HOLES = 1 / 16
# So many shows with holes are of no hand, however large the library: a disk with few files.
SHOWS_WITH_HOLES = 8
# So many shows, or nearly every one, lost something, and much was lost: short shows have no middle,
# and a disk that was filled in the order of time leaves no holes.
SHOWS_AT_ONCE, NEARLY_EVERY = 8, 3 / 4
SHARE_AT_ONCE = 1 / 10
# Where the library has so few shows, one evening may touch nearly all of them.
FEW_SHOWS, SHARE_OF_FEW_SHOWS = 6, 1 / 4
# One show with so many holes: it is long, and its pool may hold little beside it.
HOLES_OF_ONE, SHARE_OF_ONE = 12, 1 / 8
# A library of one or two shows.
HOLES_OF_ALL, SHARE_OF_ALL = 3, 1 / 5
# A season that is gone as a whole; of fewer episodes it may have been watched.
WHOLE_SEASON = 3
# Since the owner's last word, over scans that each lost too little to be asked about.
SHARE_ERODED = 1 / 12
SHOWS_ERODED = 30


class Toll(NamedTuple):
    """What one show loses, in episodes: of ``known`` ones ``lost``; of these ``holes`` while an
    earlier one of their season stays. ``seasons`` are gone as a whole."""

    known: int
    lost: int
    holes: int
    seasons: int = 0

    @property
    def has_many_holes(self) -> bool:
        """Whether this show alone has lost what nobody would take from the middle of it."""
        return self.holes >= HOLES_OF_ONE and self.holes > self.known * SHARE_OF_ONE


def toll_of(known: Set[tuple[int, int]], lost: Set[tuple[int, int]]) -> Toll:
    """Count what is lost of a show whose episodes are ``known``, each as season and number.

    Specials have no order: none of them is a hole. A negative season is none.
    """
    first_left: dict[int, int] = {}
    in_season: dict[int, int] = {}
    for season, number in known:
        in_season[season] = in_season.get(season, 0) + 1
        if (season, number) not in lost:
            first_left[season] = min(number, first_left.get(season, number))
    later = [n for season, n in lost if season > 0 and n > first_left.get(season, n)]
    gone = {season for season, _ in lost if season >= 0} - first_left.keys()
    seasons = sum(1 for season in gone if in_season[season] >= WHOLE_SEASON)
    return Toll(len(known), len(lost), len(later), seasons)


def is_a_disk(tolls: Sequence[Toll], *, shows: int, episodes: int) -> bool:
    """Whether one scan's losses are those of a disk.

    Args:
        tolls: of the shows that lose something.
        shows, episodes: how many there were, over all library folders.
    """
    with_holes = sum(1 for toll in tolls if toll.holes)
    holes = sum(toll.holes for toll in tolls)
    if with_holes >= SHOWS_WITH_HOLES:
        return True
    if with_holes >= FEWEST_SHOWS and holes > episodes * SHARE_IN_HOLES:
        return True
    if shows < FEWEST_SHOWS:
        return with_holes == shows and holes >= HOLES_OF_ALL and holes > episodes * SHARE_OF_ALL
    return _is_much_at_once(tolls, shows=shows, episodes=episodes)


def _is_much_at_once(tolls: Sequence[Toll], *, shows: int, episodes: int) -> bool:
    share = SHARE_AT_ONCE if shows >= FEW_SHOWS else SHARE_OF_FEW_SHOWS
    many = max(FEWEST_SHOWS, min(SHOWS_AT_ONCE, shows * NEARLY_EVERY))
    return len(tolls) >= many and sum(toll.lost for toll in tolls) > episodes * share


def has_eroded(tolls: Sequence[Toll], *, episodes: int) -> bool:
    """Whether losses of many scans, each too small to be asked about, are those of a dying disk.

    Args:
        tolls: of all shows, with what was lost since the owner's last word; what stays lost in the
            order of watching is no hole, and so a library that is watched and deleted is none.
    """
    with_holes = sum(1 for toll in tolls if toll.holes)
    holes = sum(toll.holes for toll in tolls)
    if with_holes >= SHOWS_ERODED:
        return True
    return with_holes >= FEWEST_SHOWS and holes > episodes * SHARE_ERODED
