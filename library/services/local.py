"""Series without a catalogue: a folder that is kept as a series of its own, by its files alone.

Their ``site`` is empty, so no site is ever asked for them, and nothing of them is missing: episodes
are what the names of the files say. Later one can be tied to a catalogue, and released again.
"""

from __future__ import annotations

import logging
import re
import unicodedata

from django.db import IntegrityError, transaction

from aniworld.journal.services import Undo, record
from aniworld.sites import configured
from library.choices import Follow, UnmatchedReason
from library.entries import LibraryAction, about
from library.errors import NotLocal, SeriesKnown, UnmatchedNotFound
from library.leaving import leaves
from library.models import (
    Airing,
    AnimeSeries,
    Availability,
    CatalogueChange,
    Episode,
    LibraryRoot,
    OwnLink,
    SeriesTie,
    UnmatchedFolder,
)
from library.models.series import LOCAL
from library.services.covers import keep_cover
from library.services.homes import give_up_folder, home_left
from library.services.refresh import keep_catalogue
from library.services.series import (
    create_row,
    is_still_away,
    remove_series,
    restore_series,
)
from library.services.settle import settle
from providers.asking import asked_now

log = logging.getLogger(__name__)

# The functions behind the handles.
RELEASE, UNKEEP, KEEP_AGAIN = "series.release", "series.unkeep", "series.keep_again"
_LONGEST_KEY = 80
# Words that stand where a key does in addresses. Digits alone are a number of the database there.
_ROUTES = frozenset({"search", "rescan", "unmatched"})
_NO_KEY = re.compile(r"[^a-z0-9]+")


def keep_folder(folder_id: int | str, *, name: str, year: int | None = None) -> AnimeSeries:
    """Keep an unmatched folder as a series of its own, without a catalogue.

    One that was this very folder before, by this name, comes back with all that hung on it.

    Args:
        name: what it is called.
        year: of its first episode, where that is known.

    Raises:
        UnmatchedNotFound: it waits no more, or is no folder.
        FolderTaken: a series holds it.
        SeriesKnown: another process was quicker.
    """
    row = UnmatchedFolder.objects.select_related("root").filter(pk=folder_id).first()
    if row is None:
        raise UnmatchedNotFound
    if row.folder == "":
        raise UnmatchedNotFound(why="loose")
    shown = name.strip() or row.folder
    if (earlier := _earlier(row, shown, year)) is not None:
        earlier.year = year or earlier.year
        return keep_again(earlier, row.root, row.folder)
    series = create_row(
        site=LOCAL,
        site_key=_free_key(shown),
        name=shown,
        year=year,
        folder=row.folder,
        root=row.root,
    )
    log.info("folder kept as series key=%s folder=%s", series.key, series.folder)
    return series


def unkeep(series: AnimeSeries) -> UnmatchedFolder | None:
    """Take back that a folder is a series of its own: it is unmatched again, and its files stay.

    What hangs on the series stays with it, out of sight: it can come back as it was.

    Returns:
        The folder; None where the series had none.

    Raises:
        NotLocal: it has a catalogue by now.
    """
    _refuse_tied(series)
    root, folder = series.root, series.folder
    if root is None or not folder:
        remove_series(series)
        return None
    with transaction.atomic():
        back = Undo(KEEP_AGAIN, {"key": series.key, "root": root.path, "folder": folder})
        give_up_folder(series, undo=back)
        return UnmatchedFolder.objects.update_or_create(
            root=root,
            folder=folder,
            defaults={
                "reason": UnmatchedReason.NOT_ASKED,
                **UnmatchedFolder.detail.values(None),
                "candidates": [],
            },
        )[0]


def keep_again(series: AnimeSeries, root: LibraryRoot, folder: str) -> AnimeSeries:
    """Bring a series back that was one of its own, with its folder and all that hangs on it.

    Args:
        folder: as stored.

    Raises:
        FolderTaken: the folder is another series' by now.
        SeriesKnown: it is in the library; somebody was quicker.
    """
    with transaction.atomic():
        if not is_still_away(series):
            raise SeriesKnown(why="as_key", name=series.name, key=series.key)
        series.root, series.folder = root, folder
        series.save(update_fields=["root", "folder", "year", "updated_at"])
        restored = restore_series(series, again=UNKEEP)
    log.info("folder kept again as series key=%s folder=%s", series.key, folder)
    return restored


