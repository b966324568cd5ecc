"""Finding series: in the library, and at the sites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from aniworld.sites import configured
from library.errors import EpisodeNotFound, NoSiteChosen, SeriesNotFound
from library.models import AnimeSeries, Episode, MediaFile
from library.models.series import KEY_PATTERN
from library.naming.paths import to_shown
from providers.asking import asked_now
from providers.base import SearchResult, Site
from providers.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Found:
    """One series a site found, and whether the library has it already; ``folder`` is where its
    files lie, as it is shown: another one it cannot have."""

    site: str
    result: SearchResult
    in_library: bool
    library_key: str | None
    folder: str = ""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found, and which sites could not be asked, by name."""

    results: list[Found]
    failures: dict[str, ProviderError]


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


def search_sites(query: str, *, site: str | None = None) -> SearchAnswer:
    """Ask one site, or all enabled ones in their order. No transaction is open meanwhile.

    Somebody waits for it: the sites are asked as they are now. One failing site does not hide what
    the others found.

    Raises:
        NoSiteChosen: none is enabled.
        UnknownProvider: ``site`` is not enabled.
        ProviderError: every site that was asked failed (the first failure).
    """
    names = [site] if site else configured.site_names()
    if not names:
        raise NoSiteChosen
    found: list[tuple[Site, SearchResult]] = []
    failures: dict[str, ProviderError] = {}
    for name in names:
        try:
            with asked_now():
                asked = configured.site(name)
                found += [(asked, result) for result in asked.search(query)]
        except ProviderError as error:
            failures[name] = error
    if failures and len(failures) == len(names):
        raise next(iter(failures.values()))
    return SearchAnswer(_with_library(found), failures)


def _with_library(found: list[tuple[Site, SearchResult]]) -> list[Found]:
    keys = {result.key for _, result in found}
    files = MediaFile.objects.filter(series=OuterRef("pk")).present()
    rows = (
        AnimeSeries.objects.active()
        .filter(site_key__in=keys)
        .annotate(has_files=Exists(files))
        .values_list("site", "site_key", "key", "folder", "has_files")
    )
    known = {
        (site, site_key): (key, to_shown(folder) if has_files else "")
        for site, site_key, key, folder, has_files in rows
    }
    answer = []
    for site, result in found:
        key, folder = known.get((site.name, result.key), (None, ""))
        answer.append(Found(site.name, result, key is not None, key, folder))
    return answer
