"""Which folder a series has: that the files in it are its own, that no other series has it, and
which one it gave up when it left the library."""

from __future__ import annotations

import logging

from django.db import transaction

from aniworld.journal.models import Entry
from aniworld.journal.services import Undo, record
from library.choices import FileState
from library.entries import LibraryAction, about, place
from library.errors import FolderTaken, NothingToUnmatch
from library.leaving import leaves
from library.models import (
    AnimeSeries,
    Episode,
    LibraryRoot,
    MediaFile,
    RefusedFolder,
    UnmatchedFolder,
)
from library.models.quick import first_id
from library.services.settle import end_holding, settle, without_files

log = logging.getLogger(__name__)


def refuse_taken_folder(series: AnimeSeries) -> None:
    """Raises ``FolderTaken`` where an active series has the folder that this one is to have."""
    if not series.folder:
        return
    place = {"root_id": series.root_id, "folder": series.folder}
    if series.root_id is not None and first_id(AnimeSeries, **place) is None:
        return
    others = AnimeSeries.objects.active().filter(root=series.root, folder=series.folder)
    holder = others.exclude(pk=series.pk).first()
    if holder is not None:
        raise FolderTaken(folder=series.folder, name=holder.name)


def take_files(series: AnimeSeries, *, keeps_lost: bool = False) -> bool:
    """Hand the series the files a scan has found in its folder; returns whether there were any."""
    if not series.folder:  # that would be the loose files of the root
        return False
    if not keeps_lost:
        elsewhere = MediaFile.objects.filter(series=series).exclude(
            root=series.root, folder=series.folder
        )
        elsewhere.filter(state=FileState.UNAVAILABLE).delete()  # the owner says where they are now
        elsewhere.update(series=None)
    place = {"root_id": series.root_id, "folder": series.folder}
    for listed in (UnmatchedFolder, RefusedFolder):  # it is known whose it is
        if first_id(listed, **place) is not None:
            listed.objects.filter(**place).delete()
    has_files = first_id(MediaFile, **place) is not None
    if has_files:
        _take_from_others(series)
    if has_files or not keeps_lost:
        end_holding([series.pk])
    return has_files


def _take_from_others(series: AnimeSeries) -> None:
    """The files of its folder are its own; they may have been those of a series that was removed,
    which stands for them no more."""
    files = MediaFile.objects.filter(root=series.root, folder=series.folder)
    others = Episode.objects.exclude(series=series)
    without_files(others.filter(file__root=series.root, file__folder=series.folder))
    files.update(series=series)


def give_up_folder(series: AnimeSeries, *, undo: Undo | None = None) -> None:
    """Take a series out of the library, and its files from it.

    Should it come back, it gets a folder of its own.

    Args:
        undo: how the very folder comes back. What is known of its episodes stays for that, but
            none stands for a file any more.

    Raises:
        NothingToUnmatch: it is out of the library; somebody was quicker.
    """
    before = place(series)
    lost, series.folder = series.folder, ""  # else it would take files nobody gave it
    with transaction.atomic():
        leaves(series)
        if AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk).is_deleted:
            raise NothingToUnmatch(name=series.name)
        record(LibraryAction.SERIES_UNMATCHED, on=about(series), before=before, undo=undo)
        series.save(update_fields=["folder", "updated_at"])
        series.files.update(series=None)
        if undo is None:
            settle([series.pk])
        else:
            without_files(series.episodes.all())
        end_holding([series.pk])
        series.soft_delete()
    log.info("series unmatched key=%s folder=%s", series.key, lost)


def home_left(series: AnimeSeries) -> tuple[str, str] | None:
    """The root's path and the folder that a series gave up when it left the library last; None
    where it did not, or the journal has forgotten it."""
    left = Entry.objects.about("series", series.key).of_action(LibraryAction.SERIES_UNMATCHED)
    entry = left.newest_first().first()
    return (entry.before["root"], entry.before["folder"]) if entry else None


def take_home(series: AnimeSeries) -> None:
    """Of a series that is nothing but its folder: the one that it was, should it still be free."""
    home = home_left(series)
    root = LibraryRoot.objects.filter(path=home[0]).first() if home else None
    if home is None or root is None:
        return
    if not AnimeSeries.objects.active().filter(root=root, folder=home[1]).exists():
        series.root, series.folder = root, home[1]
