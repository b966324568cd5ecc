"""The JSON of what catalogues have changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.web.shapes import OneOf
from library.choices import CatalogueChangeKind
from library.models import AnimeSeries, CatalogueChange


class ListedEpisode(TypedDict):
    """An episode as its catalogue has listed it."""

    season: int
    episode: int
    title: str


class ChangeOfCatalogue(TypedDict):
    """One episode that has come, gone, come back, or has another title or number."""

    id: str
    key: Annotated[str, "Of the series."]
    name: str
    at: Annotated[datetime, "When the reading was that has shown it."]
    kind: Annotated[str, OneOf(CatalogueChangeKind)]
    season: Annotated[int, "That it has now, or had last; as the number."]
    episode: int
    was: Annotated[ListedEpisode | None, "Null: it was not listed before."]
    now: Annotated[ListedEpisode | None, "Null: it is listed no more."]


class MaybeMoved(TypedDict):
    """An episode that has another number, or may have one."""

    season_was: int
    episode_was: int
    title_was: str
    season: Annotated[int | None, "The likely one now; null: none is likely."]
    episode: int | None
    title: str
    is_sure: Annotated[bool, "Whether titles say it."]


class HeldCatalogue(TypedDict):
    """A list of episodes that is not taken over before its owner has said what it means."""

    at: Annotated[datetime, "When the catalogue was read."]
    count: Annotated[int, "Episodes that have, or may have, another number."]
    doubts: Annotated[int, "Those of them that nobody can be sure of."]
    episodes: Annotated[list[MaybeMoved], "The first hundred."]


def change_rows(page: Sequence[CatalogueChange]) -> list[ChangeOfCatalogue]:
    return [change_row(row) for row in page]


def change_row(row: CatalogueChange) -> ChangeOfCatalogue:
    return {
        "id": str(row.pk),
        "key": row.series.key,
        "name": row.series.name,
        "at": row.at,
        "kind": row.kind,
        "season": row.season,
        "episode": row.episode_number,
        "was": row.was,
        "now": row.now,
    }


def held_catalogue(series: AnimeSeries) -> HeldCatalogue | None:
    """What waits for the owner's word; None where nothing does."""
    held = series.held
    if held is None:
        return None
    return {
        "at": datetime.fromisoformat(held["at"]),
        "count": held["count"],
        "doubts": held["doubts"],
        "episodes": [
            {
                "season_was": pair["was"][0],
                "episode_was": pair["was"][1],
                "title_was": pair["title_was"],
                "season": pair["now"][0] if pair["now"] else None,
                "episode": pair["now"][1] if pair["now"] else None,
                "title": pair["title_now"],
                "is_sure": pair["is_sure"],
            }
            for pair in held["pairs"]
        ],
    }
