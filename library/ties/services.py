"""Tying a series to further sites: never guessed, always by its owner's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from aniworld.journal.services import Undo, record
from aniworld.sites import configured
from library.entries import LibraryAction, about
from library.errors import (
    InvalidLink,
    MappingContradicts,
    NotLocal,
    TieKnown,
    TieNotFound,
    TooManyTies,
)
from library.models import AnimeSeries, SeriesTie
from library.services.numbering import Number, Range, ranges_from_json
from library.services.tied_numbers import number_there
from library.ties.numbers import agreement, suggested, told_titles
from providers.asking import asked_now
from providers.base import EpisodeInfo, SeriesInfo, Site

MOST_TIES = 20  # of one series


@dataclass(frozen=True, slots=True)
class Pair:
    """One of our episodes, and what is said to be the same there.

    Attributes:
        there: its number at the other site; None where the numbering says nothing of it.
        is_there: whether the other site lists it.
        agrees: whether a title is the same; None where the titles say nothing.
    """

    number: Number
    title: str
    there: Number | None = None
    title_there: str = ""
    is_there: bool = False
    agrees: bool | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What speaks for a tie, and against it.

    Attributes:
        numbering: the one that was compared with; empty: the same numbers.
        found: how many of our episodes are there by it.
        agreeing, telling: how many titles are the same, of those that say anything.
        beyond: how many the other site lists that none of ours is.
    """

    site: str
    info: SeriesInfo
    numbering: tuple[Range, ...]
    pairs: Sequence[Pair]
    found: int
    agreeing: int
    telling: int
    beyond: int


def tie_series(
    series: AnimeSeries,
    *,
    site: str,
    key: str | None = None,
    link: str | None = None,
    numbering: Any = (),
) -> SeriesTie:
    """Say that a series of another site is this one; that site is asked what it is called there.

    Args:
        key: the site's own, or
        link: an address of the site that holds it.
        numbering: ranges from this series' own catalogue (``library_…``) to the other site's
            (``provider_…``); none: both have the same numbers.

    Raises:
        NotLocal, TieKnown, TooManyTies, InvalidMapping, InvalidLink;
        UnknownProvider: the site is not enabled; ProviderError: the site failed.
    """
    if series.is_local:
        raise NotLocal(why="asked", name=series.name)
    ranges = ranges_of(numbering)
    asked = configured.site(site)
    site_key = _key_of(asked, key, link)
    _refuse_known(series, site, site_key)
    with asked_now():
        info = asked.series(site_key)
    facts = {"site": site, "site_key": site_key, "name": info.name[:500], "link": info.link[:2000]}
    return _write(series, facts, [entry.as_json() for entry in ranges])


def compare(
    series: AnimeSeries,
    *,
    site: str,
    key: str | None = None,
    link: str | None = None,
    numbering: Any = None,
) -> Comparison:
    """Read a series of another site and hold it against this one. Nothing is written.

    Args:
        numbering: as for :func:`tie_series`; None: the one that suggests itself.

    Raises:
        TieKnown, InvalidMapping, InvalidLink, UnknownProvider, ProviderError.
    """
    ranges = None if numbering is None else ranges_of(numbering)
    asked = configured.site(site)
    site_key = _key_of(asked, key, link)
    if (site, site_key) == (series.site, series.site_key):
        raise TieKnown(why="own", name=series.name)
    with asked_now():
        info, listed = asked.series(site_key), asked.episodes(site_key)
    return _held_together(series, site, info, listed, ranges)


def untie_series(series: AnimeSeries, tie_id: int) -> None:
    """Take a tie back. Raises ``TieNotFound``."""
    with transaction.atomic():
        tie = _tie(series, tie_id)
        facts = _facts(tie)
        back = Undo("series.tie", {"key": series.key, **facts, "position": tie.position})
        record(LibraryAction.SERIES_UNTIED, on=about(series), before=facts, undo=back)
        tie.delete()


def move_tie(series: AnimeSeries, tie_id: int, step: int) -> None:
    """Move a tie within the order in which sites are asked. Args: step: -1 up, 1 down.

    Raises:
        TieNotFound.
    """
    with transaction.atomic():
        ties = list(series.ties.select_for_update().order_by("position", "id"))
        at = next((place for place, tie in enumerate(ties) if tie.pk == tie_id), None)
        if at is None:
            raise TieNotFound(name=series.name)
        before = {"sites": [tie.site for tie in ties]}
        ties.insert(max(0, at + step), ties.pop(at))
        for position, tie in enumerate(ties):
            tie.position = position
        SeriesTie.objects.bulk_update(ties, ["position"])
        after = {"sites": [tie.site for tie in ties]}
        record(LibraryAction.TIES_MOVED, on=about(series), before=before, after=after)