def _earlier(row: UnmatchedFolder, name: str, year: int | None) -> AnimeSeries | None:
    """The series of this name that this very folder was, and is not any more. Two films may have
    one name: what another folder was stays that folder's, and what has another year is another."""
    left = AnimeSeries.objects.filter(site=LOCAL, root=row.root, folder="", name=name[:500])
    for series in left.exclude(deleted_at=None).order_by("-deleted_at"):
        is_of_year = None in (year, series.year) or year == series.year
        if is_of_year and home_left(series) == (row.root.path, row.folder):
            return series
    return None


def give_catalogue(series: AnimeSeries, *, site: str, key: str) -> AnimeSeries:
    """Give a series without a catalogue that of a site. Its key, files and history stay.

    Args:
        site, key: the provider's name and its key of the series.

    Raises:
        NotLocal: it has a catalogue already.
        SeriesKnown: another series of the library has that one, removed ones included.
        UnknownProvider: the site is not enabled; ProviderError: it failed.
    """
    _refuse_tied(series)
    _refuse_known(site, key)
    asked = configured.site(site)
    with asked_now():
        info, episodes = asked.series(key), asked.episodes(key)
    with transaction.atomic():
        row = AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        _refuse_tied(row)
        _refuse_known(asked.name, info.key)
        before = {"site": row.site, "name": row.name, "year": row.year}
        record(
            LibraryAction.CATALOGUE_GIVEN,
            on=about(series),
            before=before,
            after={"site": asked.name, "site_key": info.key, "name": info.name},
            undo=Undo(RELEASE, {"key": row.key, "name": row.name, "year": row.year}),
        )
        series.site, series.site_key = asked.name, info.key
        try:
            with transaction.atomic():
                series.save(update_fields=["site", "site_key", "updated_at"])
        except IntegrityError as error:  # another process was quicker
            raise SeriesKnown(name=info.name) from error
        keep_catalogue(series, info, episodes)
    keep_cover(series)
    log.info("series tied key=%s site=%s site_key=%s", series.key, site, info.key)
    return series


def release_series(series: AnimeSeries, *, name: str, year: int | None) -> AnimeSeries:
    """Take a series' catalogue from it: what is left are its files. What waits in the queue goes.

    Args:
        name, year: what it was called before it had one.

    Raises:
        NotLocal: it has none.
    """
    if series.is_local:
        raise NotLocal(why="already", name=series.name)
    with transaction.atomic():
        leaves(series)
        AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        series.refresh_from_db()
        if series.is_local:
            raise NotLocal(why="already", name=series.name)
        record(
            LibraryAction.SERIES_RELEASED,
            on=about(series),
            before={"site": series.site, "site_key": series.site_key, "name": series.name},
            after={"name": name},
        )
        _forget_catalogue(series)
        series.site, series.site_key, series.follow = LOCAL, series.key, Follow.OFF
        series.follow_season = None
        series.name, series.year = name[:500], year
        series.index_words()
        series.save()
        settle([series.pk])
    series.refresh_from_db()
    return series


def _forget_catalogue(series: AnimeSeries) -> None:
    # Ties, links and ranges speak of the numbers of the catalogue that goes.
    for model in (Availability, Airing, CatalogueChange, SeriesTie, OwnLink):
        model._default_manager.filter(series=series).delete()
    Episode.objects.filter(series=series).update(
        listed=False, title="", original_title="", languages=[], hosters=[]
    )
    series.link = series.description = series.status = series.cover_url = ""
    series.alternative_names, series.genres, series.ids, series.episode_dict = [], [], {}, {}
    series.end_year = series.refreshed_at = series.first_read_at = series.asked_at = None
    series.error = None
    series.catalogue_held, series.held = False, None
    series.mapping = []


def _refuse_tied(series: AnimeSeries) -> None:
    if not series.is_local:
        raise NotLocal(name=series.name, site=series.site)


def _refuse_known(site: str, key: str) -> None:
    known = AnimeSeries.objects.filter(site=site, site_key=key).first()
    if known is not None and known.is_deleted:
        raise SeriesKnown(why="removed", name=known.name, key=known.key)
    if known is not None:
        raise SeriesKnown(why="as_key", name=known.name, key=known.key)


def _free_key(name: str) -> str:
    """A key made of the name, or of nothing where that has no Latin letter, that nobody has."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    base = _NO_KEY.sub("-", plain).strip("-")[:_LONGEST_KEY].strip("-") or "series"
    if base.isdigit() or base in _ROUTES:
        base = f"series-{base}"
    taken = set(AnimeSeries.objects.filter(key__startswith=base).values_list("key", flat=True))
    number = 1
    key = base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key
