"""From the numbers of a series' own catalogue to those of another site."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

from library.naming.titles import plain_title
from library.services.numbering import Number, Range
from library.services.tied_numbers import number_there

# Titles that a site gives where it knows none say nothing of the episode.
_SAYS_NOTHING = frozenset({"", "folge", "episode", "ep", "film", "movie", "special", "ova", "tba"})
LEAST_AGREEING = 2  # titles; one may be chance

Titles = Mapping[Number, Collection[str]]


def told_titles(*titles: str) -> frozenset[str]:
    """What the titles of an episode share with other spellings of it; none that says nothing."""
    found = set()
    for title in titles:
        plain = plain_title(title)
        words = [word for word in plain.split() if not word.isdigit()]
        if not _SAYS_NOTHING.issuperset(words or [""]):
            found.add(plain)
    return frozenset(found)


def suggested(ours: Titles, theirs: Titles) -> tuple[Range, ...]:
    """A numbering that an owner may confirm, where the two catalogues differ; none where all of our
    numbers are there, and what the titles say does not speak against it.

    Each of our seasons goes, as one run, where most of its titles are; else to the same season;
    else to where the seasons before it have not come to, if the other site counts over all.
    """
    found, is_same = [], True
    ahead = 0
    one_season = _only_season(theirs)
    for season, numbers in _seasons(ours):
        start = _by_titles(ours, theirs, season, numbers)
        if start is None and (season, numbers[0]) in theirs:
            start = (season, numbers[0])
        if start is None and one_season is not None and season > 0:
            start = (one_season, 1 + ahead)
        ahead += len(numbers) if season > 0 else 0
        if start is None or start not in theirs:
            continue
        is_same = is_same and start == (season, numbers[0])
        found.append(Range(season, numbers[0], numbers[-1], *start))
    if is_same and set(ours) <= set(theirs):
        return ()
    return _without_overlaps(found)


def agreement(ours: Titles, theirs: Titles, numbering: Sequence[Range]) -> tuple[int, int]:
    """How many episodes have a title in common with where they are said to be, and how many of both
    have titles that say anything."""
    agree = known = 0
    for number, titles in ours.items():
        there = number_there(numbering, number)
        others = theirs.get(there, ()) if there is not None else ()
        if titles and others:
            known += 1
            agree += not set(titles).isdisjoint(others)
    return agree, known


def _seasons(numbers: Iterable[Number]) -> list[tuple[int, list[int]]]:
    ordered = groupby(sorted(numbers), key=lambda number: number[0])
    return [(season, [number for _, number in pairs]) for season, pairs in ordered]


def _only_season(numbers: Iterable[Number]) -> int | None:
    """The other site's one regular season, where it has no more."""
    seasons = {season for season, _ in numbers if season > 0}
    return seasons.pop() if len(seasons) == 1 else None


def _by_titles(ours: Titles, theirs: Titles, season: int, numbers: Sequence[int]) -> Number | None:
    """Where a season begins there, as most of its titles have it."""
    places: dict[str, set[Number]] = {}
    for place, titles in theirs.items():
        for title in titles:
            places.setdefault(title, set()).add(place)
    votes: dict[Number, int] = {}
    for number in numbers:
        at = {one for title in ours[season, number] for one in places.get(title, ())}
        if len(at) != 1:  # a title of several episodes says nothing
            continue
        there_season, there = at.pop()
        start = (there_season, there - number + numbers[0])
        votes[start] = votes.get(start, 0) + 1
    best = max(votes, key=lambda start: votes[start], default=None)
    return best if best is not None and votes[best] >= LEAST_AGREEING and best[1] >= 0 else None


def _without_overlaps(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Of ranges that lead to the same episodes the first counts."""
    kept: list[Range] = []
    for entry in ranges:
        taken = any(
            entry.provider_season == other.provider_season
            and entry.provider_first <= other.provider_last
            and other.provider_first <= entry.provider_last
            for other in kept
        )
        if not taken:
            kept.append(entry)
    return tuple(kept)
