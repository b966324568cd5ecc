"""Folders no series was found for: the owner says which it is."""

from __future__ import annotations

from django.db import transaction

from aniworld.journal.services import Undo, record
from aniworld.sites import configured
from library.choices import FileState, UnmatchedReason
from library.entries import LibraryAction, about_folder
from library.errors import NoSiteChosen, NothingToUnmatch, SeriesKnown, UnmatchedNotFound
from library.models import (
    AnimeSeries,
    LibraryRoot,
    MediaFile,
    RefusedFolder,
    ScanOperation,
    UnmatchedFolder,
)
from library.models.quick import first_id
from library.naming.paths import to_shown
from library.services import scans
from library.services.homes import give_up_folder
from library.services.local import unkeep
from library.services.series import add_series, restore_series, take_folder
from providers.coded import Coded, coded

IGNORE, HEED = "folder.ignore", "folder.heed"  # the functions behind the handles


def match_folder(folder_id: int | str, *, site: str, key: str) -> AnimeSeries:
    """Give an unmatched folder to a series, taking that into the library where it is new.

    The folder's files count at once, and later scans keep the choice.

    Args:
        site, key: the provider's name and its key of the series.

    Raises:
        UnmatchedNotFound; SeriesKnown: that series has another folder with files in it;
        what ``add_series`` raises.
    """
    row = waiting_folder(folder_id)
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
    if series.is_local and (row := unkeep(series)) is not None:
        return row
    root, folder = series.root, series.folder
    with transaction.atomic():
        give_up_folder(series)
        return _refuse(root, folder, coded("other_series", name=series.name))


def _refuse(root: LibraryRoot, folder: str, detail: Coded) -> UnmatchedFolder:
    refused = RefusedFolder.objects.update_or_create(
        root=root, folder=folder, defaults=RefusedFolder.detail.values(detail)
    )[0]
    return _list(root, folder, refused)


def _list(root: LibraryRoot, folder: str, refused: RefusedFolder) -> UnmatchedFolder:
    return UnmatchedFolder.objects.update_or_create(
        root=root,
        folder=folder,
        defaults={
            "reason": _reason_of(refused),
            **UnmatchedFolder.detail.values(refused.detail),
            "candidates": [],
        },
    )[0]


def _reason_of(refused: RefusedFolder) -> UnmatchedReason:
    return UnmatchedReason.IGNORED if refused.is_ignored else UnmatchedReason.WRONG_SERIES


def ignore_folder(folder_id: int | str) -> UnmatchedFolder:
    """Ask no more which series a folder is: no scan does, and it counts among none that wait.

    Raises:
        UnmatchedNotFound: it waits no more.
    """
    row = waiting_folder(folder_id)
    if row.reason == UnmatchedReason.IGNORED:
        return row
    with transaction.atomic():
        back = Undo(HEED, {"root": row.root.path, "folder": row.folder})
        record(LibraryAction.FOLDER_IGNORED, on=about_folder(row.root, row.folder), undo=back)
        RefusedFolder.objects.update_or_create(
            root=row.root, folder=row.folder, defaults={"is_ignored": True}
        )
        row.reason = UnmatchedReason.IGNORED
        row.save(update_fields=["reason", "updated_at"])
    return row


def heed_folder(folder_id: int | str) -> UnmatchedFolder:
    """Ask again which series an ignored folder is; the next scan asks the sites, unless the owner
    has taken it from a series before.

    Raises:
        UnmatchedNotFound: it waits no more.
    """
    row = waiting_folder(folder_id)
    if row.reason != UnmatchedReason.IGNORED:
        return row
    with transaction.atomic():
        back = Undo(IGNORE, {"root": row.root.path, "folder": row.folder})
        record(LibraryAction.FOLDER_HEEDED, on=about_folder(row.root, row.folder), undo=back)
        refused = RefusedFolder.objects.filter(root=row.root, folder=row.folder)
        was_taken = refused.exclude(detail_code="").update(is_ignored=False)
        refused.filter(is_ignored=True).delete()
        row.reason = UnmatchedReason.WRONG_SERIES if was_taken else _untaken(row)
        row.save(update_fields=["reason", "updated_at"])
    return row


def _untaken(row: UnmatchedFolder) -> UnmatchedReason:
    return UnmatchedReason.NOT_ASKED if row.folder else UnmatchedReason.LOOSE_FILES


def ask_again() -> ScanOperation:
    """Ask the sites for every folder that waits, in a scan: it tells how far it is, keeps to the
    pace of the sites, and can be cancelled.

    What the owner ignores, or has taken from a series, is left alone.

    Raises:
        NoSiteChosen: none is enabled; what ``library.services.scans.start`` raises.
    """
    if not configured.site_names():
        raise NoSiteChosen
    waiting = UnmatchedFolder.objects.waiting().exclude(folder="")
    waiting.exclude(reason=UnmatchedReason.WRONG_SERIES).update(reason=UnmatchedReason.NOT_ASKED)
    return scans.start()


def find_folder(root: str, folder: str) -> UnmatchedFolder:
    """The row of a folder. Raises ``UnmatchedNotFound``."""
    rows = UnmatchedFolder.objects.select_related("root")
    found = rows.filter(root__path=root, folder=folder).first()
    if found is None:
        raise UnmatchedNotFound
    return found


def waiting_folder(folder_id: int | str) -> UnmatchedFolder:
    """The row of a folder without a series. Raises ``UnmatchedNotFound``."""
    row = UnmatchedFolder.objects.select_related("root").filter(pk=folder_id).first()
    if row is None:
        raise UnmatchedNotFound
    return row


def keep_refused(root: LibraryRoot, folder: str) -> bool:
    """List a folder again that the owner has taken from a series, should it have been away.

    Returns whether it is such a one.
    """
    pk = first_id(RefusedFolder, root_id=root.pk, folder=folder)
    refused = RefusedFolder.objects.filter(pk=pk).first() if pk else None
    if refused is None:
        return False
    listed = UnmatchedFolder.objects.filter(root=root, folder=folder)
    if not listed.filter(reason=_reason_of(refused)).exists():
        _list(root, folder, refused)
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
            root=root,
            folder=renamed,
            defaults={
                **RefusedFolder.detail.values(refused.detail),
                "is_ignored": refused.is_ignored,
            },
        )
