"""One scan from beginning to end.

Everything is looked at before anything is changed: a root that cannot be trusted stops the scan
while the library is still as it was. Sites are asked between transactions, never in one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from aniworld.config import store
from aniworld.events.callbacks import CallbackManager, CompletionContext, ErrorContext
from aniworld.events.operations import OperationState, OperationType
from aniworld.events.publish import publish
from aniworld.events.rooms import Room
from library import catalogue, operations
from library.choices import UnmatchedReason
from library.errors import LibraryError, MassRemoval, NoLibraryRoot, RootUnavailable
from library.models import AnimeSeries, LibraryRoot, MediaFile, ScanOperation, UnmatchedFolder
from library.paths import from_stored, to_stored
from library.roots import synced_roots
from library.scanner import guards
from library.scanner.diff import FolderChange, changes_of
from library.scanner.match import Match, Matcher
from library.scanner.progress import Progress, ScanCancelled
from library.scanner.rows import known_directories
from library.scanner.walk import SIDE_FILES, Problem, Tree, Walk
from library.scanner.write import Counts, Writer, forget_directories, keep_unmatched
from library.services.lookup import get_series
from library.services.refresh import REFRESH_AFTER, keep_error, refresh_series
from providers.base import Site
from providers.errors import ProviderError

log = logging.getLogger(__name__)

PROBLEMS_KEPT = 100
_ASK_AGAIN_AT_ONCE = (UnmatchedReason.NOT_ASKED, UnmatchedReason.PROVIDER_FAILED)


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What a scan was asked for. ``series`` limits it to one series' folder."""

    full: bool = False
    accept_removals: bool = False
    use_provider: bool = True
    series: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "full": self.full,
            "accept_removals": self.accept_removals,
            "use_provider": self.use_provider,
            "series": self.series,
        }


@dataclass(slots=True)
class _Plan:
    """What is to be done with one root."""

    root: LibraryRoot
    tree: Tree
    known: dict[str, int]
    changes: list[FolderChange]
    losses: guards.Losses


