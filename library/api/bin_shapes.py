"""The JSON of the recycle bin, and of what goes there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.web.pagination import Page
from aniworld.web.shapes import Format, OneOf
from aniworld.web.texts import Told, told_of
from library.choices import BinReason
from library.models import BinnedFile
from library.naming.paths import to_shown
from library.recycling.look import Going, Unit
from library.recycling.operation import Outcome
from library.services.numbering import Number


class BinEpisode(TypedDict):
    """An episode, in the catalogue's numbering."""

    season: int
    episode: int


class BinnedVideo(TypedDict):
    """A video in the recycle bin, with what lay beside it."""

    id: str
    act: Annotated[str, Format("uuid"), "What went together has the same."]
    root: Annotated[str, "The library folder."]
    path: Annotated[str, "Where it was, below the library folder."]
    beside: Annotated[list[str], "Names of the files that went along."]
    size: Annotated[int, "Bytes of all these files."]
    series: Annotated[str | None, "Its key; null: it is known no more."]
    series_name: str
    episodes: list[BinEpisode]
    reason: Annotated[str, OneOf(BinReason)]
    can_swap: Annotated[bool, "Another file has taken its place, and can be exchanged for it."]
    binned_by: Annotated[str, "Who."]
    binned_at: datetime
    kept_until: datetime


class BinPage(Page[BinnedVideo]):
    """One page of what is in the recycle bin."""

    bytes: Annotated[int, "Of all pages."]
    days: Annotated[int, "So long what comes now is kept; 0: the bin is off."]


class LeftVideo(TypedDict):
    """A video that stays where it is."""

    path: str
    reason: Told


class BinOutcome(TypedDict):
    """What has gone into the bin, come out of it, or was deleted for good."""

    act: Annotated[str | None, "By it what went there is restored together."]
    videos: int
    bytes: int
    left: Annotated[list[LeftVideo], "What stays where it is, the first hundred."]


class GoingVideo(TypedDict):
    """A video that would go."""

    path: Annotated[str, "Below its library folder."]
    size: Annotated[int, "Bytes, with what goes along."]
    beside: Annotated[list[str], "Names of the files that go along."]
    episodes: list[BinEpisode]
    reason: Annotated[Told | None, "Why it stays; null: it goes."]


class GoingFiles(TypedDict):
    """What would go of a series, and what that does."""

    key: str
    videos: int
    bytes: int
    days: Annotated[int, "So long it is kept; 0: it is gone for good."]
    lost: Annotated[list[BinEpisode], "Episodes that have no file after it."]
    files: Annotated[list[GoingVideo], "The first thousand."]


class WantedEpisodes(TypedDict):
    """The episodes of which it has changed whether they are wanted."""

    changed: list[BinEpisode]
    missing_count: int


MOST_LEFT, MOST_FILES = 100, 1000


def rows(page: Sequence[BinnedFile]) -> list[BinnedVideo]:
    return [_row(row) for row in page]


def _row(row: BinnedFile) -> BinnedVideo:
    return {
        "id": str(row.pk),
        "act": str(row.act),
        "root": row.root.path,
        "path": to_shown(row.path),
        "beside": [to_shown(move["old"]).rpartition("/")[2] for move in row.moves[1:]],
        "size": row.size,
        "series": row.series.key if row.series else None,
        "series_name": row.series_name,
        "episodes": [{"season": season, "episode": number} for season, number in row.episodes],
        "reason": row.reason,
        "can_swap": row.has_replacement,
        "binned_by": row.binned_by.get("name", ""),
        "binned_at": row.binned_at,
        "kept_until": row.kept_until,
    }


def outcome(done: Outcome) -> BinOutcome:
    return {
        "act": done.act or None,
        "videos": done.videos,
        "bytes": done.bytes,
        "left": [
            {"path": to_shown(path), "reason": told_of(error.as_json())}
            for path, error in done.left[:MOST_LEFT]
        ],
    }


def going(looked: Going, days: int) -> GoingFiles:
    return {
        "key": looked.series.key,
        "videos": len(looked.moving),
        "bytes": looked.size,
        "days": days,
        "lost": episodes(looked.lost()),
        "files": [_going(unit) for unit in looked.units[:MOST_FILES]],
    }


def episodes(numbers: Sequence[Number]) -> list[BinEpisode]:
    return [{"season": season, "episode": number} for season, number in numbers]


def _going(unit: Unit) -> GoingVideo:
    return {
        "path": to_shown(unit.file.path),
        "size": unit.size,
        "beside": [name.encode(errors="replace").decode() for name in unit.beside],
        "episodes": episodes(unit.episodes),
        "reason": told_of(unit.reason.as_json()) if unit.reason else None,
    }
