"""Looking through every root, before anything is changed: what is to be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from aniworld.config import store
from aniworld.config.reach import Ask
from library.errors import NoLibraryRoot, RootUnavailable
from library.models import LibraryRoot, MediaFile, ScannedDirectory
from library.naming.paths import from_stored
from library.scanner import guards
from library.scanner.columns import grammar
from library.scanner.diff import changes_of, leave_out_arrivals
from library.scanner.disk import Disks
from library.scanner.found import OPEN_AGAIN, Remembered, Tree, identity_of
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
    disks = Disks(progress)
    word = Word.on(roots, disks) if options.accept_removals else Word()
    for root in roots:
        _check(root, word, disks)
    looked = _look(roots, options, disks)
    _weigh(looked, options, word, disks)
    return sorted(looked, key=lambda plan: not plan.homes)


def _look(roots: Sequence[LibraryRoot], options: ScanOptions, disks: Disks) -> list[Plan]:
    """Walk every root. All is walked again where a mount that was believed is seen to lie: of what
    was not opened nothing is known then. A mount is believed but once in a scan."""
    known = LibraryRoot.objects.active().values_list("mounts", flat=True)
    trust = Trust(mount for mounts in known for mount in mounts)
    before = disks.progress.files
    while True:
        try:
            return [
                _first_plan(root, options, disks, trust) or _plan(root, options, disks, trust)
                for root in roots
            ]
        except Shaken:
            trust.begin_again()
            disks.progress.files = before


def _weigh(looked: Sequence[Plan], options: ScanOptions, word: Word, ask: Ask) -> None:
    """Ask what would be lost, knowing what is new in every root."""
    share = store.load().library.mass_removal_share
    found = [(plan.root, plan.changes) for plan in looked]
    moves = moves_between(found)
    alone = options.series is not None
    verdict = verdict_on(found, moves, share=share, one_series=alone, ask=ask)
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


def _check(root: LibraryRoot, word: Word, ask: Ask) -> None:
    try:
        guards.check_readable(root, ask)
        guards.check_not_empty(root, word, ask)
    except RootUnavailable as error:
        guards.freeze(root, error)
        raise


def _first_plan(
    root: LibraryRoot, options: ScanOptions, disks: Disks, trust: Trust
) -> FirstPlan | None:
    """The plan for a large root that is looked at for the first time."""
    if options.series is not None or MediaFile.objects.filter(root=root).exists():
        return None
    if ScannedDirectory.objects.filter(root=root).exists():
        return None  # it was looked at before, and held no video
    walk = Walk(root.directory, {})
    with guards.readable(root):
        names = disks(root.path, walk.begin)
    if not is_worth_it(names):
        return None
    return FirstPlan.of(root, walk.tree, names, RootTrust(root.path, trust), disks)


def _plan(root: LibraryRoot, options: ScanOptions, disks: Disks, trust: Trust) -> Plan:
    only, began = _only(options), timezone.now()
    known = known_directories(root.pk)
    stamp = grammar()
    full = options.full or root.grammar != stamp
    of_root = RootTrust(root.path, trust, root.mounts)
    with guards.readable(root):
        identity = disks(root.path, lambda: identity_of(root.directory.stat()))
        is_other = root.identity not in ("", identity)
        is_full_look = full or is_other or _is_full_look_due(root)
        walk = Walk(
            root.directory,
            {} if is_other else _telling(root, known),
            trust=of_root,
            full=is_full_look,
            only=only,
        )
        tree = _walked(walk, root, disks)
    for folder in tree.folders.values():
        folder.forget_known(known)
    changes = list(changes_of(root.pk, tree, only=only))
    leave_out_arrivals(root.pk, changes, began)
    return Plan(root, tree, known, changes, stamp, full, of_root, is_full_look, only)


def _walked(walk: Walk, root: LibraryRoot, disks: Disks) -> Tree:
    """Walk in another thread, and tell meanwhile how many files it has found."""
    progress = disks.progress
    before = progress.files  # of other roots

    def beat() -> None:
        progress.walking(before + walk.found)

    try:
        tree = disks(root.path, walk.run, signs=lambda: walk.signs, beat=beat)
        beat()
    finally:
        walk.stop()
    return tree


def _is_full_look_due(root: LibraryRoot) -> bool:
    """Whether nobody has looked at every directory and file for too long."""
    age = timedelta(days=store.load().library.full_look_days)
    if root.full_look_at is None:
        return True
    passed = timezone.now() - root.full_look_at
    return passed < timedelta(0) or passed >= age  # or the clock was set back since


def _telling(root: LibraryRoot, known: dict[str, Remembered]) -> dict[str, Remembered]:
    """What tells that nothing has changed. Above files that are unavailable nothing does."""
    again = untrusted_directories(root.pk) & known.keys()
    return known | dict.fromkeys(again, Remembered(OPEN_AGAIN, None))


def _only(options: ScanOptions) -> frozenset[str] | None:
    if options.series is None:
        return None
    return frozenset({from_stored(get_series(options.series).folder)})
