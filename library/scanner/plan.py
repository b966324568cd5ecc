"""What a scan is about to do. Nothing is changed before this is known of every root."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from aniworld.config import store
from library.errors import NoLibraryRoot, RootUnavailable
from library.models import LibraryRoot, MediaFile, ScannedDirectory
from library.paths import from_stored
from library.roots import synced_roots
from library.scanner import guards
from library.scanner.ahead import names_of
from library.scanner.columns import ReadColumns, grammar
from library.scanner.diff import FolderChange, changes_of
from library.scanner.progress import Progress
from library.scanner.rows import known_directories
from library.scanner.scout import Found, is_worth_it, scouted
from library.scanner.walk import Problem, Tree, Walk
from library.services.lookup import get_series


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


# What is different in a folder, and what the names of its files say, in their order.
Read = tuple[FolderChange, Iterator[ReadColumns]]


@dataclass(slots=True)
class Plan:
    """What is to be done with one root."""

    root: LibraryRoot
    tree: Tree
    known: dict[str, int]
    changes: list[FolderChange]
    losses: guards.Losses
    grammar: str  # of the name reader
    full: bool  # names are read again that have not changed
    files_are_told: ClassVar[bool] = True  # as many as there are, before the first is written

    @property
    def folders(self) -> int:
        """How many folders the root holds."""
        return len(self.tree.folders) - 1

    @property
    def changed(self) -> set[str]:
        """The folders that are brought in line."""
        return {change.name for change in self.changes}

    @property
    def reads_every_name(self) -> bool:
        """Whether after this no name is left that another name reader has read."""
        return not any(change.unseen for change in self.changes)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Iterator[Read]]:
        """Give the changes with what is said by the names that have to be read."""
        with names_of(list(self._names_to_read())) as columns:
            yield ((change, columns) for change in self.changes)

    def _names_to_read(self) -> Iterator[str]:
        """The paths of all files whose names will be read, in the order of the changes."""
        for change in self.changes:
            yield from (seen.path for seen in change.new)
            yield from (seen.path for _, seen in change.changed)
            yield from (known.path for known in change.returned)
            if self.full:
                yield from (known.path for known in change.same)


@dataclass(slots=True)
class FirstPlan(Plan):
    """A root no file is known of: it can lose nothing, so it is walked while it is written."""

    names: list[str]
    files_are_told: ClassVar[bool] = False

    @classmethod
    def of(cls, root: LibraryRoot, tree: Tree, names: list[str]) -> Self:
        tree.problems.clear()  # they are found again
        return cls(root, tree, {}, [], guards.Losses(root, 0, 0), grammar(), True, names)

    @property
    def folders(self) -> int:
        return len(self.names)

    @property
    def changed(self) -> set[str]:
        return {"", *self.names}

    @contextlib.contextmanager
    def reading(self) -> Iterator[Iterator[Read]]:
        with scouted(self.root.directory, self.names) as found:
            yield self._changes(found)

    def _changes(self, found: Iterator[Found]) -> Iterator[Read]:
        told: set[Problem] = set()  # a process that died may have told some already
        with _readable(self.root):
            for folder, columns, problems in found:
                self.tree.problems += [problem for problem in problems if problem not in told]
                told.update(problems)
                yield FolderChange(folder, new=folder.files), iter(columns)


def plans(options: ScanOptions, progress: Progress) -> list[Plan]:
    """Look through every root. A root that cannot be trusted is frozen.

    Raises:
        NoLibraryRoot: none is configured.
        RootUnavailable: one cannot be trusted.
        ScanCancelled: the owner asked for it.
    """
    roots = _roots(options)
    for root in roots:
        _check(root, options)
    return [_first_plan(root, options) or _plan(root, options, progress) for root in roots]


def _roots(options: ScanOptions) -> list[LibraryRoot]:
    roots = synced_roots()
    if not roots:
        raise NoLibraryRoot("No library folder is set. Name one on the library page.")
    if options.series is None:
        return roots
    series = get_series(options.series)
    home = [root for root in roots if series.root_id in (None, root.pk)]
    if not home:
        raise RootUnavailable(f"The library folder of {series.name} is no longer configured.")
    return home[:1]


def _check(root: LibraryRoot, options: ScanOptions) -> None:
    try:
        guards.check_readable(root)
        if options.series is None:
            guards.check_not_empty(root, accepted=options.accept_removals)
    except RootUnavailable as error:
        _freeze(root, error)
        raise


def _first_plan(root: LibraryRoot, options: ScanOptions) -> FirstPlan | None:
    """The plan for a large root that is looked at for the first time."""
    if options.series is not None or MediaFile.objects.filter(root=root).exists():
        return None
    if ScannedDirectory.objects.filter(root=root).exists():
        return None  # it was looked at before, and held no video
    walk = Walk(root.directory, {})
    with _readable(root):
        names = walk.begin()
    return FirstPlan.of(root, walk.tree, names) if is_worth_it(names) else None


def _plan(root: LibraryRoot, options: ScanOptions, progress: Progress) -> Plan:
    only = _only(options)
    known = known_directories(root.pk)
    stamp = grammar()
    full = options.full or root.grammar != stamp
    before = progress.files  # of other roots
    walk = Walk(
        root.directory,
        {} if full else known,
        only=only,
        tick=lambda files: progress.walking(before + files),
    )
    with _readable(root):
        tree = walk.run()
    changes = list(changes_of(root.pk, tree, only=only))
    share = store.load().library.mass_removal_share
    losses = guards.measure(root, changes, share=share)
    accepted = options.accept_removals
    try:
        guards.check_identity(root, tree, losses, share=share, accepted=accepted)
    except RootUnavailable as error:
        _freeze(root, error)
        raise
    if not accepted:
        guards.hold(changes, losses)
    return Plan(root, tree, known, changes, losses, stamp, full)


@contextlib.contextmanager
def _readable(root: LibraryRoot) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        gone = RootUnavailable(f"{root.path} cannot be read: {error.strerror}.")
        _freeze(root, gone)
        raise gone from error


def _only(options: ScanOptions) -> frozenset[str] | None:
    if options.series is None:
        return None
    return frozenset({from_stored(get_series(options.series).folder)})


def _freeze(root: LibraryRoot, error: RootUnavailable) -> None:
    root.error, root.frozen_reason = str(error), error.frozen_reason
    root.save(update_fields=["error", "frozen_reason"])
