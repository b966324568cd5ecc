"""The JSON of the library: each shape as a type, and the function that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from django.urls import reverse

from aniworld.web.advice import advice_of
from aniworld.web.pagination import Page
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, told_of
from library.api.change_shapes import HeldCatalogue, held_catalogue
from library.choices import (
    CatalogueState,
    EpisodeKind,
    EpisodeState,
    Follow,
    KeepFiles,
    SeriesStatus,
)
from library.models import (
    AnimeSeries,
    CatalogueEntry,
    Episode,
    MediaFile,
    ScanOperation,
)
from library.models.operations import STATES
from library.services import missing_numbers
from library.services.covers import cover_version
from library.services.lookup import Found
from library.services.numbering import MappingRange, Numbering

Seasons = Annotated[dict[str, list[int]], "Episode numbers by season."]
STATUSES = OneOf(status.upper() for status in SeriesStatus.values)

# The columns of a series that ``series_row`` reads; a list leaves the others where they are.
LISTED = (
    *("id", "key", "name", "folder", "site", "year", "status", "cover_source", "genres"),
    *("monitored", "total_episodes", "downloaded_count", "missing_count", "unavailable_count"),
    *("last_scanned", "refreshed_at", "error_code", "error_params", "catalogue_held"),
)


class Series(TypedDict):
    """A series as lists show it."""

    id: str
    key: str
    name: str
    folder: str
    site: Annotated[str, "The provider's name. Empty: it has no catalogue."]
    catalogue: Annotated[
        str,
        OneOf(CatalogueState),
        "`NOT_READ`: nobody knows yet what misses; `NONE`: a folder that is a series of its own.",
    ]
    year: int | None
    status: Annotated[str, STATUSES, "Empty: not known."]
    cover_url: Annotated[str, "Empty: there is none."]
    genres: list[str]
    monitored: bool
    total_episodes: int
    downloaded_count: int
    missing_count: int
    unavailable_count: int
    missing_episodes: Seasons
    held: Annotated[bool, "Its catalogue has other numbers, and waits for its owner's word."]
    last_scanned: datetime | None
    refreshed_at: Annotated[
        datetime | None,
        "When its site was read last; while it never was, nobody knows what misses.",
    ]
    error: Annotated[Told | None, "Why its site could not be read the last time."]
    advice: Annotated[str, "What can be done about that; empty where there is nothing."]


class SeriesPage(Page[Series]):
    """One page of the series that were asked for."""

    filtered: Annotated[
        bool, "Whether series were left out; by default those that miss nothing are."
    ]


class Preferences(TypedDict):
    """What is taken first of this series; empty: as in the configuration."""

    languages: list[str]
    hosters: list[str]


class Following(TypedDict):
    """What is fetched of this series by itself."""

    follow: Annotated[str, OneOf(Follow)]
    season: Annotated[int | None, "The first one that is followed; null but for `SEASON`."]
    ranks: Annotated[
        list[str],
        "Languages, the best first, each with `now`, `never` or the days it waits: "
        "`German Sub=14`. Empty: as in the settings.",
    ]
    keep: Annotated[str, OneOf(KeepFiles), "Empty: as in the settings."]
    catalogue_hours: Annotated[int | None, "How often its catalogue is asked; null: as usual."]
    since: Annotated[datetime | None, "When it was said what is followed."]


class SeriesEpisode(TypedDict):
    """One episode in the catalogue's numbering; season 0 holds films and specials."""

    season: int
    episode: int
    title: str
    kind: Annotated[str, OneOf(EpisodeKind)]
    state: Annotated[str, OneOf(EpisodeState)]
    is_downloaded: bool
    download_date: datetime | None
    file_path: str | None
    file_size: Annotated[int | None, "Bytes."]
    languages: list[str]
    hosters: list[str]
    listed: Annotated[bool, "Whether the catalogue has it; a file alone can stand for one too."]
    unwanted: Annotated[bool, "Its owner has deleted its file: nothing queues it by itself."]


class UnplacedFile(TypedDict):
    """A file that stands for no episode."""

    path: str
    reason: Told


class SeriesDetails(Series):
    """Everything about one series."""

    link: str
    description: str
    end_year: int | None
    alternative_names: list[str]
    ids: Annotated[dict[str, str], "By database: `imdb`, `tvdb` …"]
    preferences: Preferences
    following: Following
    mapping: list[MappingRange]
    removal_held: Annotated[bool, "Most of its files vanished; only the owner can confirm that."]
    catalogue_held: Annotated[
        HeldCatalogue | None, "A list with other numbers, which waits for the owner's word."
    ]
    deleted_at: datetime | None
    episode_dict: Seasons
    episodes: list[SeriesEpisode]
    unplaced_files: list[UnplacedFile]


class SeriesMapping(TypedDict):
    """The ranges that tie the library's numbers to the provider's."""

    key: str
    mapping: list[MappingRange]


class FoundSeries(TypedDict):
    """A series that a site found."""

    key: str
    name: str
    site: str
    link: str
    year: int | None
    cover_url: Annotated[str, "Where its site has it."]
    cover: Annotated[str, "Where we serve it ourselves; empty: it is not kept."]
    description: str
    genres: list[str]
    alternative_names: list[str]
    in_library: bool
    library_key: Annotated[str | None, "Its key in the library."]
    from_list: Annotated[bool, "It stands in the kept list; its site did not name it just now."]
    is_close: Annotated[bool, "It is spelled only almost so."]


