"""Looking through every root, before anything is changed: what is to be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from aniworld.config import store
from library.errors import NoLibraryRoot, RootUnavailable
from library.models import LibraryRoot, MediaFile, ScannedDirectory
from library.naming.paths import from_stored
from library.scanner import guards
from library.scanner.columns import grammar
from library.scanner.diff import changes_of
from library.scanner.found import OPEN_AGAIN, Remembered, identity_of
from library.scanner.moves import moves_between
from library.scanner.plan import FirstPlan, Plan
from library.scanner.progress import Progress
from library.scanner.rows import known_directories, untrusted_directories
from library.scanner.scout import is_worth_it
from library.scanner.trust import RootTrust, Shaken, Trust
from library.scanner.verdict import verdict_on
from library.scanner.walk import Walk
from library.scanner.word import Word
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
    word = Word.on(roots) if options.accept_removals else Word()
    for root in roots:
        _check(root, word)
    looked = _look(roots, options, progress)
    _weigh(looked, options, word)
    return sorted(looked, key=lambda plan: not plan.homes)


def _look(roots: Sequence[LibraryRoot], options: ScanOptions, progress: Progress) -> list[Plan]:
    """Walk every root. All is walked again where a mount that was believed is seen to lie: of what
    was not opened nothing is known then. A mount is believed but once in a scan."""
    known = LibraryRoot.objects.active().values_list("mounts", flat=True)
    trust = Trust(mount for mounts in known for mount in mounts)
    before = progress.files
    while True:
        try:
            return [
                _first_plan(root, options, trust) or _plan(root, options, progress, trust)
                for root in roots
            ]
        except Shaken:
            trust.begin_again()
            progress.files = before


def _weigh(looked: Sequence[Plan], options: ScanOptions, word: Word) -> None:
    """Ask what would be lost, knowing what is new in every root."""
    share = store.load().library.mass_removal_share
    found = [(plan.root, plan.changes) for plan in looked]
    moves = moves_between(found)
    verdict = verdict_on(found, moves, share=share, one_series=options.series is not None)
    verdict.word = word
    for plan in looked:
        plan.homes = {
            folder: series for (root, folder), series in moves.homes.items() if root == plan.root.pk
        }
        plan.renamed = {
            folder: old for (root, folder), old in moves.renamed.items() if root == plan.root.pk
        }
        # Before their old places, so that what was moved is never without a place.
        plan.changes.sort(key=lambda change: change.name not in plan.homes)
        is_other_disk = plan.root.identity not in ("", plan.tree.identity)
        plan.losses = verdict.losses_of(plan.root, is_other_disk=is_other_disk)
        verdict.carry_out(plan.root, plan.changes)


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


def _check(root: LibraryRoot, word: Word) -> None:
    try:
        guards.check_readable(root)
        guards.check_not_empty(root, word)
    except RootUnavailable as error:
        guards.freeze(root, error)
        raise


def _first_plan(root: LibraryRoot, options: ScanOptions, trust: Trust) -> FirstPlan | None:
    """The plan for a large root that is looked at for the first time."""
    if options.series is not None or MediaFile.objects.filter(root=root).exists():
        return None
    if ScannedDirectory.objects.filter(root=root).exists():
        return None  # it was looked at before, and held no video
    walk = Walk(root.directory, {})
    with guards.readable(root):
        names = walk.begin()
    if not is_worth_it(names):
        return None
    return FirstPlan.of(root, walk.tree, names, RootTrust(root.path, trust))


def _plan(root: LibraryRoot, options: ScanOptions, progress: Progress, trust: Trust) -> Plan:
    only = _only(options)
    known = known_directories(root.pk)
    stamp = grammar()
    full = options.full or root.grammar != stamp
    before = progress.files  # of other roots
    of_root = RootTrust(root.path, trust, root.mounts)
    with guards.readable(root):
        is_other = root.identity not in ("", identity_of(root.directory.stat()))
        is_full_look = full or is_other or _is_full_look_due(root)
        walk = Walk(
            root.directory,
            {} if is_other else _telling(root, known),
            trust=of_root,
            full=is_full_look,
            only=only,
            tick=lambda files: progress.walking(before + files),
        )
        tree = walk.run()
    for folder in tree.folders.values():
        folder.forget_known(known)
    changes = list(changes_of(root.pk, tree, only=only))
    return Plan(root, tree, known, changes, stamp, full, of_root, is_full_look, only)


def _is_full_look_due(root: LibraryRoot) -> bool:
    """Whether nobody has looked at every directory and file for too long."""
    age = timedelta(days=store.load().library.full_look_days)
    return root.full_look_at is None or timezone.now() - root.full_look_at >= age


def _telling(root: LibraryRoot, known: dict[str, Remembered]) -> dict[str, Remembered]:
    """What tells that nothing has changed. Above files that are unavailable nothing does."""
    again = untrusted_directories(root.pk) & known.keys()
    return known | dict.fromkeys(again, Remembered(OPEN_AGAIN, None))


def _only(options: ScanOptions) -> frozenset[str] | None:
    if options.series is None:
        return None
    return frozenset({from_stored(get_series(options.series).folder)})
