"""The JSON of what renaming would do."""

from __future__ import annotations

from typing import Annotated, TypedDict

from aniworld.web.texts import Told, told_of
from library.renaming.plan import SeriesPlan
from library.renaming.preview import PlannedRow, rows_of


class FileRenaming(TypedDict):
    """A video that would be renamed, or keeps its name for a reason."""

    path: Annotated[str, "Below the library folder."]
    new_path: Annotated[str | None, "What it is to be called; null: nobody can say."]
    beside: Annotated[list[str], "Names of the files that move along: subtitles, pictures …"]
    reason: Annotated[Told | None, "Why it keeps its name."]


class SeriesRenaming(TypedDict):
    """What renaming would do with one series."""

    key: str
    name: str
    root: Annotated[str | None, "The library folder."]
    files: list[FileRenaming]
    unchanged: Annotated[int, "Files that are named so already."]


def series_renaming(plan: SeriesPlan) -> SeriesRenaming:
    series = plan.series
    return {
        "key": series.key,
        "name": series.name,
        "root": series.root.path if series.root else None,
        "files": [file_renaming(row) for row in rows_of(plan)],
        "unchanged": plan.unchanged,
    }


def file_renaming(row: PlannedRow) -> FileRenaming:
    return {
        "path": row.old,
        "new_path": row.new or None,
        "beside": row.beside,
        "reason": told_of(row.reason) if row.reason else None,
    }
