"""Writing what a scan found, in short transactions that each leave the library consistent.

A folder's files, the episodes that follow from them, the counters and the directories' mtimes are
written together: a scan that is killed between two transactions has simply got less far.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from library.choices import FileState
from library.matching.matcher import Match
from library.models import AnimeSeries, LibraryRoot, MediaFile, ScannedDirectory, UnmatchedFolder
from library.naming.paths import from_stored, to_stored
from library.scanner import erosion
from library.scanner.columns import ReadColumns
from library.scanner.diff import FolderChange
from library.scanner.erosion import Lost
from library.scanner.found import SeenFile
from library.scanner.homes import former_homes, series_by_folder
from library.scanner.rows import KnownFile, insert_files, remember_directories, update_files
from library.scanner.tolls import ShowId, replaced_among
from library.services.arrivals import DOWNLOADED_RULE
from library.services.settle import end_holding, settle

# Nobody else writes meanwhile: a transaction is kept this short, in seconds, whatever the disk.
LONG_ENOUGH, TOO_LONG = 0.020, 0.040
FEWEST_ROWS, MOST_ROWS = 250, 1000
IDS_AT_ONCE = 500


@dataclass(slots=True)
class Counts:
    """How many files a scan has written so far, by what happened to them. One that was moved has
    changed; what the owner is asked about has gone."""

    new: int = 0
    changed: int = 0
    gone: int = 0


@dataclass(slots=True)
class Writer:
    """Collects rows of one root and writes many at once.

    ``began`` is when the scan began: a file that came since then may have been read as missing.
    """

    root: LibraryRoot
    full: bool
    counts: Counts
    began: datetime
    _rows_at_once: int = 500
    _now: Any = None
    _inserts: list[Sequence[Any]] = field(default_factory=list)
    _updates: list[tuple[str, Sequence[Any]]] = field(default_factory=list)  # by stored folder
    _gone: list[int] = field(default_factory=list)
    _lost: list[int] = field(default_factory=list)
    _believed: list[Lost] = field(default_factory=list)
    _directories: list[Sequence[Any]] = field(default_factory=list)
    _settling: set[int] = field(default_factory=set)
    _held: dict[int, tuple[str, bool]] = field(default_factory=dict)  # folder, whether it is held

    def add(
        self, change: FolderChange, series_id: int | None, columns: Iterator[ReadColumns]
    ) -> None:
        """Take in what is different in one folder; written with the next :meth:`flush`.

        Args:
            columns: what the names say of the new files, then of the changed and the returned
                ones, with ``full`` then of the others; so many are taken from it.
        """
        self._now = self._now or connection.ops.adapt_datetimefield_value(timezone.now())
        self._insert(change, series_id, columns)
        self._change(change, series_id, columns)
        self._take_away(change)
        if not change.held:
            self._remember(change)
        if series_id is not None:
            if change.new:
                self._settling.add(series_id)
            if change.gone or change.returned or (change.away and change.held):
                held = change.held or self._held.get(series_id, ("", False))[1]
                self._held[series_id] = (to_stored(change.name), held)
        if self._pending >= self._rows_at_once:
            self.flush()

    def flush(self) -> None:
        """Write everything taken in so far, in one transaction."""
        if not self._pending:
            return
        started = time.monotonic()
        with transaction.atomic():
            self._follow_the_owner()
            inserted = insert_files(self._inserts)
            update_files([row for _, row in self._updates])
            self._write_states()
            erosion.remember(self._believed)
            remember_directories(self._directories)
            settle(self._settling, inserted)
            self._write_held()
            if self._updates or self._gone or self._held:
                end_holding(self._settling | self._held.keys())
        self._adapt(time.monotonic() - started)
        for rows in (self._inserts, self._updates, self._gone, self._lost, self._believed):
            rows.clear()
        self._directories.clear()
        self._settling.clear()
        self._held.clear()

    def _follow_the_owner(self) -> None:
        """Hand files to the series that has their folder now; it may be another one since."""
        told = {row[3]: row[1] for row in self._inserts}
        told |= {folder: row[0] for folder, row in self._updates}
        homes = series_by_folder(self.root, told) if told else {}
        strange = [folder for folder in told if from_stored(folder) not in homes]
        former = former_homes(self.root, strange) if strange else {}
        now = {folder: homes.get(from_stored(folder), (former.get(folder),))[0] for folder in told}
        if now != told:
            self._inserts = [(row[0], now[row[3]], *row[2:]) for row in self._inserts]
            self._updates = [(folder, (now[folder], *row[1:])) for folder, row in self._updates]
            self._settling |= {pk for pk in now.values() if pk is not None}

    def _adapt(self, seconds: float) -> None:
        if seconds > TOO_LONG:
            self._rows_at_once = max(self._rows_at_once // 2, FEWEST_ROWS)
        elif seconds < LONG_ENOUGH and self._pending >= self._rows_at_once:
            self._rows_at_once = min(self._rows_at_once * 2, MOST_ROWS)

    @property
    def _pending(self) -> int:
        files = len(self._inserts) + len(self._updates)
        gone = len(self._gone) + len(self._lost)
        return files + gone + len(self._directories) + len(self._settling)

    def _insert(
        self, change: FolderChange, series_id: int | None, columns: Iterator[ReadColumns]
    ) -> None:
        root_id, folder, now = self.root.pk, to_stored(change.name), self._now
        for portion in _portions(change.new, FEWEST_ROWS):
            if len(self._inserts) >= 2 * self._rows_at_once:  # else a series is settled but once
                if series_id is not None:
                    self._settling.add(series_id)
                self.flush()
            said = islice(columns, len(portion))
            self._inserts += [
                (root_id, series_id, to_stored(path), folder, size, mtime_ns, *read, now)
                for (path, size, mtime_ns), read in zip(portion, said, strict=True)
            ]
        self.counts.new += len(change.new) - change.arrived
        self.counts.changed += change.arrived

    def _change(
        self, change: FolderChange, series_id: int | None, columns: Iterator[ReadColumns]
    ) -> None:
        folder = to_stored(change.name)

        def update(known: KnownFile, seen: SeenFile, read: ReadColumns) -> None:
            self.counts.changed += 1
            row = (series_id, seen.size, seen.mtime_ns, *read, self._now, known.id)
            self._updates.append((folder, row))
            self._settling.update(pk for pk in (series_id, known.series_id) if pk is not None)

        for known, seen in change.changed:
            update(known, seen, next(columns))
        for known in change.returned:  # the name may be read in another way by now
            update(known, known.seen, _kept(known, next(columns)))
        for known in change.same if self.full else ():
            read = _kept(known, next(columns))
            if read != known.columns or series_id != known.series_id:
                update(known, known.seen, read)

    def _take_away(self, change: FolderChange) -> None:
        let_go = [*change.replaced, *(() if change.held else change.gone)]
        lost = change.lost if change.held else change.away
        self._gone += [known.id for known in let_go]
        self._believed += change.believed
        self._lost += [known.id for known in lost if known.state == FileState.PRESENT]
        self.counts.gone += sum(1 for known in let_go if known.id not in change.left)
        self.counts.gone += len(lost) if change.held else 0
        self._settling.update(
            known.series_id
            for known in (*change.gone, *change.replaced, *change.away)
            if known.series_id is not None
        )

    def _remember(self, change: FolderChange) -> None:
        now = time.time_ns()
        self._directories += [
            (self.root.pk, to_stored(path), *remembered, now)
            for path, remembered in change.folder.directories.items()
        ]

    def _write_held(self) -> None:
        """Whether the owner is asked about a series. Of a folder that it has left meanwhile files
        may be held while nothing is of this one."""
        for series_id, (folder, held) in self._held.items():
            series = AnimeSeries.objects.filter(pk=series_id)
            if not held:
                lost = MediaFile.objects.filter(series=series_id, state=FileState.UNAVAILABLE)
                elsewhere = lost.exclude(root=self.root, folder=folder)
                series = series.exclude(pk__in=elsewhere.values("series"))
            series.update(removal_held=held)

    def _write_states(self) -> None:
        # A download that was placed after its folder was read is there all the same. What is said
        # to have been seen later than now is of a clock that was set back since.
        just_came = Q(seen_at__gte=self.began, seen_at__lte=timezone.now())
        for ids in _portions(self._gone):
            MediaFile.objects.filter(pk__in=ids).exclude(just_came).delete()
        for ids in _portions(self._lost):
            lost = MediaFile.objects.filter(pk__in=ids).exclude(just_came)
            lost.update(state=FileState.UNAVAILABLE)


def keep_unmatched(root: LibraryRoot, folder: str, match: Match) -> None:
    """List a folder for the owner, with what may be meant."""
    UnmatchedFolder.objects.update_or_create(
        root=root,
        folder=to_stored(folder),
        defaults={
            "reason": match.reason,
            **UnmatchedFolder.detail.values(match.detail),
            "candidates": match.candidates,
        },
    )


def forget_directories(root: LibraryRoot, paths: Iterable[str]) -> None:
    """Forget directories that are no more, so that they are read when they come back."""
    for portion in _portions(sorted(to_stored(path) for path in paths)):
        ScannedDirectory.objects.filter(root=root, path__in=portion).delete()


def forget_replaced(root: LibraryRoot) -> None:
    """Forget the files lost with a folder that was a series' once, where the series has another
    file for the same episodes."""
    lost = MediaFile.objects.filter(root=root, state=FileState.UNAVAILABLE, problem="").exclude(
        Q(series=None) | Q(series__root=root, series__folder=F("folder"))
    )
    known: dict[ShowId, set[int]] = {}
    for series_id, pk in lost.values_list("series", "pk"):
        if series_id is not None:
            known.setdefault(series_id, set()).add(pk)
    for ids in _portions(replaced_among(known)):
        MediaFile.objects.filter(pk__in=ids).delete()
    end_holding([pk for pk in known if isinstance(pk, int)])


def still_lost(changes: Iterable[FolderChange]) -> dict[str, int]:
    """How many of the files that are held are still known, by the key of their series; "" for those
    of no series."""
    held = [known.id for change in changes if change.held for known in change.lost]
    left: Counter[str] = Counter()
    for ids in _portions(held):
        files = MediaFile.objects.filter(pk__in=ids).values_list("series__key", flat=True)
        left.update(key or "" for key in files)
    return left


def _kept(known: KnownFile, read: ReadColumns) -> ReadColumns:
    """What a file is known as: of one that was downloaded no name has to say it."""
    return known.columns if known.columns[3] == DOWNLOADED_RULE else read


def _portions(entries: Sequence[Any], size: int = IDS_AT_ONCE) -> Iterable[Sequence[Any]]:
    return (entries[start : start + size] for start in range(0, len(entries), size))