@dataclass(slots=True)
class Scan:
    """Runs one operation. ``run`` never raises for what the library or a site does."""

    operation: ScanOperation
    options: ScanOptions
    callbacks: CallbackManager = field(default_factory=CallbackManager)
    _counts: Counts = field(default_factory=Counts)
    _problems: list[Problem] = field(default_factory=list)
    _folders: int = 0
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
        roots = self._roots()
        for root in roots:
            self._check(root)
        plans = [self._plan(root, progress) for root in roots]
        matcher = Matcher(catalogue.enabled_sites() if self.options.use_provider else [])
        due = self._due()
        self._folders = sum(len(plan.tree.folders) - 1 for plan in plans)
        progress.planned(self._folders + len(due))
        for plan in plans:
            self._apply(plan, matcher, progress)
        self._refresh(due, matcher, progress)
        for name, error in matcher.failures.items():
            self._problems.append(Problem(name, error.code, str(error)))
        return self._held_back(plans)

    def _roots(self) -> list[LibraryRoot]:
        roots = synced_roots()
        if not roots:
            raise NoLibraryRoot("No library folder is set. Choose one in the settings.")
        if self.options.series is None:
            return roots
        series = get_series(self.options.series)
        home = [root for root in roots if series.root_id in (None, root.pk)]
        if not home:
            raise RootUnavailable(f"The library folder of {series.name} is no longer configured.")
        return home[:1]

    def _check(self, root: LibraryRoot) -> None:
        try:
            guards.check_readable(root)
            if self.options.series is None:
                guards.check_not_empty(root, accepted=self.options.accept_removals)
        except RootUnavailable as error:
            _freeze(root, error)
            raise

    def _plan(self, root: LibraryRoot, progress: Progress) -> _Plan:
        only = self._only()
        known = known_directories(root.pk)
        walk = Walk(
            root.directory, {} if self.options.full else known, only=only, tick=progress.walking
        )
        try:
            tree = walk.run()
        except OSError as error:
            gone = RootUnavailable(f"{root.path} cannot be read: {error.strerror}.")
            _freeze(root, gone)
            raise gone from error
        changes = list(changes_of(root.pk, tree, only=only))
        share = store.load().library.mass_removal_share
        losses = guards.measure(root, changes, share=share)
        accepted = self.options.accept_removals
        try:
            guards.check_identity(root, tree, losses, share=share, accepted=accepted)
        except RootUnavailable as error:
            _freeze(root, error)
            raise
        if not accepted:
            guards.hold(changes, losses)
        self._problems += tree.problems
        return _Plan(root, tree, known, changes, losses)

    def _only(self) -> frozenset[str] | None:
        if self.options.series is None:
            return None
        return frozenset({from_stored(get_series(self.options.series).folder)})

    def _apply(self, plan: _Plan, matcher: Matcher, progress: Progress) -> None:
        writer = Writer(plan.root, self.options.full, self._counts)
        series = _series_by_folder(plan.root)
        progress.step("", by=max(len(plan.tree.folders) - 1 - len(plan.changes), 0))
        for change in plan.changes:
            known = series.get(change.name)
            progress.step(
                "Reading folders", key=known[1] if known else None, folder=to_stored(change.name)
            )
            self._apply_folder(plan, change, known[0] if known else None, writer, matcher)
            progress.files += len(change.new)
        self._ask_again(plan, matcher, progress)
        writer.flush()
        self._leave(plan)

    def _apply_folder(
        self,
        plan: _Plan,
        change: FolderChange,
        series_id: int | None,
        writer: Writer,
        matcher: Matcher,
    ) -> None:
        if series_id is None and _is_worth_matching(change):
            match = _match(matcher, plan.root, change.name, change.folder.side_files)
            series_id = match.series.pk if match.series else None
            if match.series is None:
                keep_unmatched(plan.root, change.name, match)
        elif series_id is None:
            UnmatchedFolder.objects.filter(root=plan.root, folder=to_stored(change.name)).delete()
        writer.add(change, series_id)

    def _ask_again(self, plan: _Plan, matcher: Matcher, progress: Progress) -> None:
        """Unmatched folders that have not changed are asked for now and then all the same."""
        if not matcher.sites or self.options.series is not None:
            return
        changed = {to_stored(change.name) for change in plan.changes}
        before = timezone.now() - REFRESH_AFTER
        for row in UnmatchedFolder.objects.filter(root=plan.root).exclude(folder=""):
            due = self.options.full or row.reason in _ASK_AGAIN_AT_ONCE or row.updated_at < before
            if row.folder in changed or not due:
                continue
            progress.step("Looking for series", folder=row.folder, by=0)
            folder = from_stored(row.folder)
            match = _match(matcher, plan.root, folder, _side_files(plan.root, folder))
            if match.series is None:
                keep_unmatched(plan.root, folder, match)

    def _leave(self, plan: _Plan) -> None:
        """Write what holds for the root as a whole."""
        root, tree = plan.root, plan.tree
        now = timezone.now()
        if self.options.series is None:
            seen: set[str] = {""}
            for folder in tree.folders.values():
                seen |= folder.read | folder.unchanged | folder.unreadable
            forget_directories(root, plan.known.keys() - seen)
        scanned = AnimeSeries.objects.filter(root=root)
        if self.options.series is not None:
            scanned = scanned.filter(key=self.options.series)
        scanned.update(last_scanned=now)
        held = plan.losses.is_too_much and not self.options.accept_removals
        root.error = str(plan.losses.error()) if held else ""
        root.frozen_reason = MassRemoval.code if held else ""
        root.identity = root.identity if held and root.identity else tree.identity
        root.file_count = MediaFile.objects.filter(root=root).count()
        root.last_scanned_at = now
        root.save()

    def _due(self) -> list[AnimeSeries]:
        if not self.options.use_provider:
            return []
        enabled = catalogue.site_names()
        if self.options.series is not None:
            return [
                series for series in [get_series(self.options.series)] if series.site in enabled
            ]
        wanted = AnimeSeries.objects.active().filter(site__in=enabled)
        if self.options.full:
            return list(wanted.order_by("refreshed_at", "id"))
        return list(wanted.due(timezone.now() - REFRESH_AFTER))

    def _refresh(self, due: Sequence[AnimeSeries], matcher: Matcher, progress: Progress) -> None:
        """Ask the sites for the series that are due; a site that is down is asked once."""
        sites = {site.name: site for site in matcher.sites}
        for series in due:
            progress.step(f"Asking {series.site}", key=series.key, folder=series.folder)
            try:
                self._refresh_one(series, sites.get(series.site), matcher)
            except ProviderError as error:
                self._problems.append(Problem(series.key, error.code, str(error)))
                self._tell_error(series, error)

    def _refresh_one(self, series: AnimeSeries, site: Site | None, matcher: Matcher) -> None:
        if error := matcher.failures.get(series.site):
            keep_error(series, error)
            return
        try:
            refresh_series(series, site=site)
        except ProviderError as error:
            if error.whole_site:
                matcher.failures[series.site] = error
            raise

    def _tell_error(self, series: AnimeSeries, error: ProviderError) -> None:
        self.callbacks.errors.notify(
            ErrorContext(
                OperationType.SCAN,
                str(self.operation.operation_id),
                error,
                str(error),
                recoverable=True,
                key=series.key,
                folder=series.folder,
            )
        )

    def _held_back(self, plans: Sequence[_Plan]) -> MassRemoval | None:
        if self.options.accept_removals:
            return None
        held = [plan.losses.error() for plan in plans if plan.losses.is_too_much]
        if not held:
            return None
        error = MassRemoval(" ".join(str(one) for one in held))
        if any(
            known.state == "PRESENT"
            for plan in plans
            for change in plan.changes
            if change.held
            for known in change.gone
        ):
            self._alert(error)
        return error

    def _alert(self, error: MassRemoval) -> None:
        """Raised once, when the files go; later scans fail without another alert."""
        context = {"operation_id": str(self.operation.operation_id)}
        with transaction.atomic():
            publish(
                Room.ERROR_PROGRESS,
                "error_notification",
                {"code": error.code, "message": str(error), "context": context},
            )

    def _end(
        self, progress: Progress, state: OperationState, error: Exception | None = None
    ) -> None:
        code = error.code if isinstance(error, LibraryError) else "scan_failed" if error else ""
        message = str(error) or type(error).__name__ if error else ""
        operations.finish(
            self.operation,
            state,
            result=self._result(),
            problems=[entry._asdict() for entry in self._shown_problems()],
            code=code,
            error=message,
            tracker=progress.tracker,
        )
        self.callbacks.completion.notify(
            CompletionContext(
                OperationType.SCAN,
                str(self.operation.operation_id),
                state,
                message,
                self.operation.result or {},
            )
        )
        log.info("scan ended operation=%s state=%s code=%s", self.operation, state, code)

    def _shown_problems(self) -> list[Problem]:
        return [
            Problem(to_stored(problem.path), problem.code, problem.reason)
            for problem in self._problems[:PROBLEMS_KEPT]
        ]

    def _result(self) -> dict[str, Any]:
        files = MediaFile.objects.filter(root__is_active=True).present()
        return {
            "folders": self._folders,
            "files": files.count(),
            "new": self._counts.new,
            "changed": self._counts.changed,
            "gone": self._counts.gone,
            "unreadable": files.unread().count(),
            "unmatched": UnmatchedFolder.objects.filter(root__is_active=True).count(),
            "errors": len(self._problems),
            "duration": round(time.monotonic() - self._started, 3),
        }


