"""Folders no series was found for: the owner says which it is."""

from __future__ import annotations

from django.db import transaction

from library.choices import FileState, UnmatchedReason
from library.errors import NothingToUnmatch, SeriesKnown, UnmatchedNotFound
from library.models import (
    AnimeSeries,
    LibraryRoot,
    MediaFile,
    RefusedFolder,
    UnmatchedFolder,
)
from library.models.quick import first_id
from library.naming.paths import to_shown
from library.services.series import add_series, give_up_folder, restore_series, take_folder
from providers.coded import Coded, coded


def match_folder(folder_id: int | str, *, site: str, key: str) -> AnimeSeries:
    """Give an unmatched folder to a series, taking that into the library where it is new.

    The folder's files count at once, and later scans keep the choice.

    Args:
        site, key: the provider's name and its key of the series.

    Raises:
        UnmatchedNotFound; SeriesKnown: that series has another folder with files in it;
        what ``add_series`` raises.
    """
    row = UnmatchedFolder.objects.select_related("root").filter(pk=folder_id).first()
    if row is None:
        raise UnmatchedNotFound
    if row.folder == "":
        raise UnmatchedNotFound(why="loose")
    known = AnimeSeries.objects.select_related("root").filter(site=site, site_key=key).first()
    if known is None:
        return add_series(site=site, key=key, folder=row.folder, root=row.root)[0]
    if known.files.present().exists():
        raise SeriesKnown(why="in_folder", name=known.name, folder=to_shown(known.folder))
    if known.is_deleted:
        known.folder = ""
        known = restore_series(known)
    # What of it is on a disk that is away is not deleted by that.
    return take_folder(known, row.root, row.folder, keeps_lost=True)


def unmatch_series(series: AnimeSeries) -> UnmatchedFolder:
    """Say that a folder is not the series it was taken for. Returns the folder, now unmatched.

    The series leaves the library. The folder waits for the owner: no scan matches it again.

    Raises:
        NothingToUnmatch: the series has no files.
    """
    if series.root is None or not series.files.exists():
        raise NothingToUnmatch(name=series.name)
    root, folder = series.root, series.folder
    with transaction.atomic():
        give_up_folder(series)
        return _refuse(root, folder, coded("other_series", name=series.name))


def _refuse(root: LibraryRoot, folder: str, detail: Coded) -> UnmatchedFolder:
    RefusedFolder.objects.update_or_create(
        root=root, folder=folder, defaults=RefusedFolder.detail.values(detail)
    )
    return UnmatchedFolder.objects.update_or_create(
        root=root,
        folder=folder,
        defaults={
            "reason": UnmatchedReason.WRONG_SERIES,
            **UnmatchedFolder.detail.values(detail),
            "candidates": [],
        },
    )[0]


def keep_refused(root: LibraryRoot, folder: str) -> bool:
    """List a folder again that the owner has taken from a series, should it have been away.

    Returns whether it is such a one.
    """
    pk = first_id(RefusedFolder, root_id=root.pk, folder=folder)
    refused = RefusedFolder.objects.filter(pk=pk).first() if pk else None
    if refused is None:
        return False
    listed = UnmatchedFolder.objects.filter(root=root, folder=folder)
    if not listed.filter(reason=UnmatchedReason.WRONG_SERIES).exists():
        _refuse(root, folder, refused.detail or coded("other_series", name=""))
    return True


def follow_refused(old: LibraryRoot, folder: str, *, root: LibraryRoot, renamed: str) -> None:
    """A folder the owner has taken from a series has another name, or lies in another root.

    Of the old name it holds too where a part of the folder is away, and may come back under it.
    """
    with transaction.atomic():
        refused = RefusedFolder.objects.filter(root=old, folder=folder).first()
        if refused is None:
            return
        away = MediaFile.objects.filter(root=old, folder=folder, state=FileState.UNAVAILABLE)
        if not away.exists():
            refused.delete()
        RefusedFolder.objects.update_or_create(
            root=root, folder=renamed, defaults=RefusedFolder.detail.values(refused.detail)
        )