class SearchPage(Page[FoundSeries]):
    """One page of what was found."""

    from_list: Annotated[bool, "Whether the kept lists alone have answered."]
    listed_at: Annotated[dict[str, datetime], "By site: when the list that was searched was read."]
    asked: Annotated[list[str], "The sites that were asked besides, or in place of a list."]
    failures: Annotated[dict[str, Told], "By site: why it could not be asked."]


class Operation(TypedDict):
    """A scan or a renaming that was started or is to end."""

    operation_id: str
    state: Annotated[str, OneOf(STATES)]


def series_rows(page: Sequence[AnimeSeries]) -> list[Series]:
    """One page of the list; what is missing comes from one query for all of it."""
    missing = missing_numbers(series.pk for series in page)
    return [series_row(series, missing.get(series.pk, {})) for series in page]


def series_row(series: AnimeSeries, missing: Mapping[int, Sequence[int]]) -> Series:
    return {
        "id": str(series.pk),
        "key": series.key,
        "name": series.name,
        "folder": series.folder,
        "site": series.site,
        "catalogue": series.catalogue_state,
        "year": series.year,
        "status": series.status.upper(),
        "cover_url": cover_address(series),
        "genres": series.genres,
        "monitored": series.monitored,
        "total_episodes": series.total_episodes,
        "downloaded_count": series.downloaded_count,
        "missing_count": series.missing_count,
        "unavailable_count": series.unavailable_count,
        "missing_episodes": {str(season): list(numbers) for season, numbers in missing.items()},
        "held": series.catalogue_held,
        "last_scanned": series.last_scanned,
        "refreshed_at": series.refreshed_at,
        "error": (error := series.error),
        "advice": advice_of(error),
    }


def series_details(series: AnimeSeries) -> SeriesDetails:
    """Everything about one series, its episodes and what of its files could not be placed."""
    missing = missing_numbers([series.pk]).get(series.pk, {})
    episodes = list(
        series.episodes.select_related("file__root").order_by("season", "episode_number")
    )
    return {
        **series_row(series, missing),
        "link": series.link,
        "description": series.description,
        "end_year": series.end_year,
        "alternative_names": series.alternative_names,
        "ids": series.ids,
        "preferences": {"languages": series.languages, "hosters": series.hosters},
        "following": following(series),
        "mapping": series.mapping,
        "removal_held": series.removal_held,
        "catalogue_held": held_catalogue(series),
        "deleted_at": series.deleted_at,
        "episode_dict": series.episode_dict,
        "episodes": [episode_row(episode) for episode in episodes],
        "unplaced_files": unplaced_files(series, episodes, series.files.order_by("path")),
    }


def following(series: AnimeSeries) -> Following:
    return {
        "follow": series.follow,
        "season": series.follow_season,
        "ranks": series.language_ranks,
        "keep": series.keep_files,
        "catalogue_hours": series.refresh_hours,
        "since": series.follow_since,
    }


def episode_row(episode: Episode) -> SeriesEpisode:
    """One episode. Its file may lie in another library folder than most of its series."""
    file = episode.file
    return {
        "season": episode.season,
        "episode": episode.episode_number,
        "title": episode.title or episode.original_title,
        "kind": episode.kind,
        "state": episode.state,
        "is_downloaded": episode.is_downloaded,
        "download_date": episode.download_date,
        "file_path": f"{file.root.path}/{file.path}" if file else None,
        "file_size": episode.file_size,
        "languages": episode.languages,
        "hosters": episode.hosters,
        "listed": episode.listed,
        "unwanted": episode.unwanted,
    }


def unplaced_files(
    series: AnimeSeries, episodes: Sequence[Episode], files: Iterable[MediaFile]
) -> list[UnplacedFile]:
    """Files that stand for no episode, with the reason."""
    listed = ((e.season, e.episode_number) for e in episodes if e.listed)
    numbering = Numbering.of(listed, series.mapping)
    found: list[UnplacedFile] = []
    for file in files:
        if reason := file.name_fault or _place_fault(file, numbering):
            found.append({"path": file.path, "reason": reason})
    return found


def _place_fault(file: MediaFile, numbering: Numbering) -> Told | None:
    problem = numbering.place(file.season, file.episodes, file.absolute).problem
    return told_of(problem) if problem else None


def cover_address(series: AnimeSeries) -> str:
    """Where we serve the cover ourselves; empty where there is none."""
    version = cover_version(series)
    return f"{reverse('cover', args=[series.pk])}?v={version}" if version else ""


def listed_cover_address(entry: CatalogueEntry) -> str:
    """Where we serve the cover of what a site lists; empty where it is not kept."""
    version = cover_version(entry)
    return f"{reverse('listed-cover', args=[entry.pk])}?v={version}" if version else ""


def found_rows(page: Sequence[Found]) -> list[FoundSeries]:
    return [found_row(found) for found in page]


def found_row(found: Found) -> FoundSeries:
    return {
        "key": found.result.key,
        "name": found.result.name,
        "site": found.site,
        "link": found.result.link,
        "year": found.result.year,
        "cover_url": found.result.cover_url,
        "cover": listed_cover_address(found.entry) if found.entry else "",
        "description": found.result.description,
        "genres": list(found.result.genres),
        "alternative_names": list(found.result.alternative_names),
        "in_library": found.in_library,
        "library_key": found.library_key,
        "from_list": found.from_list,
        "is_close": found.is_close,
    }


def mapping(series: AnimeSeries) -> SeriesMapping:
    return {"key": series.key, "mapping": series.mapping}


def operation(row: ScanOperation) -> Operation:
    return {"operation_id": str(row.operation_id), "state": row.state}
