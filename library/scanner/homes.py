"""Which series the folders of a root belong to, also while the owner changes it.

A file belongs to the series whose folder it lies in. A scan looks this up when it begins; what the
owner picks, moves, adds or removes after that is seen when rows are written, and once more when the
root is done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from library.models import AnimeSeries, LibraryRoot, MediaFile, UnmatchedFolder
from library.naming.paths import from_stored, to_stored
from library.services.settle import settle

_FOLDERS_AT_ONCE = 50


def series_by_folder(
    root: LibraryRoot, folders: Collection[str] | None = None
) -> dict[str, tuple[int, str]]:
    """Id and key of the series by folder, as ``os`` knows it.

    Of a removed and an active series for the same folder the active one.

    Args:
        folders: only these, in the stored form.
    """
    rows = AnimeSeries.objects.filter(root=root).exclude(folder="").order_by("-deleted_at")
    if folders is not None:
        rows = rows.filter(folder__in=folders)
    found: dict[str, tuple[int, str]] = {}
    for folder, pk, key, deleted_at in rows.values_list("folder", "pk", "key", "deleted_at"):
        if deleted_at is None or folder not in found:
            found[from_stored(folder)] = (pk, key)
    return found


def former_homes(root: LibraryRoot, folders: Collection[str]) -> dict[str, int]:
    """The series of folders (in the stored form) that are no series' own, by the files in them.

    A folder was renamed while a part of it was away, and that part comes back under the old name.
    """
    rows = MediaFile.objects.filter(
        root=root, folder__in=folders, series__isnull=False, series__deleted_at=None
    ).exclude(folder="")
    found: dict[str, set[int]] = {}
    for folder, series_id in rows.order_by().values_list("folder", "series").distinct():
        if series_id is not None:
            found.setdefault(folder, set()).add(series_id)
    return {folder: series.pop() for folder, series in found.items() if len(series) == 1}


def unlisted(root: LibraryRoot) -> list[str]:
    """The folders, as stored, whose files have no series and that the owner is not asked about."""
    listed = UnmatchedFolder.objects.filter(root=root).values("folder")
    files = MediaFile.objects.present().filter(root=root, series=None).exclude(folder="")
    return sorted(
        files.exclude(folder__in=listed).order_by().values_list("folder", flat=True).distinct()
    )


def bring_home(root: LibraryRoot, before: Mapping[str, tuple[int, str]]) -> None:
    """Hand the files of folders that have another series than ``before`` to that series.

    The owner may have given a folder away while the scan was writing its files.
    """
    now = series_by_folder(root)
    changed = {to_stored(name): home[0] for name, home in now.items() if before.get(name) != home}
    folders = sorted(changed)
    for start in range(0, len(folders), _FOLDERS_AT_ONCE):
        with transaction.atomic():
            _hand_over(root, {name: changed[name] for name in folders[start:][:_FOLDERS_AT_ONCE]})


def _hand_over(root: LibraryRoot, owners: Mapping[str, int]) -> None:
    files = MediaFile.objects.filter(root=root, folder__in=owners).order_by()
    settling: set[int] = set()
    for folder, series_id in files.values_list("folder", "series").distinct():
        if series_id != owners[folder]:
            files.filter(folder=folder, series=series_id).update(series_id=owners[folder])
            settling |= {pk for pk in (series_id, owners[folder]) if pk is not None}
    UnmatchedFolder.objects.filter(root=root, folder__in=owners).delete()
    settle(settling)
