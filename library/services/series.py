"""Taking series into the library, out of it, and changing what the owner decides."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from aniworld.journal.models import Entry
from aniworld.journal.services import Undo, mark_undone, record
from aniworld.sites import configured
from library.entries import LibraryAction, about, place
from library.errors import (
    InvalidKey,
    InvalidLink,
    SeriesKnown,
)
from library.leaving import leaves, locks, returns
from library.models import (
    AnimeSeries,
    LibraryRoot,
)
from library.models.quick import first_id
from library.models.series import KEY_PATTERN
from library.services.covers import keep_cover
from library.services.folders import checked_folder, new_folder, unused_folder
from library.services.following import FOLLOWING, begins_anew, completed, follow_as_set
from library.services.homes import refuse_taken_folder, take_files, take_home
from library.services.numbering import MappingRange, ranges_from_json
from library.services.preferences import refuse_unknown
from library.services.refresh import keep_catalogue
from library.services.roots import first_root
from library.services.settle import recount, settle
from providers.asking import asked_now
from providers.base import EpisodeInfo, SeriesInfo, Site

log = logging.getLogger(__name__)

_CHANGEABLE = ("monitored", "languages", "hosters", "folder", *FOLLOWING)


def add_series(
    *,
    site: str,
    key: str | None = None,
    link: str | None = None,
    folder: str | None = None,
    root: LibraryRoot | None = None,
) -> tuple[AnimeSeries, bool]:
    """Take a series into the library; its site is asked first. Returns it and whether it is new.

    A series the owner had removed is restored (then it is not new). Files that a scan has found
    in the folder already are counted at once.

    Args:
        site: the provider's name.
        key: the provider's key, or
        link: an address of the provider that holds the key.
        folder: the directory's name in the stored form of ``library.naming.paths``; by the naming
            template where not given, or the folder of these words that a scan has found already.
        root: where the folder lies; the first library root where not given.

    Raises:
        SeriesKnown, FolderTaken, InvalidFolder, InvalidLink, InvalidKey, NoLibraryRoot;
        UnknownProvider: the site is not enabled; ProviderError: the site failed.
    """
    asked = configured.site(site)
    site_key = key or _key_of(asked, link or "")
    known = AnimeSeries.objects.filter(site=site, site_key=site_key).first()
    if known is not None:
        return _brought_back(known, folder=folder, root=root), False
    place = root or first_root()
    if folder is not None:
        checked_folder(folder, root=place)
    with asked_now():
        info = asked.series(site_key)
        episodes = asked.episodes(site_key)
    return new_series(asked.name, info, episodes, folder=folder, root=place), True


def new_series(
    site: str,
    info: SeriesInfo,
    episodes: Sequence[EpisodeInfo],
    *,
    folder: str | None,
    root: LibraryRoot,
) -> AnimeSeries:
    """Write a series a site has described.

    Raises:
        SeriesKnown, FolderTaken, InvalidKey.
    """
    series = create_row(
        site=site, site_key=info.key, name=info.name, year=info.year, folder=folder, root=root
    )
    keep_catalogue(series, info, episodes)
    keep_cover(series)
    log.info("series added key=%s site=%s folder=%s", series.key, site, series.folder)
    return series


def create_row(
    *,
    site: str,
    site_key: str,
    name: str,
    year: int | None,
    folder: str | None,
    root: LibraryRoot,
) -> AnimeSeries:
    """Write the bare row of a series and hand it the files of its folder.

    Args:
        folder: one that is there, or has been checked; a new one by the naming template where not
            given.

    Raises:
        SeriesKnown, FolderTaken, InvalidKey.
    """
    key = free_key(site, site_key)
    series = AnimeSeries(
        key=key,
        site=site,
        site_key=site_key,
        name=name[:500],
        year=year,
        root=root,
        folder=folder or new_folder(root, name=name, year=year, key=key, site_key=site_key),
    )
    series.index_words()
    if not series.is_local:
        follow_as_set(series)
    refuse_taken_folder(series)
    try:
        with transaction.atomic():
            series.save(force_insert=True)
            # A new series has no files elsewhere, and no episodes: that spares looks.
            if take_files(series, keeps_lost=True):
                settle([series.pk])
            origin = {"site": site, "site_key": site_key}
            record(
                LibraryAction.SERIES_ADDED,
                on=about(series),
                after=origin | place(series),
                undo=Undo("series.unkeep", {"key": key}) if series.is_local else None,
            )
    except IntegrityError as error:  # another process was quicker
        raise SeriesKnown(name=name) from error
    return series


def free_key(site: str, site_key: str) -> str:
    """Return the key a new series gets: the site's own, or ``site~key`` where that is taken.

    Raises:
        InvalidKey: it cannot stand in an address.
    """
    taken = first_id(AnimeSeries, key=site_key) is not None
    key = f"{site}~{site_key}" if taken else site_key
    if not KEY_PATTERN.fullmatch(key) or len(key) > 255:
        raise InvalidKey(key=key[:80])
    return key


def remove_series(series: AnimeSeries) -> None:
    """Take a series out of the library. Its files stay; it can be restored."""
    with transaction.atomic():
        leaves(series)
        row = AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        if row.is_deleted:  # somebody was quicker: it is as it was wanted
            series.deleted_at = row.deleted_at
            return
        series.soft_delete()
        back = Undo("series.restore", {"key": series.key})
        record(LibraryAction.SERIES_REMOVED, on=about(series), undo=back)
    log.info("series removed key=%s", series.key)


def restore_series(series: AnimeSeries, *, again: str = "series.remove") -> AnimeSeries:
    """Bring a removed series back. One that somebody has brought back meanwhile stays as it is.

    Args:
        again: the function behind the handle by which this is undone; it gets the series' key.

    Raises:
        FolderTaken: its folder went to another series.
    """
    with transaction.atomic():
        if not is_still_away(series):
            series.refresh_from_db()
            return series
        if series.is_local and not series.folder:
            take_home(series)
        refuse_taken_folder(series)
        returns(series)
        if not series.folder and series.root is not None:  # see give_up_folder
            series.folder = unused_folder(series, series.root)
        series.save(update_fields=["folder", "root", "updated_at"])
        series.restore()
        take_files(series)
        settle([series.pk])
        _record_restored(series, again)
    series.refresh_from_db()
    log.info("series restored key=%s", series.key)
    return series


def is_still_away(series: AnimeSeries) -> bool:
    """Lock a removed series for the one who brings it back; False where somebody was quicker. Call
    inside ``atomic()``, before any other row is taken."""
    locks()
    return AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk).is_deleted


def _record_restored(series: AnimeSeries, again: str) -> None:
    """However it came back: its removal is undone with that."""
    back = Undo(again, {"key": series.key})
    entry = record(LibraryAction.SERIES_RESTORED, on=about(series), after=place(series), undo=back)
    gone = [LibraryAction.SERIES_REMOVED]
    if series.is_local:  # its folder is back with it
        gone.append(LibraryAction.SERIES_UNMATCHED)
    removals = Entry.objects.about("series", series.key).filter(action__in=gone)
    mark_undone(removals, by=entry)


def set_monitored(series: AnimeSeries, monitored: bool) -> AnimeSeries:
    """Say whether what is missing of a series is wanted."""
    return change_series(series, {"monitored": monitored})


def change_series(series: AnimeSeries, changes: Mapping[str, Any]) -> AnimeSeries:
    """Change what the owner decides: ``monitored``, ``languages``, ``hosters``, ``folder``, and
    what is fetched by itself (``library.services.following.FOLLOWING``).

    The folder is not renamed on disk: it says where the series is.

    Raises:
        InvalidFolder, FolderTaken, InvalidPreferences, InvalidFollowing.
    """
    refuse_unknown(changes)
    changes = completed(series, changes)
    changed = [name for name in _CHANGEABLE if name in changes]
    since = ["follow_since"] if begins_anew(series, changes) else []
    if since:
        series.follow_since = timezone.now()
    moved = "folder" in changes and changes["folder"] != series.folder
    if moved:
        checked_folder(changes["folder"], root=series.root)
    for name in changed:
        setattr(series, name, changes[name])
    refuse_taken_folder(series)
    with transaction.atomic():
        _record_changed(series, changed)
        series.save(update_fields=[*changed, *since, "updated_at"])
        if moved:
            take_files(series)
            settle([series.pk])
        else:
            recount([series.pk])
    series.refresh_from_db()
    return series


def _record_changed(series: AnimeSeries, names: Sequence[str]) -> None:
    """Compare with the row: the object may be older than it, or be a form's."""
    row = AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    before = {n: getattr(row, n) for n in names if getattr(row, n) != getattr(series, n)}
    if before:
        after = {name: getattr(series, name) for name in before}
        left = {**after, "root_id": row.root_id}  # a folder of that name in another root is another
        back = Undo("series.change", {"key": series.key, "changes": before, "left": left})
        record(
            LibraryAction.SERIES_CHANGED, on=about(series), before=before, after=after, undo=back
        )


