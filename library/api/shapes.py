"""The JSON of the library, as spec'd in docs/api: one function for each shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from library.models import AnimeSeries, Episode, UnmatchedFolder
from library.services import missing_numbers
from library.services.covers import cover_version
from library.services.lookup import Found
from library.services.numbering import Numbering

# The columns of a series that ``series_row`` reads; a list leaves the others where they are.
LISTED = (
    *("id", "key", "name", "folder", "site", "year", "status", "cover_source", "genres"),
    *("monitored", "total_episodes", "downloaded_count", "missing_count", "unavailable_count"),
    *("last_scanned", "error"),
)


def series_rows(page: Sequence[AnimeSeries]) -> list[dict[str, Any]]:
    """One page of the list; what is missing comes from one query for all of it."""
    missing = missing_numbers(series.pk for series in page)
    return [series_row(series, missing.get(series.pk, {})) for series in page]


def series_row(series: AnimeSeries, missing: Mapping[int, Sequence[int]]) -> dict[str, Any]:
    return {
        "id": str(series.pk),
        "key": series.key,
        "name": series.name,
        "folder": series.folder,
        "site": series.site,
        "year": series.year,
        "status": series.status,
        "cover_url": cover_address(series),
        "genres": series.genres,
        "monitored": series.monitored,
        "total_episodes": series.total_episodes,
        "downloaded_count": series.downloaded_count,
        "missing_count": series.missing_count,
        "unavailable_count": series.unavailable_count,
        "missing_episodes": {str(season): numbers for season, numbers in missing.items()},
        "last_scanned": series.last_scanned,
        "error": series.error or None,
    }


def series_details(series: AnimeSeries) -> dict[str, Any]:
    """Everything about one series, its episodes and what of its files could not be placed."""
    missing = missing_numbers([series.pk]).get(series.pk, {})
    episodes = list(series.episodes.order_by("season", "episode_number"))
    root = series.root.path if series.root else ""
    return {
        **series_row(series, missing),
        "link": series.link,
        "description": series.description,
        "end_year": series.end_year,
        "alternative_names": series.alternative_names,
        "ids": series.ids,
        "preferences": {"languages": series.languages, "hosters": series.hosters},
        "mapping": series.mapping,
        "removal_held": series.removal_held,
        "error_code": series.error_code or None,
        "refreshed_at": series.refreshed_at,
        "deleted_at": series.deleted_at,
        "episode_dict": series.episode_dict,
        "episodes": [episode_row(episode, root) for episode in episodes],
        "unplaced_files": unplaced_files(series, episodes),
    }


def episode_row(episode: Episode, root: str) -> dict[str, Any]:
    return {
        "season": episode.season,
        "episode": episode.episode_number,
        "title": episode.title or episode.original_title,
        "kind": episode.kind,
        "state": episode.state,
        "is_downloaded": episode.is_downloaded,
        "download_date": episode.download_date,
        "file_path": f"{root}/{episode.file_path}" if episode.file_path else None,
        "file_size": episode.file_size,
        "languages": episode.languages,
        "hosters": episode.hosters,
        "listed": episode.listed,
    }


def unplaced_files(series: AnimeSeries, episodes: Sequence[Episode]) -> list[dict[str, str]]:
    """Files that stand for no episode, with the reason."""
    listed = ((e.season, e.episode_number) for e in episodes if e.listed)
    numbering = Numbering.of(listed, series.mapping)
    found = []
    for file in series.files.order_by("path"):
        problem = file.problem or numbering.place(file.season, file.episodes, file.absolute).problem
        if problem:
            found.append({"path": file.path, "reason": problem})
    return found


def cover_address(series: AnimeSeries) -> str:
    """Where we serve the cover ourselves; empty where there is none."""
    version = cover_version(series)
    return f"{reverse('cover', args=[series.pk])}?v={version}" if version else ""


def found_row(found: Found) -> dict[str, Any]:
    return {
        "key": found.result.key,
        "name": found.result.name,
        "site": found.site,
        "link": found.result.link,
        "year": found.result.year,
        "cover_url": found.result.cover_url,
        "description": found.result.description,
        "in_library": found.in_library,
        "library_key": found.library_key,
    }


def unmatched_row(row: UnmatchedFolder) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "folder": row.folder,
        "root": row.root.path,
        "candidates": row.candidates,
        "reason": row.reason,
        "detail": row.detail,
    }
