"""Finding series: in the library, and at the sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Exists, OuterRef

from aniworld.sites import configured
from library.errors import EpisodeNotFound, NoSiteChosen, SeriesNotFound
from library.models import AnimeSeries, CatalogueEntry, Episode, MediaFile, SeriesTie
from library.models.series import KEY_PATTERN
from library.naming.paths import to_shown
from library.services.catalogue_search import (
    ListedHit,
    Rank,
    entries_of,
    is_old,
    lists_of,
    rank_titles,
    search_lists,
)
from providers.asking import asked_now
from providers.base import SearchResult
from providers.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Found:
    """One series that was found, and whether the library has it already; ``folder`` is where its
    files lie, as it is shown: another one it cannot have.

    ``entry`` is what is kept of it; ``from_list`` says that no site was asked for it, and
    ``is_close`` that its title is only almost what was looked for.
    """

    site: str
    result: SearchResult
    in_library: bool
    library_key: str | None
    folder: str = ""
    entry: CatalogueEntry | None = None
    from_list: bool = False
    is_close: bool = False


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found, and which sites could not be asked, by name.

    ``listed_at`` is when the list of a site was read, of those whose kept list was searched;
    ``asked`` are the sites that were asked besides, or in its place.
    """

    results: list[Found]
    failures: dict[str, ProviderError]
    listed_at: dict[str, datetime] = field(default_factory=dict)
    asked: tuple[str, ...] = ()

    @property
    def from_list(self) -> bool:
        """Whether the kept lists alone have answered."""
        return not self.asked


def get_series(key_or_id: str | int, *, deleted: bool = False) -> AnimeSeries:
    """Return a series by key or, where no key fits, by numeric id.

    Args:
        deleted: also find a series the owner has removed.

    Raises:
        SeriesNotFound: there is none.
    """
    wanted = str(key_or_id)
    known = AnimeSeries.objects.all() if deleted else AnimeSeries.objects.active()
    known = known.select_related("root")
    found = known.filter(key=wanted).first() if KEY_PATTERN.fullmatch(wanted) else None
    if found is None and wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        found = known.filter(pk=int(wanted)).first()
    if found is None:
        raise SeriesNotFound(key=wanted)
    return found


def get_episode(series: AnimeSeries, season: int, episode: int) -> Episode:
    """Return one episode. Raises ``EpisodeNotFound``."""
    found = (
        series.episodes.select_related("file", "file__root")
        .filter(season=season, episode_number=episode)
        .first()
    )
    if found is None:
        raise EpisodeNotFound(name=series.name, season=season, episode=episode)
    return found


def missing_numbers(series_ids: Iterable[int]) -> dict[int, dict[int, list[int]]]:
    """Return ``{series id: {season: [numbers]}}`` of what is missing, in one query."""
    rows = (
        Episode.objects.missing()
        .filter(series_id__in=list(series_ids))
        .order_by("series_id", "season", "episode_number")
        .values_list("series_id", "season", "episode_number")
    )
    found: dict[int, dict[int, list[int]]] = {}
    for series_id, season, number in rows:
        found.setdefault(series_id, {}).setdefault(season, []).append(number)
    return found


def search_sites(query: str, *, site: str | None = None, ask: bool = False) -> SearchAnswer:
    """Look a series up in the kept lists of one site, or of all enabled ones, and ask the sites
    where that does not do. No transaction is open meanwhile.

    A site is asked besides where its list was never read or is old, where no list holds what is
    looked for, and where the caller wants to. Somebody waits for it: it is asked as it is now. One
    failing site does not hide what the others found.

    Args:
        ask: ask the sites, whatever their lists hold.

    Raises:
        NoSiteChosen: none is enabled.
        UnknownProvider: ``site`` is not enabled.
        ProviderError: there is no list to look into, and every site that was asked failed (the
            first failure).
    """
    names = [site] if site else configured.site_names()
    if not names:
        raise NoSiteChosen
    if site:
        configured.site(site)  # a list of one that is switched off does not count
    lists = lists_of(names)
    hits = search_lists(query, lists)
    is_found = any(hit.rank < Rank.CLOSE for hit in hits)
    due = [
        name for name in names if ask or not is_found or name not in lists or is_old(lists[name])
    ]
    found, failures = _asked(query, due)
    if failures and len(failures) == len(names) and not lists:
        raise next(iter(failures.values()))
    listed_at = {name: row.read_at for name, row in lists.items() if row.read_at}
    return SearchAnswer(
        _with_library(_together(query, hits, found)), failures, listed_at, tuple(due)
    )


def _asked(
    query: str, names: Iterable[str]
) -> tuple[list[tuple[str, SearchResult]], dict[str, ProviderError]]:
    found: list[tuple[str, SearchResult]] = []
    failures: dict[str, ProviderError] = {}
    for name in names:
        try:
            with asked_now():
                found += [(name, result) for result in configured.site(name).search(query)]
        except ProviderError as error:
            failures[name] = error
    return found, failures


def _together(
    query: str, hits: Sequence[ListedHit], found: Sequence[tuple[str, SearchResult]]
) -> list[Found]:
    """Both in one order, by how well they fit; each series once, as its site has just said, with
    what is kept of it besides."""
    listed = {(hit.entry.site, hit.entry.key): hit for hit in hits}
    keys = [(name, result.key) for name, result in found]
    kept = entries_of([key for key in keys if key not in listed])
    kept |= {place: hit.entry for place, hit in listed.items()}
    ranked: list[tuple[int, Found]] = []
    for name, result in found:
        titles = (result.name, *result.alternative_names)
        rank = min(rank_titles(titles, query), int(Rank.FOUND))
        entry = kept.get((name, result.key))
        ranked.append((rank, Found(name, _completed(result, entry), False, None, entry=entry)))
    asked = set(keys)
    for place, hit in listed.items():
        if place not in asked:
            close = hit.rank >= Rank.CLOSE
            one = Found(place[0], hit.entry.as_result(), False, None, "", hit.entry, True, close)
            ranked.append((hit.rank, one))
    if not hits:  # the site knows best how its answers are in order
        return [one for _, one in ranked]
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0])]


def _completed(result: SearchResult, entry: CatalogueEntry | None) -> SearchResult:
    """What the site has just said of it, and what is kept where it said nothing."""
    if entry is None:
        return result
    known = entry.as_result()
    return replace(
        result,
        year=result.year or known.year,
        cover_url=result.cover_url or known.cover_url,
        description=result.description or known.description,
        alternative_names=result.alternative_names or known.alternative_names,
        genres=result.genres or known.genres,
    )


def _with_library(found: Sequence[Found]) -> list[Found]:
    keys = {one.result.key for one in found}
    files = MediaFile.objects.filter(series=OuterRef("pk")).present()
    rows = (
        AnimeSeries.objects.active()
        .filter(site_key__in=keys)
        .annotate(has_files=Exists(files))
        .values_list("site", "site_key", "key", "folder", "has_files")
    )
    ties = SeriesTie.objects.filter(site_key__in=keys, series__deleted_at=None)
    known = {
        (site, site_key): (key, "")
        for site, site_key, key in ties.values_list("site", "site_key", "series__key")
    }
    known |= {
        (site, site_key): (key, to_shown(folder) if has_files else "")
        for site, site_key, key, folder, has_files in rows
    }
    answer = []
    for one in found:
        key, folder = known.get((one.site, one.result.key), (None, ""))
        answer.append(replace(one, in_library=key is not None, library_key=key, folder=folder))
    return answer
