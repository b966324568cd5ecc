"""Files of several series go into the recycle bin as one act, each by the way of its series."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from library.errors import LibraryError, NotBinned, NothingToDelete
from library.models import AnimeSeries, MediaFile
from library.recycling.delete import delete_files
from library.recycling.look import DISKS, Going, look
from library.recycling.operation import Outcome
from library.renaming.disks import Disks


def look_at(
    files: Sequence[MediaFile], disks: Disks = DISKS
) -> tuple[list[Going], list[MediaFile]]:
    """What would go, by series, and the files that belong to none: they stay.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    by_series, free = _by_series(files)
    return [look(series, some, disks) for series, some in by_series], free


def delete_several(
    files: Sequence[MediaFile], *, for_good: bool = False, disks: Disks = DISKS
) -> Outcome:
    """Move files into the bin, each with what lies beside it. What is refused for one series stops
    none of the others.

    Args:
        for_good: the owner knows that they do not stay, where the bin is off.

    Raises:
        NothingToDelete: there are no files.
        BinIsOff, NotBinned, ScanRunning, RenamingRunning, RecyclingRunning: nothing went at all.
        ConfigError: the configuration cannot be read.
    """
    by_series, free = _by_series(files)
    if not by_series and not free:
        raise NothingToDelete
    whole = Outcome(str(uuid.uuid4()))
    whole.left += [(file.path, NotBinned(why="no_series")) for file in free]
    refusal: LibraryError | None = None
    for series, some in by_series:
        try:
            outcome = delete_files(series, some, for_good=for_good, act=whole.act, disks=disks)
        except LibraryError as error:
            refusal = refusal or error
            whole.left += [(file.path, error) for file in some]
            continue
        whole.videos += outcome.videos
        whole.bytes += outcome.bytes
        whole.left += outcome.left
    if not whole.videos:
        raise refusal or whole.left[0][1]
    return whole


def _by_series(
    files: Sequence[MediaFile],
) -> tuple[list[tuple[AnimeSeries, list[MediaFile]]], list[MediaFile]]:
    found: dict[int, tuple[AnimeSeries, list[MediaFile]]] = {}
    free = []
    for file in files:
        if file.series is None:
            free.append(file)
        else:
            found.setdefault(file.series.pk, (file.series, []))[1].append(file)
    in_order = sorted(found.values(), key=lambda one: (one[0].sort_name, one[0].pk))
    return in_order, free
