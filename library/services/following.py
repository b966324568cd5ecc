"""What the owner may say about a series that is fetched by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from aniworld.config import store
from aniworld.config.checks import LanguageRanks
from aniworld.web.errors import FieldError
from library.choices import Follow, KeepFiles
from library.errors import InvalidFollowing
from library.models import AnimeSeries
from library.models.series import REFRESH_HOURS
from library.services.numbering import MAX_NUMBER

# The columns of a series, as :func:`library.services.change_series` takes them.
FOLLOWING = ("follow", "follow_season", "language_ranks", "keep_files", "refresh_hours")
_KEEPS = [one.value for one in KeepFiles if one]
_SHOWN = 80  # characters of what is none of the words there are


def follow_as_set(series: AnimeSeries) -> None:
    """Let a series that comes into the library be followed as the settings say."""
    series.follow = store.load().following.new_series
    if series.follow != Follow.OFF:
        series.follow_since = timezone.now()


def completed(series: AnimeSeries, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, with the season that belongs to what is followed by them.

    Raises:
        InvalidFollowing: they contradict themselves, or hold what there is not.
    """
    wanted = dict(changes)
    if "follow" in wanted or "follow_season" in wanted:
        follow = wanted.setdefault("follow", series.follow)
        known = series.follow_season if follow == series.follow else None
        wanted.setdefault("follow_season", known)
    _refuse_strange(wanted)
    return wanted


def begins_anew(series: AnimeSeries, changes: Mapping[str, Any]) -> bool:
    """Whether another thing is followed from now on than so far."""
    names = ("follow", "follow_season")
    return any(name in changes and changes[name] != getattr(series, name) for name in names)


def _refuse_strange(changes: Mapping[str, Any]) -> None:
    if (entry := changes.get("follow", Follow.OFF)) not in list(Follow):
        raise InvalidFollowing(why="follow", entry=_shown(entry), known=list(Follow))
    if (entry := changes.get("keep_files", KeepFiles.AS_SET)) not in list(KeepFiles):
        raise InvalidFollowing(why="keep", entry=_shown(entry), known=_KEEPS)
    if (entry := changes.get("refresh_hours")) not in (None, *REFRESH_HOURS):
        raise InvalidFollowing(why="hours", entry=_shown(entry), known=list(REFRESH_HOURS))
    if "follow" in changes:
        _refuse_season(changes["follow"], changes["follow_season"])
    for problem in LanguageRanks().problems(changes.get("language_ranks", ())):
        field = f"following.ranks.{problem.at}".rstrip(".")
        fault = FieldError(field, problem.code, problem.params)
        raise InvalidFollowing(errors=[fault], why="ranks", fault=fault.as_json())


def _shown(entry: object) -> str:
    return str(entry)[:_SHOWN]


def _refuse_season(follow: str, season: int | None) -> None:
    if follow == Follow.SEASON and not 1 <= (season or 0) <= MAX_NUMBER:
        raise InvalidFollowing(why="season")
    if follow != Follow.SEASON and season is not None:
        raise InvalidFollowing(why="no_season")