def set_mapping(series: AnimeSeries, mapping: Any) -> AnimeSeries:
    """Set the ranges that tie the provider's numbers to the library's.

    Raises:
        InvalidMapping: see ``library.services.numbering``.
    """
    ranges = [entry.as_json() for entry in ranges_from_json(mapping)]
    with transaction.atomic():
        row = AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        if row.mapping != ranges:
            _record_renumbered(row, ranges)
        AnimeSeries.objects.filter(pk=series.pk).update(mapping=ranges)
        settle([series.pk])
    series.refresh_from_db()
    return series


def _record_renumbered(series: AnimeSeries, ranges: Sequence[MappingRange]) -> None:
    facts = {"key": series.key, "mapping": series.mapping, "left": ranges}
    record(
        LibraryAction.SERIES_RENUMBERED,
        on=about(series),
        before={"mapping": series.mapping},
        after={"mapping": ranges},
        undo=Undo("series.renumber", facts),
    )


def take_folder(
    series: AnimeSeries, root: LibraryRoot, folder: str, *, keeps_lost: bool = False
) -> AnimeSeries:
    """Give a series the folder a scan has found for it, and the files in it.

    Args:
        folder: in the stored form of ``library.naming.paths``.
        keeps_lost: the files known of it elsewhere stay its own: nobody has said that they are
            no more, and the brake is to hold what of them has gone.

    Raises:
        FolderTaken.
    """
    before = place(series)
    series.root, series.folder = root, folder
    refuse_taken_folder(series)
    with transaction.atomic():
        if (after := place(series)) != before:
            record(LibraryAction.SERIES_MATCHED, on=about(series), before=before, after=after)
        series.save(update_fields=["root", "folder", "updated_at"])
        take_files(series, keeps_lost=keeps_lost)
        settle([series.pk])
    series.refresh_from_db()
    return series


def _key_of(site: Site, link: str) -> str:
    found = site.key_from_link(link) if link else None
    if not found:
        raise InvalidLink(link=link[:200], site=site.name)
    return found


def _brought_back(
    known: AnimeSeries, *, folder: str | None, root: LibraryRoot | None
) -> AnimeSeries:
    if not known.is_deleted:
        raise SeriesKnown(why="as_key", name=known.name, key=known.key)
    if not folder:
        return restore_series(known)
    known.root = root or known.root
    known.folder = checked_folder(folder, root=known.root)
    refuse_taken_folder(known)
    with transaction.atomic():
        if not is_still_away(known):
            raise SeriesKnown(why="as_key", name=known.name, key=known.key)
        known.save(update_fields=["folder", "root", "updated_at"])
        return restore_series(known)
