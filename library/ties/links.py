"""Links that an owner gives to single episodes: fetched from there before any site is asked."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from aniworld.config.checks import is_language
from aniworld.journal.services import Undo, record
from aniworld.sites import configured
from library.entries import LibraryAction, about
from library.errors import InvalidPreferences, OwnLinkNotFound
from library.models import AnimeSeries, Episode, OwnLink
from library.services.lookup import get_episode
from library.services.numbering import Number
from library.services.numbers_then import ids_of
from providers.addresses import host_of
from providers.base import Language


def set_link(series: AnimeSeries, season: int, number: int, *, link: str, language: str) -> OwnLink:
    """Let an episode come from this address: of a film, of a playlist, or of a hoster's page.

    Args:
        language: what is spoken, and read, there: one of ``providers.base.Language``.

    Raises:
        EpisodeNotFound, InvalidPreferences; AddressRefused: no address that may be asked.
    """
    episode = get_episode(series, season, number)
    if not is_language(language):
        known = [str(one) for one in Language]
        raise InvalidPreferences(why="unknown_language", entry=language[:80], known=known)
    configured.guard().check_url(link)
    return _write(series, episode, {"link": link, "language": language})


def remove_link(series: AnimeSeries, season: int, number: int) -> None:
    """Take the link of an episode back. Raises ``OwnLinkNotFound``."""
    with transaction.atomic():
        found = _link(series, season, number)
        facts = {"link": found.link, "language": found.language}
        place = {**_place(series, (season, number)), "left": {}}
        back = Undo("series.set_link", {**place, **facts})
        record(
            LibraryAction.LINK_REMOVED,
            on=about(series),
            before={"season": season, "episode": number, **told(facts)},
            undo=back,
        )
        found.delete()


def link_of(series: AnimeSeries, number: Number) -> dict[str, str]:
    """Address and language of the link that an episode has; empty where it has none."""
    found = series.own_links.filter(season=number[0], episode_number=number[1]).first()
    return {"link": found.link, "language": found.language} if found else {}


def get_link(series: AnimeSeries, season: int, number: int) -> OwnLink:
    """The link of an episode. Raises ``OwnLinkNotFound``."""
    return _link(series, season, number)


def _write(series: AnimeSeries, episode: Episode, facts: dict[str, str]) -> OwnLink:
    season, number = episode.season, episode.episode_number
    place: dict[str, Any] = {"season": season, "episode_number": number}
    with transaction.atomic():
        AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        was = link_of(series, (season, number))
        found, _ = OwnLink.objects.update_or_create(series=series, **place, defaults=facts)
        back = Undo(
            "series.set_link" if was else "series.remove_link",
            {**_place(series, (season, number)), **was, "left": facts},
        )
        record(
            LibraryAction.LINK_SET,
            on=about(series),
            before=told(was),
            after={"season": season, "episode": number, **told(facts)},
            undo=back,
        )
    return found


def _link(series: AnimeSeries, season: int, number: int) -> OwnLink:
    found = series.own_links.filter(season=season, episode_number=number).first()
    if found is None:
        raise OwnLinkNotFound(name=series.name, season=season, episode=number)
    return found


def _place(series: AnimeSeries, number: Number) -> dict[str, Any]:
    """Which episode a handle is about, also after its number has changed."""
    place: dict[str, Any] = {"key": series.key, "season": number[0], "number": number[1]}
    for episode in ids_of(series, [number]):
        place["episode"] = episode
    return place


def told(facts: dict[str, str]) -> dict[str, str]:
    """What the journal says of it: of the address its host, as the rest may let somebody in."""
    return {"host": host_of(facts["link"]), "language": facts["language"]} if facts else {}
