"""One scan from beginning to end.

Everything is looked at before anything is changed: a root that cannot be trusted stops the scan
while the library is still as it was. Sites are asked between transactions, never in one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from aniworld.console.context import about
from aniworld.events.callbacks import CallbackManager, CompletionContext, ErrorContext
from aniworld.events.operations import OperationState, OperationType
from aniworld.journal.actors import Actor, acting_as
from aniworld.sites import configured
from library import events
from library.errors import LibraryError, MassRemoval, ScanStopped
from library.matching.matcher import Matcher
from library.models import AnimeSeries, LibraryRoot, MediaFile, ScanOperation, UnmatchedFolder
from library.naming.paths import to_stored
from library.problems import Problem
from library.scanner.apply import Applier
from library.scanner.ask import Asker, due_series
from library.scanner.disk import Disks
from library.scanner.guards import mass_removal
from library.scanner.look import plans
from library.scanner.plan import Plan
from library.scanner.progress import Progress, ScanCancelled
from library.scanner.write import Counts
from library.services import operations
from library.services.operations import ScanOptions, ScanResult, StoredProblem
from providers.base import Site
from providers.coded import CodedError, foreign
from providers.errors import ProviderError

log = logging.getLogger(__name__)

PROBLEMS_KEPT = 100


@dataclass(slots=True)
class Scan:
    """Runs one operation. ``run`` never raises for what the library or a site does."""

    operation: ScanOperation
    options: ScanOptions
    callbacks: CallbackManager = field(default_factory=CallbackManager)
    _counts: Counts = field(default_factory=Counts)
    _problems: list[Problem] = field(default_factory=list)  # of sites and side files
    _plans: list[Plan] = field(default_factory=list)
    _started: float = 0.0
    _stopping: bool = False

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    def stop(self) -> None:
        """Let the scan end between two folders. Safe in a signal handler."""
        self._stopping = True

    def run(self) -> ScanOperation:
        """Scan, and write how it ended on the operation."""
        who = Actor.from_json(self.operation.started_by)
        name = str(self.operation)
        with acting_as(Actor.scan(name, started_by=who)), about(operation=name):
            return self._run()

    def _run(self) -> ScanOperation:
        self._started = time.monotonic()
        progress = Progress(self.operation, self.callbacks, lambda: self._stopping)
        try:
            operations.claim(self.operation)
            progress.start()
            lost = self._scan(progress)
            if lost:
                raise lost
            self._end(progress, OperationState.COMPLETED)
        except ScanCancelled:
            self._end(progress, OperationState.CANCELLED)
        except LibraryError as error:
            self._end(progress, OperationState.FAILED, error)
        except Exception as error:
            log.exception("scan failed operation=%s", self.operation)
            self._end(progress, OperationState.FAILED, error)
        return self.operation

    def _scan(self, progress: Progress) -> MassRemoval | None:
        """Do the work; returns what was held back for the owner's word."""
        began = timezone.now()
        self._plans = planned = plans(self.options, progress)
        disks = Disks(progress)
        matcher = Matcher(self._sites() if self.options.use_provider else [], disks)
        due = due_series(self.options)
        files = sum(plan.tree.files for plan in planned)
        progress.planned(self._folders + len(due), files=files)
        applier = Applier(self.options, matcher, progress, self._counts, disks, began)
        for plan in planned:
            applier.apply(plan)
        applier.conclude(planned)
        is_anew = self.options.full or self.options.series is not None
        Asker(matcher.sites, matcher.patience, progress, self._site_failed, is_anew).refresh(due)
        self._problems += matcher.problems
        for name, error in matcher.patience.given_up():
            self._problems.append(Problem(name, **error.as_json()))
        return self._held_back(planned)

    def _sites(self) -> list[Site]:
        """The enabled sites, but those whose addresses are refused."""
        sites = []
        for name in configured.site_names():
            try:
                sites.append(configured.site(name))
            except ProviderError as error:
                self._problems.append(Problem(name, **error.as_json()))
        return sites

    def _site_failed(self, series: AnimeSeries, error: ProviderError) -> None:
        self._problems.append(Problem(series.key, **error.as_json()))
        self.callbacks.errors.notify(
            ErrorContext(
                OperationType.SCAN,
                str(self.operation.operation_id),
                error,
                recoverable=True,
                key=series.key,
                folder=series.folder,
            )
        )

    def _held_back(self, planned: Sequence[Plan]) -> MassRemoval | None:
        planned = [plan for plan in planned if plan.losses.is_too_much]
        if not planned:
            return None
        error = mass_removal([plan.losses for plan in planned])
        if any(
            known.state == "PRESENT"
            for plan in planned
            for change in plan.changes
            if change.held
            for known in change.lost
        ):
            self._alert(error)
        return error

    def _alert(self, error: MassRemoval) -> None:
        """Raised once, when the files go; later scans fail without another alert."""
        with transaction.atomic():
            events.files_held(self.operation, error)

    def _end(
        self, progress: Progress, state: OperationState, error: Exception | None = None
    ) -> None:
        reason = _stopped(error).as_json() if error else None
        operations.finish(
            self.operation,
            state,
            result=self._result(),
            problems=self._shown_problems(),
            error=reason,
            tracker=progress.tracker,
        )
        self.callbacks.completion.notify(
            CompletionContext(
                OperationType.SCAN,
                str(self.operation.operation_id),
                state,
                reason,
                self.operation.result or {},
            )
        )
        code = reason["code"] if reason else ""
        log.info("scan ended operation=%s state=%s code=%s", self.operation, state, code)

    @property
    def roots(self) -> list[LibraryRoot]:
        """The library folders that were looked at: none where the scan was stopped before."""
        return [plan.root for plan in self._plans]

    @property
    def _folders(self) -> int:
        return sum(plan.folders for plan in self._plans)

    @property
    def _all_problems(self) -> list[Problem]:
        # A series whose page failed when its folder was matched may be asked for once more.
        asked = {(one.path, one.code, repr(one.params)): one for one in self._problems}
        return [*(p for plan in self._plans for p in plan.tree.problems), *asked.values()]

    def _shown_problems(self) -> list[StoredProblem]:
        return [
            {"path": to_stored(problem.path), "code": problem.code, "params": problem.params}
            for problem in self._all_problems[:PROBLEMS_KEPT]
        ]

    def _result(self) -> ScanResult:
        known = MediaFile.objects.filter(root__is_active=True)
        files = known.present()
        return {
            "folders": self._folders,
            "files": known.count() - known.unavailable().count(),
            "new": self._counts.new,
            "changed": self._counts.changed,
            "gone": self._counts.gone,
            "unreadable": files.unread().count(),
            "unmatched": UnmatchedFolder.objects.waiting().filter(root__is_active=True).count(),
            "errors": len(self._all_problems),
            "duration": round(time.monotonic() - self._started, 3),
        }


def _stopped(error: Exception) -> LibraryError:
    """What a scan ends with: an error that is told, or one that nobody expected."""
    if isinstance(error, LibraryError):
        return error
    if isinstance(error, CodedError):
        return ScanStopped(error=error)
    return ScanStopped(error=foreign(error) or type(error).__name__)
