"""Finding a series in the kept lists, however its title is written; no site is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from django.utils import timezone

from library.models import CatalogueEntry, CatalogueList
from library.models.catalogue import CatalogueEntryQuerySet
from library.naming.folding import folded, folded_words

MOST_HITS = 50
OLD_AFTER = timedelta(hours=36)  # a list is read once a day
# So alike a title is, of 100, to be shown for one that was typed wrong.
LIKENESS = 80
SHORTEST_INSIDE = 3  # letters: fewer are in nearly every title, and looked for at its beginning
SHORTEST_CLOSE = 4  # letters: of fewer, everything is alike
FEW = 5  # hits: with more, nobody needs to be told what else there is
MOST_CLOSE = 10


class Rank(IntEnum):
    """How well a series fits what was looked for, the best first. Of other names than the title
    each is one worse."""

    TITLE = 0
    BEGINS = 2
    HOLDS = 4
    WORDS = 6
    FOUND = 8  # by the site, for reasons of its own
    CLOSE = 9
    NONE = 10


@dataclass(frozen=True, slots=True)
class ListedHit:
    entry: CatalogueEntry
    rank: int


def rank_of(names: Iterable[tuple[str, str]], joined: str, words: Collection[str]) -> int:
    """How well these names fit.

    Args:
        names: of one series, the title first; each folded without spaces, and its words.
        joined, words: what is looked for, folded the same way.
    """
    best = int(Rank.NONE)
    for place, (name, name_words) in enumerate(names):
        best = min(best, _fit(name, name_words, joined, words) + (place > 0))
        if best == Rank.TITLE:
            break
    return min(best, int(Rank.NONE))


def rank_titles(titles: Iterable[str], query: str) -> int:
    """The same of titles as a site writes them."""
    names = ((folded(title), folded_words(title)) for title in titles)
    return rank_of(names, folded(query), folded_words(query).split())


def search_lists(query: str, names: Collection[str]) -> list[ListedHit]:
    """What the lists of these sites hold, the best first: by title and other names, then what is
    spelled almost so."""
    joined, words = folded(query), folded_words(query).split()
    if not joined:
        return []
    there = CatalogueEntry.objects.there().of_sites(names).order_by()
    matching = there.matching(query) if len(joined) >= SHORTEST_INSIDE else there.beginning(joined)
    rows = matching.values_list("pk", "search_text")
    ranked = [(rank, len(text), pk) for pk, text in rows if (rank := _rank(text, joined, words))]
    best = [(rank - 1, pk) for rank, _, pk in sorted(ranked)[:MOST_HITS]]
    is_sure = bool(best) and best[0][0] < Rank.BEGINS
    if not is_sure and len(best) < FEW and len(joined) >= SHORTEST_CLOSE:
        known = {pk for _, pk in best}
        best += [(int(Rank.CLOSE), pk) for pk in _close(there, joined) if pk not in known]
    return _loaded(best)


def lists_of(names: Collection[str]) -> dict[str, CatalogueList]:
    """The lists that were ever read, by site."""
    rows = CatalogueList.objects.filter(site__in=names, read_at__isnull=False).defer("genres")
    return {row.site: row for row in rows}


def entries_of(places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], CatalogueEntry]:
    """What is kept of these series, each named by its site and its key there."""
    if not places:
        return {}
    sites, keys = {site for site, _ in places}, {key for _, key in places}
    rows = CatalogueEntry.objects.filter(site__in=sites, key__in=keys)
    return {(row.site, row.key): row for row in rows}


def is_old(listed: CatalogueList) -> bool:
    """Whether so much time has gone since it was read that it may lack something. One that was read
    in the future was so by a clock that was set back since."""
    now = timezone.now()
    return listed.read_at is None or not timedelta() <= now - listed.read_at < OLD_AFTER


def _rank(text: str, joined: str, words: Collection[str]) -> int:
    """One more than the rank, so that nothing is 0."""
    rank = rank_of(_names(text), joined, words)
    return 0 if rank >= Rank.NONE else rank + 1


def _names(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        name, _, words = line.partition("\t")
        yield name, words


def _fit(name: str, name_words: str, joined: str, words: Collection[str]) -> int:
    if name == joined:
        return Rank.TITLE
    if name.startswith(joined):
        return Rank.BEGINS
    if joined in name:
        return Rank.HOLDS
    if words and all(word in name_words for word in words):
        return Rank.WORDS
    return Rank.NONE


def _close(there: CatalogueEntryQuerySet, joined: str) -> list[int]:
    """The ids of those with a name, or the beginning of one, that is almost so."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - for few searches alone

    ids: list[int] = []
    names: list[str] = []
    for pk, text in there.values_list("pk", "search_text"):
        for name, _ in _names(text):
            ids.append(pk)
            names.append(name)
    beginnings = [name[: len(joined)] for name in names]
    found: dict[int, float] = {}
    for choices, malus in ((names, 0.0), (beginnings, 5.0)):
        for _, score, place in process.extract(
            joined, choices, scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=2 * MOST_CLOSE
        ):
            found[ids[place]] = max(found.get(ids[place], 0.0), score - malus)
    return sorted(found, key=lambda pk: -found[pk])[:MOST_CLOSE]


def _loaded(ranked: Sequence[tuple[int, int]]) -> list[ListedHit]:
    rows = CatalogueEntry.objects.in_bulk([pk for _, pk in ranked])
    return [ListedHit(rows[pk], rank) for rank, pk in ranked if pk in rows]
