"""Bringing the library in line with one root that was looked through."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from library.choices import FileState, UnmatchedReason
from library.errors import FolderTaken
from library.matching.matcher import Match, Matcher
from library.models import AnimeSeries, LibraryRoot, MediaFile, UnmatchedFolder
from library.naming.paths import from_stored, to_stored
from library.scanner import erosion
from library.scanner.diff import FolderChange
from library.scanner.disk import Disks
from library.scanner.found import SIDE_FILES
from library.scanner.guards import mass_removal
from library.scanner.homes import bring_home, former_homes, series_by_folder, unlisted
from library.scanner.passing import passed_in
from library.scanner.plan import Plan
from library.scanner.progress import Progress
from library.scanner.write import (
    Counts,
    Writer,
    forget_directories,
    forget_replaced,
    keep_unmatched,
    still_lost,
)
from library.services.operations import ScanOptions
from library.services.refresh import REFRESH_AFTER
from library.services.series import take_folder
from library.services.unmatched import follow_refused, keep_refused
from providers.coded import coded

log = logging.getLogger(__name__)

READING = coded("scan_reading")
MATCHING = coded("scan_matching")
_ASK_AGAIN_AT_ONCE = (UnmatchedReason.NOT_ASKED, UnmatchedReason.PROVIDER_FAILED)


@dataclass(frozen=True, slots=True)
class Applier:
    """Carries plans out. ``counts`` grows as files are written; ``began`` is when the scan did."""

    options: ScanOptions
    matcher: Matcher
    progress: Progress
    counts: Counts
    disks: Disks
    began: datetime

    def apply(self, plan: Plan) -> None:
        """Match and write every folder that changed. Raises ``ScanCancelled``."""
        series = series_by_folder(plan.root)
        self.progress.skip(max(plan.folders - len(plan.changed - {""}), 0))
        _follow_the_owner(plan)
        writer = Writer(plan.root, plan.full, self.counts, self.began)
        with plan.reading() as changes:
            for change, columns in changes:
                series_id, key = series.get(change.name, (None, None))
                if change.name:  # the root itself is no folder of the count
                    folder = to_stored(change.name)
                    self.progress.step(READING, key=key, folder=folder)
                asks = change.name not in series and bool(self.matcher.sites)
                if asks:
                    writer.flush()  # what is on disk must not look missing while a site is asked
                series_id = series_id or _follow(plan, change.name) or _returned_to(plan, change)
                series_id = self._series_of(plan.root, change, series_id)
                writer.add(change, series_id, columns)
                if asks:
                    writer.flush()
                if not plan.files_are_told:
                    self.progress.files += len(change.new)
            writer.flush()
        bring_home(plan.root, series)
        self._ask_again(plan)
        self._list_the_rest(plan.root)
        self._leave(plan)

    def conclude(self, plans: Sequence[Plan]) -> None:
        """Hold no more what has turned up while folders were matched: under another name a series
        is known again by its folder's title only then."""
        for plan in plans:
            if not plan.losses.is_too_much:
                continue
            forget_replaced(plan.root)
            plan.losses.only(still_lost(plan.changes))
            error = mass_removal([plan.losses]).as_json() if plan.losses.is_too_much else None
            plan.root.error = error
            plan.root.frozen_reason = plan.losses.frozen_reason if error else ""
            plan.root.save(update_fields=["error_code", "error_params", "frozen_reason"])

    def _series_of(
        self, root: LibraryRoot, change: FolderChange, series_id: int | None
    ) -> int | None:
        """The series of a folder, matched where it has none."""
        if series_id is not None:
            return series_id
        if _is_worth_matching(change):
            match = self._match(root, change.name)
            return match.series.pk if match.series else None
        # What is only out of sight may come back, and with it what was decided of it.
        if not (change.held or change.away or change.unseen or change.folder.unchanged):
            UnmatchedFolder.objects.filter(root=root, folder=to_stored(change.name)).delete()
        return None

    def _match(self, root: LibraryRoot, folder: str) -> Match:
        """Match a folder; without a series it is listed for the owner."""
        if keep_refused(root, to_stored(folder)):  # or ignored: it is listed as it was
            return Match(reason=UnmatchedReason.WRONG_SERIES)
        if folder == "":
            match = Match(reason=UnmatchedReason.LOOSE_FILES)
        else:
            side_files = self.disks(root.path, lambda: _side_files(root, folder))
            match = self.matcher.match(root, folder, side_files)
        if match.series is None and (
            match.reason != UnmatchedReason.NOT_ASKED or not _listed(root, folder)
        ):
            keep_unmatched(root, folder, match)
        return match

    def _ask_again(self, plan: Plan) -> None:
        """Unmatched folders that have not changed are asked for now and then all the same."""
        if not self.matcher.sites or self.options.series is not None:
            return
        changed = {to_stored(name) for name in plan.changed}
        now = timezone.now()  # what was written later was so by a clock that was set back since
        rows = UnmatchedFolder.objects.waiting().filter(root=plan.root).exclude(folder="")
        for row in sorted(rows, key=_turn):
            is_old = not now - REFRESH_AFTER <= row.updated_at <= now
            due = self.options.full or row.reason in _ASK_AGAIN_AT_ONCE or is_old
            if row.folder in changed or not due:
                continue
            self.progress.step(MATCHING, folder=row.folder, by=0)
            folder = from_stored(row.folder)
            self._match(plan.root, folder)

    def _list_the_rest(self, root: LibraryRoot) -> None:
        """Folders with files that are neither a series' nor listed: one left them meanwhile."""
        if self.options.series is not None:
            return
        for stored in unlisted(root):
            folder = from_stored(stored)
            self._match(root, folder)

    def _leave(self, plan: Plan) -> None:
        """Write what holds for the root as a whole."""
        root, tree = plan.root, plan.tree
        now = timezone.now()
        forget_directories(root, _directories_gone(plan))
        forget_replaced(root)
        if self.options.accept_removals:
            erosion.forget(root, series_key=self.options.series)
        erosion.forget_old()
        if self.options.series is None and plan.full and plan.reads_every_name:
            root.grammar = plan.grammar
        scanned = AnimeSeries.objects.filter(root=root)
        if self.options.series is not None:
            scanned = scanned.filter(key=self.options.series)
        scanned.update(last_scanned=now)
        held = plan.losses.is_too_much
        if held:
            root.error = mass_removal([plan.losses]).as_json()
            root.frozen_reason = plan.losses.frozen_reason
        elif self.options.series is None or not _has_unavailable(root):
            root.error, root.frozen_reason = None, ""
        if self.options.series is None and not (held and root.identity):
            root.identity = tree.identity
        root.mounts = self.disks(root.path, lambda: plan.mounts)
        root.passed = passed_in(root)
        if self.options.series is None and plan.is_full_look:
            root.full_look_at = now
        root.file_count = MediaFile.objects.filter(root=root).count()
        root.last_scanned_at = now
        root.save()


