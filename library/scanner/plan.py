"""What a scan is about to do. Nothing is changed before this is known of every root."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self

from aniworld.config import store
from library.errors import NoLibraryRoot, RootUnavailable
from library.models import LibraryRoot, MediaFile, ScannedDirectory
from library.naming.paths import from_stored
from library.problems import Problem
from library.scanner import guards
from library.scanner.ahead import names_of
from library.scanner.columns import ReadColumns, grammar
from library.scanner.diff import FolderChange, changes_of
from library.scanner.moves import moves_between
from library.scanner.progress import Progress
from library.scanner.rows import known_directories, untrusted_directories
from library.scanner.scout import Found, is_worth_it, scouted
from library.scanner.walk import OPEN_AGAIN, Tree, Walk, identity_of
from library.services.lookup import get_series
from library.services.operations import ScanOptions
from library.services.roots import synced_roots
from providers.coded import errno_name

# What is different in a folder, and what the names of its files say, in their order.
Read = tuple[FolderChange, Iterator[ReadColumns]]


@dataclass(slots=True)
class Plan:
    """What is to be done with one root."""

    root: LibraryRoot
    tree: Tree
    known: dict[str, int]
    changes: list[FolderChange]
    grammar: str  # of the name reader
    full: bool  # names are read again that have not changed
    only: frozenset[str] | None = None  # the folders looked into, where not all
    homes: dict[str, int] = field(default_factory=dict)  # series whose files a folder holds now
    losses: guards.Losses = field(init=False)  # known when every root was looked through
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

    names: list[str] = field(default_factory=list)
    files_are_told: ClassVar[bool] = False

    @classmethod
    def of(cls, root: LibraryRoot, tree: Tree, names: list[str]) -> Self:
        tree.problems.clear()  # they are found again
        return cls(root, tree, {}, [], grammar(), full=True, names=names)

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
    looked = [_first_plan(root, options) or _plan(root, options, progress) for root in roots]
    _weigh(looked, options)
    return sorted(looked, key=lambda plan: not plan.homes)


def _weigh(looked: Sequence[Plan], options: ScanOptions) -> None:
    """Ask what would be lost, knowing what is new in every root."""
    share = store.load().library.mass_removal_share
    moves = moves_between([(plan.root, plan.changes) for plan in looked])
    for plan in looked:
        plan.homes = {
            folder: series for (root, folder), series in moves.homes.items() if root == plan.root.pk
        }
        # Before their old places, so that what was moved is never without a place.
        plan.changes.sort(key=lambda change: change.name not in plan.homes)
        plan.losses = guards.measure(plan.root, plan.changes, moves, share=share)
        plan.losses.is_other_disk = plan.root.identity not in ("", plan.tree.identity)
        if not options.accept_removals:
            guards.hold(plan.changes, plan.losses)


def _roots(options: ScanOptions) -> list[LibraryRoot]:
    roots = synced_roots()
    if not roots:
        raise NoLibraryRoot
    if options.series is None:
        return roots
    series = get_series(options.series)
    home = [root for root in roots if series.root_id in (None, root.pk)]
    if not home:
        raise RootUnavailable(why="not_configured", name=series.name)
    return home[:1]


def _check(root: LibraryRoot, options: ScanOptions) -> None:
    try:
        guards.check_readable(root)
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
    with _readable(root):
        walk = Walk(
            root.directory,
            {} if full else _trusted(root, known),
            only=only,
            tick=lambda files: progress.walking(before + files),
        )
        tree = walk.run()
    changes = list(changes_of(root.pk, tree, only=only))
    return Plan(root, tree, known, changes, stamp, full, only)


def _trusted(root: LibraryRoot, known: dict[str, int]) -> dict[str, int]:
    """The mtimes that tell that nothing has changed. On another disk they tell nothing."""
    if root.identity not in ("", identity_of(root.directory.stat())):
        return {}
    return known | dict.fromkeys(untrusted_directories(root.pk) & known.keys(), OPEN_AGAIN)


@contextlib.contextmanager
def _readable(root: LibraryRoot) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        gone = RootUnavailable(why="unreadable", path=root.path, errno=errno_name(error))
        _freeze(root, gone)
        raise gone from error


def _only(options: ScanOptions) -> frozenset[str] | None:
    if options.series is None:
        return None
    return frozenset({from_stored(get_series(options.series).folder)})


def _freeze(root: LibraryRoot, error: RootUnavailable) -> None:
    root.error, root.frozen_reason = str(error), error.frozen_reason
    root.save(update_fields=["error", "frozen_reason"])
