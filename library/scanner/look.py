"""Looking through every root, before anything is changed: what is to be done with each."""

from __future__ import annotations

from collections.abc import Sequence

from aniworld.config import store
from library.errors import NoLibraryRoot, RootUnavailable
from library.models import LibraryRoot, MediaFile, ScannedDirectory
from library.naming.paths import from_stored
from library.scanner import guards
from library.scanner.columns import grammar
from library.scanner.diff import changes_of
from library.scanner.moves import moves_between
from library.scanner.plan import FirstPlan, Plan
from library.scanner.progress import Progress
from library.scanner.rows import known_directories, untrusted_directories
from library.scanner.scout import is_worth_it
from library.scanner.walk import OPEN_AGAIN, Walk, identity_of
from library.services.lookup import get_series
from library.services.operations import ScanOptions
from library.services.roots import synced_roots


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
        guards.freeze(root, error)
        raise


def _first_plan(root: LibraryRoot, options: ScanOptions) -> FirstPlan | None:
    """The plan for a large root that is looked at for the first time."""
    if options.series is not None or MediaFile.objects.filter(root=root).exists():
        return None
    if ScannedDirectory.objects.filter(root=root).exists():
        return None  # it was looked at before, and held no video
    walk = Walk(root.directory, {})
    with guards.readable(root):
        names = walk.begin()
    return FirstPlan.of(root, walk.tree, names) if is_worth_it(names) else None


def _plan(root: LibraryRoot, options: ScanOptions, progress: Progress) -> Plan:
    only = _only(options)
    known = known_directories(root.pk)
    stamp = grammar()
    full = options.full or root.grammar != stamp
    before = progress.files  # of other roots
    with guards.readable(root):
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


def _only(options: ScanOptions) -> frozenset[str] | None:
    if options.series is None:
        return None
    return frozenset({from_stored(get_series(options.series).folder)})
