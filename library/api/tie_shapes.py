"""The JSON of the ties of a series to further sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

from library.models import OwnLink, SeriesTie
from library.services.numbering import MappingRange, Number
from library.ties.services import Comparison, Pair

Numbering = Annotated[
    list[MappingRange],
    "From this series' own catalogue (`library_…`) to that site (`provider_…`). Empty: both have "
    "the same numbers.",
]


class Tie(TypedDict):
    """A series of another site that is this one, by its owner's word."""

    id: str
    site: Annotated[str, "The provider's name."]
    key: Annotated[str, "The site's own."]
    name: Annotated[str, "What it is called there."]
    link: str
    position: Annotated[int, "From 0: the order in which they are asked, after the own site."]
    numbering: Numbering


class NumberThere(TypedDict):
    """An episode in the other site's numbering."""

    season: int
    episode: int


class ComparedEpisode(TypedDict):
    """One of our episodes, and what is said to be the same there."""

    season: int
    episode: int
    title: str
    there: Annotated[NumberThere | None, "Null: the numbering says nothing of it."]
    title_there: str
    is_there: Annotated[bool, "Whether the other site lists it."]
    agrees: Annotated[bool | None, "Whether a title is the same; null: the titles say nothing."]


class ComparedSeries(TypedDict):
    """What speaks for a tie, and against it."""

    site: str
    key: str
    name: str
    link: str
    year: int | None
    numbering: Numbering
    found: Annotated[int, "How many of our episodes are there."]
    agreeing: Annotated[int, "How many titles are the same …"]
    telling: Annotated[int, "… of so many that say anything."]
    beyond: Annotated[int, "How many the other site lists that none of ours is."]
    episodes: list[ComparedEpisode]


class EpisodeLink(TypedDict):
    """Where an episode comes from before any site is asked."""

    season: int
    episode: int
    link: Annotated[str, "A film, a playlist, or a hoster's page."]
    language: Annotated[str, "What is spoken, and read, there."]


def link_row(own: OwnLink) -> EpisodeLink:
    return {
        "season": own.season,
        "episode": own.episode_number,
        "link": own.link,
        "language": own.language,
    }


def tie_rows(ties: Sequence[SeriesTie]) -> list[Tie]:
    return [tie_row(tie) for tie in ties]


def tie_row(tie: SeriesTie) -> Tie:
    return {
        "id": str(tie.pk),
        "site": tie.site,
        "key": tie.site_key,
        "name": tie.name,
        "link": tie.link,
        "position": tie.position,
        "numbering": tie.numbering,
    }


def comparison(found: Comparison) -> ComparedSeries:
    return {
        "site": found.site,
        "key": found.info.key,
        "name": found.info.name,
        "link": found.info.link,
        "year": found.info.year,
        "numbering": [entry.as_json() for entry in found.numbering],
        "found": found.found,
        "agreeing": found.agreeing,
        "telling": found.telling,
        "beyond": found.beyond,
        "episodes": [_compared(pair) for pair in found.pairs],
    }


def _compared(pair: Pair) -> ComparedEpisode:
    season, episode = pair.number
    return {
        "season": season,
        "episode": episode,
        "title": pair.title,
        "there": _there(pair.there),
        "title_there": pair.title_there,
        "is_there": pair.is_there,
        "agrees": pair.agrees,
    }


def _there(number: Number | None) -> NumberThere | None:
    return None if number is None else {"season": number[0], "episode": number[1]}
