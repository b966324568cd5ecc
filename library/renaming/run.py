"""One renaming from beginning to end, series after series. One file's fault is that file's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.db import IntegrityError

from aniworld.config import reach, store
from aniworld.console.context import about
from aniworld.events.operations import OperationState
from aniworld.journal.actors import Actor, acting_as, current_actor
from library.borders import Borders
from library.errors import LibraryError, NotRenamed, RenamingStopped
from library.models import AnimeSeries, LibraryRoot, MediaFile, RenameStep, ScanOperation
from library.models.renames import StoredPair
from library.naming.paths import from_stored, to_stored
from library.renaming import carry, write
from library.renaming.back import plan_back, series_of
from library.renaming.carry import File
from library.renaming.disks import Disks
from library.renaming.order import Step, steps_of
from library.renaming.plan import Kept, Pair, SeriesPlan, plan_for
from library.renaming.progress import Progress, RenamingCancelled
from library.services import operations
from library.services.operations import RenamingResult, StoredProblem
from library.services.renaming import find
from providers.coded import Coded, CodedError, foreign

log = logging.getLogger(__name__)

PROBLEMS_KEPT = 100


@dataclass(slots=True)
class Renaming:
    """Runs one operation. ``run`` never raises for what the library or a disk does."""

    operation: ScanOperation
    on_progress: Callable[[Progress], None] = lambda _progress: None
    _result: RenamingResult = field(init=False)
    _problems: list[StoredProblem] = field(default_factory=list)
    _stopping: bool = False

    def __post_init__(self) -> None:
        self._result = {"renamed": 0, "beside": 0, "unchanged": 0, "left": 0, "duration": 0.0}

    def stop(self) -> None:
        """Let it end between two files. Safe in a signal handler."""
        self._stopping = True

    def run(self) -> ScanOperation:
        """Rename, and write how it ended on the operation: as done by whoever has started it."""
        who = Actor.from_json(self.operation.started_by) or current_actor()
        with acting_as(who), about(operation=str(self.operation)):
            return self._run()

    def _run(self) -> ScanOperation:
        started = time.monotonic()
        progress = Progress(self.operation, lambda: self._stopping, self.on_progress)
        state, reason = OperationState.COMPLETED, None
        try:
            operations.claim(self.operation)
            progress.start()
            self._rename_all(progress)
        except RenamingCancelled:
            state = OperationState.CANCELLED
        except Exception as error:
            log.exception("renaming failed operation=%s", self.operation)
            state, reason = OperationState.FAILED, _stopped(error).as_json()
        self._result["duration"] = round(time.monotonic() - started, 3)
        operations.finish(
            self.operation,
            state,
            result=self._result,
            problems=self._problems,
            error=reason,
            tracker=progress.tracker,
        )
        log.info("renaming ended operation=%s state=%s", self.operation, state)
        return self.operation

    def _rename_all(self, progress: Progress) -> None:
        disks = Disks(progress.alive)
        chosen = list(self._series())
        progress.planned(MediaFile.objects.filter(series__in=[one.pk for one in chosen]).count())
        for series in chosen:
            progress.turn(series)
            files = series.files.count()
            try:
                self._rename(series, disks, progress)
            except (LibraryError, OSError) as error:
                self._note(series.folder, _told(error).as_json())
            progress.step(files)

    def _series(self) -> Iterator[AnimeSeries]:
        back, key = (self.operation.parameters.get(name) for name in ("back", "series"))
        if back is not None:
            renamed = find(back)
            yield from series_of(renamed, key) if renamed else ()
            return
        found = AnimeSeries.objects.active().exclude(root=None).select_related("root")
        if among := self.operation.parameters.get("among"):
            found = found.filter(key__in=among)
        yield from found.filter(key=key) if key is not None else found.order_by("sort_name", "id")

    def _rename(self, series: AnimeSeries, disks: Disks, progress: Progress) -> None:
        root = series.root
        if root is None:
            return
        disks.prove(root)
        plan = self._plan(series, disks)
        self._result["unchanged"] += plan.unchanged
        for kept in plan.kept:
            self._keep(kept)
        if not plan.moves:
            return
        steps = steps_of(plan.moves)
        stored = disks(root.path, lambda: [_stored(root.directory, step) for step in steps])
        rows = write.plan_steps(self.operation, series, root, list(zip(steps, stored, strict=True)))
        try:
            self._do(list(zip(steps, rows, strict=True)), root, disks, progress)
        finally:
            write.settle_series(series)

    def _plan(self, series: AnimeSeries, disks: Disks) -> SeriesPlan:
        back = self.operation.parameters.get("back")
        renamed = find(back) if back is not None else None
        return plan_back(renamed, series) if renamed else plan_for(series, store.load(), disks)

    def _do(
        self,
        steps: Sequence[tuple[Step, RenameStep]],
        root: LibraryRoot,
        disks: Disks,
        progress: Progress,
    ) -> None:
        """Do the steps of a series. Where this ends early by itself, what has not begun is
        forgotten; a disk that fell silent in the middle of one may still do it, so that stays."""
        borders = Borders.now(root.path)
        left = [row for _, row in steps]
        try:
            for step, row in steps:
                progress.again()
                self._do_one(step, row, borders, disks)
                left.remove(row)
        except RenamingCancelled:
            forget(left)
            raise
        except reach.NoAnswer:
            forget(left[1:])
            raise

    def _do_one(self, step: Step, row: RenameStep, borders: Borders, disks: Disks) -> None:
        files = files_of(row, step)
        home = row.root.directory / from_stored(row.series.folder)
        fault: NotRenamed | None = None
        try:
            disks(row.root.path, partial(carry.carry_out, files, borders, home=home))
        except NotRenamed as error:
            fault = error
        except reach.NoAnswer:
            raise
        except OSError as error:
            fault = carry.refusal(error)
        moved = disks(row.root.path, lambda: [carry.has_moved(file) for file in files])
        videos = [pair["file"] is not None for pair in row.pairs]
        try:
            write.write_step(row, moved)
        except IntegrityError:  # somebody has written a row of that name: the next scan sees both
            log.exception("renaming step=%s not written", row.pk)
        done = sum(moved_one for moved_one, is_video in zip(moved, videos, strict=True) if is_video)
        self._result["renamed"] += done
        self._result["beside"] += sum(moved) - done
        if fault is not None:
            for move in step:
                self._keep(Kept(to_stored(move.video.old), fault.as_json()))

    def _keep(self, kept: Kept) -> None:
        self._result["left"] += 1
        self._note(kept.path, kept.reason)

    def _note(self, path: str, reason: Coded) -> None:
        if len(self._problems) < PROBLEMS_KEPT:
            self._problems.append({"path": path, **reason})


def forget(rows: Sequence[RenameStep]) -> None:
    """Forget steps that were planned and not begun."""
    RenameStep.objects.filter(pk__in=[row.pk for row in rows]).delete()


def files_of(row: RenameStep, step: Step = ()) -> list[File]:
    """The files of a step as the disk is asked for them.

    Args:
        step: what was planned, which knows how a scan has seen the videos.
    """
    seen = {pair.file.pk: pair.file for move in step for pair in move.pairs if pair.file}
    root = row.root.directory
    files = []
    for pair in row.pairs:
        known = seen.get(pair["file"])
        old, new = root / from_stored(pair["old"]), root / from_stored(pair["new"])
        size, mtime_ns = (known.size, known.mtime_ns) if known else (None, None)
        files.append(File(old, new, pair["inode"], size, mtime_ns))
    return files


def _stored(root: Path, step: Step) -> list[StoredPair]:
    return [_stored_pair(root, pair) for move in step for pair in move.pairs]


def _stored_pair(root: Path, pair: Pair) -> StoredPair:
    return {
        "old": to_stored(pair.old),
        "new": to_stored(pair.new),
        "file": pair.file.pk if pair.file else None,
        "inode": carry.inode_of(root / pair.old),
    }


def _stopped(error: Exception) -> LibraryError:
    """What a renaming ends with: an error that is told, or one that nobody expected."""
    if isinstance(error, LibraryError):
        return error
    if isinstance(error, CodedError):
        return RenamingStopped(error=error)
    return RenamingStopped(error=foreign(error) or type(error).__name__)


def _told(error: LibraryError | OSError) -> LibraryError:
    return error if isinstance(error, LibraryError) else carry.refusal(error)