def _turn(row: UnmatchedFolder) -> tuple[bool, datetime]:
    """Its place among the folders to ask for: those that fail always must not always be first."""
    return row.reason != UnmatchedReason.NOT_ASKED, row.updated_at


def _follow(plan: Plan, folder: str) -> int | None:
    """The series whose files were moved into this folder; it is theirs from now on."""
    if folder not in plan.homes:
        return None
    series = AnimeSeries.objects.active().filter(pk=plan.homes[folder]).first()
    if series is None:
        return None
    try:
        return take_folder(series, plan.root, to_stored(folder), keeps_lost=True).pk
    except FolderTaken:  # the owner has given it to another one meanwhile
        return None


def _returned_to(plan: Plan, change: FolderChange) -> int | None:
    """The series whose files have come back in a folder that it has left meanwhile."""
    if not change.name or not any(file.series_id for file in change.known):
        return None
    folder = to_stored(change.name)
    found = former_homes(plan.root, [folder]).get(folder)
    if found is not None:
        UnmatchedFolder.objects.filter(root=plan.root, folder=folder).delete()
    return found


def _follow_the_owner(plan: Plan) -> None:
    """What the owner has decided of a folder goes with it, should it have another name now."""
    for folder, (root_id, old) in plan.renamed.items():
        before = LibraryRoot.objects.get(pk=root_id)
        follow_refused(before, to_stored(old), root=plan.root, renamed=to_stored(folder))


def _directories_gone(plan: Plan) -> set[str]:
    """The directories that are no more, of the folders that were looked for."""
    seen: set[str] = {""}
    for folder in plan.tree.folders.values():
        seen |= folder.read | folder.unchanged | folder.unreadable
    gone = plan.known.keys() - seen
    if plan.only is None:
        return gone
    return {path for path in gone if path.partition("/")[0] in plan.only}


def _has_unavailable(root: LibraryRoot) -> bool:
    return MediaFile.objects.filter(root=root, state=FileState.UNAVAILABLE).exists()


def _listed(root: LibraryRoot, folder: str) -> bool:
    """Whether a folder is listed already: what was found when a site was asked is kept."""
    return UnmatchedFolder.objects.filter(root=root, folder=to_stored(folder)).exists()


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
    return [name for name in names if name in SIDE_FILES or name.lower().endswith(".nfo")]