def tied_again(
    series: AnimeSeries, facts: dict[str, Any], numbering: list[Any], position: int
) -> None:
    """Tie a series as it was tied before; nobody is asked. Raises as :func:`tie_series`."""
    _refuse_known(series, facts["site"], facts["site_key"])
    tie = _write(series, facts, numbering)
    SeriesTie.objects.filter(pk=tie.pk).update(position=position)


def ranges_of(numbering: Any) -> tuple[Range, ...]:
    """Read the numbering of a tie. Raises ``InvalidMapping``."""
    ranges = ranges_from_json(list(numbering) if isinstance(numbering, tuple) else numbering)
    for place, entry in enumerate(ranges, 1):
        if entry.library_season is None or entry.provider_season is None:
            raise MappingContradicts(why="season", place=place)
    return ranges


def served_as(tie: SeriesTie, season: int, number: int) -> Number | None:
    """What one of the series' episodes is at the tied site; None where it is not served there."""
    return number_there(ranges_from_json(tie.numbering), (season, number))


def _held_together(
    series: AnimeSeries,
    site: str,
    info: SeriesInfo,
    listed: Sequence[EpisodeInfo],
    ranges: tuple[Range, ...] | None,
) -> Comparison:
    rows = series.episodes.filter(listed=True).order_by("season", "episode_number")
    own = {
        (season, number): (title, original)
        for season, number, title, original in rows.values_list(
            "season", "episode_number", "title", "original_title"
        )
    }
    others = {(one.season, one.number): (one.title, one.original_title) for one in listed}
    ours = {number: told_titles(*titles) for number, titles in own.items()}
    theirs = {number: told_titles(*titles) for number, titles in others.items()}
    numbering = suggested(ours, theirs) if ranges is None else ranges
    pairs = []
    for number, titles in own.items():
        there = number_there(numbering, number)
        at = others.get(there) if there is not None else None
        tells = ours[number] and at is not None and there is not None and theirs[there]
        pairs.append(
            Pair(
                number=number,
                title=titles[0] or titles[1],
                there=there,
                title_there=(at[0] or at[1]) if at else "",
                is_there=at is not None,
                agrees=not ours[number].isdisjoint(theirs[there]) if tells and there else None,
            )
        )
    agreeing, telling = agreement(ours, theirs, numbering)
    used = {pair.there for pair in pairs}
    return Comparison(
        site=site,
        info=info,
        numbering=numbering,
        pairs=pairs,
        found=sum(pair.is_there for pair in pairs),
        agreeing=agreeing,
        telling=telling,
        beyond=sum(number not in used for number in others),
    )


def _write(series: AnimeSeries, facts: dict[str, Any], numbering: list[Any]) -> SeriesTie:
    try:
        with transaction.atomic():
            AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
            if series.ties.count() >= MOST_TIES:
                raise TooManyTies(name=series.name, most=MOST_TIES)
            last = series.ties.aggregate(last=Max("position"))["last"]
            position = 0 if last is None else last + 1
            tie = SeriesTie.objects.create(
                series=series, **facts, numbering=numbering, position=position
            )
            back = Undo("series.untie", {"key": series.key, "tie": tie.pk})
            record(LibraryAction.SERIES_TIED, on=about(series), after=_facts(tie), undo=back)
    except IntegrityError as error:  # another process was quicker
        raise TieKnown(name=series.name, site=facts["site"]) from error
    return tie


def _refuse_known(series: AnimeSeries, site: str, site_key: str) -> None:
    if (site, site_key) == (series.site, series.site_key):
        raise TieKnown(why="own", name=series.name)
    if series.ties.filter(site=site, site_key=site_key).exists():
        raise TieKnown(name=series.name, site=site)


def _key_of(site: Site, key: str | None, link: str | None) -> str:
    found = key or (site.key_from_link(link) if link else None)
    if not found:
        raise InvalidLink(link=(link or "")[:200], site=site.name)
    return found


def _tie(series: AnimeSeries, tie_id: int) -> SeriesTie:
    found = series.ties.filter(pk=tie_id).first()
    if found is None:
        raise TieNotFound(name=series.name)
    return found


def _facts(tie: SeriesTie) -> dict[str, Any]:
    return {
        "site": tie.site,
        "site_key": tie.site_key,
        "name": tie.name,
        "link": tie.link,
        "numbering": tie.numbering,
    }
