"""Taking back what the journal says was done to the library: the functions behind its handles."""

from __future__ import annotations

from typing import Any

from aniworld.journal.errors import ChangedSince
from aniworld.journal.models import Entry
from aniworld.journal.services import register_undo
from library import services
from library.leaving import locks
from library.models import AnimeSeries, LibraryRoot
from library.services.local import KEEP_AGAIN, RELEASE, UNKEEP, keep_again
from library.services.numbering import Number
from library.services.numbers_then import numbers_now, refuse_moved
from library.services.operations import RENAME_BACK
from library.services.renaming import start_back
from library.services.suggestions import HEED as SUGGEST_AGAIN
from library.services.suggestions import heed_suggestion
from library.services.unmatched import HEED, IGNORE, find_folder
from library.ties.links import link_of, remove_link, set_link, told
from library.ties.services import tied_again, untie_series


def register() -> None:
    register_undo("series.restore", _restore)
    register_undo("series.remove", _remove)
    register_undo("series.change", _change, is_dated=True)
    register_undo("series.renumber", _renumber, is_dated=True)
    register_undo(SUGGEST_AGAIN, _suggest_again)
    register_undo(UNKEEP, _unkeep)
    register_undo(KEEP_AGAIN, _keep_again)
    register_undo(RELEASE, _release, is_dated=True)
    register_undo(IGNORE, _ignore)
    register_undo(HEED, _heed)
    register_undo("series.tie", _tie, is_dated=True)
    register_undo("series.untie", _untie)
    register_undo("series.set_link", _set_link, is_dated=True)
    register_undo("series.remove_link", _remove_link, is_dated=True)
    register_undo(RENAME_BACK, start_back)


def _unkeep(*, key: str) -> None:
    """A series that has a catalogue by now stays."""
    series = services.get_series(key)
    if not series.is_local:
        raise ChangedSince
    services.unkeep(series)


def _keep_again(*, key: str, root: str, folder: str) -> None:
    series = services.get_series(key, deleted=True)
    home = LibraryRoot.objects.filter(path=root).first()
    if not series.is_deleted or not series.is_local or home is None:
        raise ChangedSince
    keep_again(series, home, folder)


def _release(*, key: str, name: str, year: int | None, since: int) -> None:
    """A series that was given another catalogue since keeps that."""
    series = services.get_series(key)
    locks()
    AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    series.refresh_from_db()
    given = Entry.objects.get(pk=since).after
    if (series.site, series.site_key) != (given["site"], given["site_key"]):
        raise ChangedSince
    services.release_series(series, name=name, year=year)


def _ignore(*, root: str, folder: str) -> None:
    services.ignore_folder(find_folder(root, folder).pk)


def _heed(*, root: str, folder: str) -> None:
    services.heed_folder(find_folder(root, folder).pk)


def _restore(*, key: str) -> None:
    series = services.get_series(key, deleted=True)
    if not series.is_deleted:
        raise ChangedSince
    services.restore_series(series)


def _remove(*, key: str) -> None:
    services.remove_series(services.get_series(key))


def _change(*, key: str, changes: dict[str, Any], left: dict[str, Any], since: int) -> None:
    """Args: left: what the act left behind; where it is something else by now, that stays."""
    series = services.get_series(key)
    AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    if changes.get("follow_season") is not None:
        refuse_moved(series, since)
    series.refresh_from_db()
    if {name: getattr(series, name) for name in left} != left:
        raise ChangedSince
    services.change_series(series, changes)


def _renumber(*, key: str, mapping: list[Any], left: list[Any], since: int) -> None:
    """Ranges lead to numbers of the catalogue, also where there were none in between."""
    series = services.get_series(key)
    AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    series.refresh_from_db()
    refuse_moved(series, since)
    if series.mapping != left:
        raise ChangedSince
    services.set_mapping(series, mapping)


def _suggest_again(*, key: str, mark: str) -> None:
    heed_suggestion(services.get_series(key), mark)


def _tie(*, key: str, numbering: list[Any], position: int, since: int, **facts: Any) -> None:
    series = services.get_series(key)
    AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    refuse_moved(series, since)
    tied_again(series, facts, numbering, position)


def _untie(*, key: str, tie: int) -> None:
    untie_series(services.get_series(key), tie)


def _set_link(
    *,
    key: str,
    season: int,
    number: int,
    link: str,
    language: str,
    since: int,
    episode: int | None = None,
    left: dict[str, str] | None = None,
) -> None:
    series = services.get_series(key)
    now = _number_now(series, (season, number), episode, since)
    _refuse_other_link(series, now, left, since)
    set_link(series, *now, link=link, language=language)


def _remove_link(
    *,
    key: str,
    season: int,
    number: int,
    since: int,
    episode: int | None = None,
    left: dict[str, str] | None = None,
) -> None:
    series = services.get_series(key)
    now = _number_now(series, (season, number), episode, since)
    _refuse_other_link(series, now, left, since)
    remove_link(series, *now)


def _refuse_other_link(
    series: AnimeSeries, number: Number, left: dict[str, str] | None, since: int
) -> None:
    """A link that was set or taken away after the act stays so.

    Args:
        left: the link that the act left behind, empty where it left none; None: the entry is of a
            version that did not keep it, and says no more than ``told`` does.
    """
    there = link_of(series, number)
    if left is not None:
        is_other = there != left
    else:
        after = Entry.objects.get(pk=since).after
        said = {name: after[name] for name in ("host", "language") if name in after}
        is_other = told(there) != said
    if is_other:
        raise ChangedSince


def _number_now(series: AnimeSeries, number: Number, episode: int | None, since: int) -> Number:
    """Args: episode: its id; None: of an entry that has none yet."""
    ids = None if episode is None else [episode]
    now = numbers_now(series, [number], ids, since)
    if not now:
        raise ChangedSince
    return now[0]
