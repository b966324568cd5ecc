"""Whether the series around one have lost files as well.

A scan of one series sees a few files gone, and not the pool that has lost a disk. So before it
believes them, it looks whether the files of some others are there: a bounded number of them, only
where something has gone.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.db.models import F

from aniworld.config.reach import Ask
from library.errors import MassRemoval
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.naming.paths import from_stored
from library.scanner.entries import is_away
from library.scanner.signs import Toll
from library.scanner.tolls import ShowId, losing

SERIES_ASKED, FILES_ASKED = 40, 1000


@dataclass(slots=True)
class Neighbours:
    """The series that were looked at: ``tolls`` of those that lack files."""

    waits_for_the_owner: bool = False
    tolls: list[Toll] = field(default_factory=list)
    shows: int = 0
    episodes: int = 0


def neighbours_of(series: Collection[int], roots: Sequence[LibraryRoot], ask: Ask) -> Neighbours:
    """Look at some series that share a root with these.

    Where one of them, or a root, waits for the owner's word already, nothing is looked at: what has
    gone now went in the same way, until the owner says what it was.
    """
    others = AnimeSeries.objects.filter(root__in=roots).exclude(pk__in=series)
    frozen = {MassRemoval.code, MassRemoval.other_disk}
    if others.filter(removal_held=True).exists() or frozen & {one.frozen_reason for one in roots}:
        return Neighbours(waits_for_the_owner=True)
    there = others.filter(downloaded_count__gt=0).annotate(
        had=F("downloaded_count") + F("unavailable_count")
    )
    known = dict(there.order_by("?").values_list("pk", "had")[:SERIES_ASKED])
    gone = _gone(known, ask)
    tolls = [show.toll for show in losing(gone)]
    return Neighbours(False, tolls, len(known), sum(known.values()))


def _gone(series: Collection[int], ask: Ask) -> dict[ShowId, set[int]]:
    """The ids of the files that are not where they were, by series."""
    files = MediaFile.objects.present().filter(series__in=list(series)).order_by("series", "pk")
    by_root: dict[str, list[tuple[int, int, str]]] = {}
    rows = files.values_list("root__path", "series", "pk", "path")[:FILES_ASKED]
    for root, series_id, pk, path in rows:
        if series_id is not None:
            by_root.setdefault(root, []).append((series_id, pk, path))
    gone: dict[ShowId, set[int]] = {}
    for root, asked in by_root.items():
        for series_id, pk in ask(root, partial(_not_there, root, asked)):
            gone.setdefault(series_id, set()).add(pk)
    return gone


def _not_there(root: str, files: Sequence[tuple[int, int, str]]) -> list[tuple[int, int]]:
    return [
        (series_id, pk)
        for series_id, pk, path in files
        if not _is_there(os.fsencode(f"{root}/") + _bytes(path))
    ]


def _bytes(path: str) -> bytes:
    return os.fsencode(from_stored(path))


def _is_there(path: bytes) -> bool:
    """Of a file that one may not ask for nothing is known."""
    try:
        os.stat(path)  # noqa: PTH116 - paths are bytes here
    except OSError as error:
        return not is_away(error)
    return True