def _match(matcher: Matcher, root: LibraryRoot, folder: str, side_files: Sequence[str]) -> Match:
    if folder == "":
        return Match(reason=UnmatchedReason.LOOSE_FILES)
    return matcher.match(root, folder, side_files)


def _is_worth_matching(change: FolderChange) -> bool:
    """A folder with videos, or one that says which series it is for."""
    has_files = bool(change.new or change.changed or change.same or change.returned)
    named = change.name != "" and bool(change.folder.side_files)
    return change.exists and (has_files or named)


def _side_files(root: LibraryRoot, folder: str) -> list[str]:
    try:
        names = [entry.name for entry in (root.directory / folder).iterdir()]
    except OSError as error:
        log.warning("folder unreadable path=%r error=%s", folder, error.strerror)
        return []
    return [name for name in names if name in SIDE_FILES or name.endswith(".nfo")]


def _series_by_folder(root: LibraryRoot) -> dict[str, tuple[int, str]]:
    """Series by folder; of a removed and an active one for the same folder the active one."""
    rows = (
        AnimeSeries.objects.filter(root=root)
        .exclude(folder="")
        .order_by("-deleted_at")
        .values_list("folder", "pk", "key", "deleted_at")
    )
    found: dict[str, tuple[int, str]] = {}
    for folder, pk, key, deleted_at in rows:
        if deleted_at is None or folder not in found:
            found[from_stored(folder)] = (pk, key)
    return found


def _freeze(root: LibraryRoot, error: RootUnavailable) -> None:
    root.error, root.frozen_reason = str(error), error.code
    root.save(update_fields=["error", "frozen_reason"])
