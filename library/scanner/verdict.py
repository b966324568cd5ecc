"""What of a scan's losses is believed, and what waits for the owner's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from aniworld.config.reach import Ask
from library.choices import FileState
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.scanner.diff import FolderChange
from library.scanner.erosion import tolls_since_the_last_word
from library.scanner.guards import Losses
from library.scanner.moves import Moves
from library.scanner.neighbours import Neighbours, neighbours_of
from library.scanner.signs import FEWEST_SHOWS, Toll, has_eroded, is_a_disk
from library.scanner.tolls import Looked, Show, ShowId, shows_losing
from library.scanner.word import Word

# What the losses of many series together look like: codes.
POOL, ERODED, OTHERS_WAIT = "losses_of_a_pool", "losses_by_and_by", "losses_beside_others"


@dataclass(slots=True)
class Verdict:
    """What the owner is asked about: everything that has gone (``sign`` says why), what has gone of
    the roots in ``roots``, or of the series in ``over``. Nothing of what the ``word`` covers.
    """

    shows: Mapping[ShowId, Show] = field(default_factory=dict)
    names: Mapping[int, tuple[str, str]] = field(default_factory=dict)  # key and name by series
    over: set[int] = field(default_factory=set)
    roots: set[int] = field(default_factory=set)
    sign: str = ""  # code of why everything is asked about; "" where it is not
    word: Word = field(default_factory=Word)  # of what the owner has said that it was meant

    def losses_of(self, root: LibraryRoot, *, is_other_disk: bool) -> Losses:
        """What is told of one root."""
        lost = {s: n for s, n in self._lost_of(root).items() if n}
        known = MediaFile.objects.filter(root=root).count() if lost else 0
        losses = Losses(root, known, sum(lost.values()))
        all_of_it = bool(lost) and (bool(self.sign) or root.pk in self.roots)
        losses.is_asked_about, losses.is_other_disk = all_of_it, is_other_disk
        losses.sign = self.sign if all_of_it else ""
        losses.series = sorted(
            (
                (*self.names[show], gone, self.shows[show].files)
                for show, gone in lost.items()
                if isinstance(show, int) and show in self.names and (all_of_it or show in self.over)
            ),
            key=lambda told: told[1].casefold(),
        )
        return losses

    def _lost_of(self, root: LibraryRoot) -> dict[ShowId, int]:
        return {
            show.id: sum(
                gone.root_id == root.pk and not self.word.covers(root, gone.file)
                for gone in show.gone
            )
            for show in self.shows.values()
        }

    def carry_out(self, root: LibraryRoot, changes: Sequence[FolderChange]) -> None:
        """Mark the folders whose gone files become unavailable instead of missing, and note the
        episodes that are believed to be deleted. The owner's word covers what is behind links."""
        lost = {gone.file.id for show in self.shows.values() for gone in show.gone}
        told: set[int] = set()
        for change in changes:
            if self.word.is_given and self._take_at_the_word(root, change):
                continue
            gone = [file for file in change.gone if file.id in lost]
            away = any(file.id in lost for file in change.away)
            change.held = (bool(gone) or away) and self._holds(root, change)
            if change.held:
                change.replaced += [file for file in change.gone if file.id not in lost]
                change.gone = gone
                continue
            series = {file.series_id for file in gone if file.series_id is not None} - told
            told |= series
            change.believed = [
                (pk, *number) for pk in sorted(series) for number in sorted(self.shows[pk].read)
            ]

    def _take_at_the_word(self, root: LibraryRoot, change: FolderChange) -> bool:
        """Take for deleted what the owner's word is about; whether that is all that is lost."""
        covered = [file for file in change.lost if self.word.covers(root, file)]
        if len(covered) == len(change.lost):
            change.gone, change.away = covered, []
            return True
        change.gone, change.away = (
            [file for file in files if not self.word.covers(root, file)]
            for files in (change.gone, change.away)
        )
        change.replaced += covered
        return False

    def _holds(self, root: LibraryRoot, change: FolderChange) -> bool:
        if self.sign or root.pk in self.roots:
            return True
        if any(file.series_id in self.over for file in change.lost):
            return True
        # What has become unavailable stays so until it returns or the owner decides.
        return any(file.state != FileState.PRESENT for file in change.gone)


def verdict_on(
    looked: Looked, moves: Moves, *, share: float, one_series: bool, ask: Ask
) -> Verdict:
    """Weigh what would be lost.

    Args:
        looked: the roots that were looked through, with what is different.
        share: the most of a series or a root that is believed to be deleted, from 0 to 1.
        one_series: only the folder of one series was looked at.
        ask: looks whether other series have lost something too.
    """
    shows = shows_losing(looked, moves)
    if not shows:
        return Verdict()
    # Those that were removed too: they may be restored, and their files be wanted then.
    series = AnimeSeries.objects.filter(pk__in=[s for s in shows if isinstance(s, int)])
    names = {pk: (key, name) for pk, key, name in series.values_list("pk", "key", "name")}
    verdict = Verdict(shows, names, roots=_roots_over(shows, moves, share))
    tolls = {s: show.toll for s, show in shows.items() if not isinstance(s, int) or s in names}
    verdict.over = {
        s for s, toll in tolls.items() if isinstance(s, int) and _is_too_much(toll, share)
    }
    if tolls:
        roots = [root for root, _ in looked]
        around = neighbours_of(verdict.names, roots, ask) if one_series else None
        verdict.sign = _sign(verdict, list(tolls.values()), roots, around)
    return verdict


def _is_too_much(toll: Toll, share: float) -> bool:
    return toll.lost > toll.known * share or bool(toll.seasons) or toll.has_many_holes


def _roots_over(shows: Mapping[ShowId, Show], moves: Moves, share: float) -> set[int]:
    """The roots most of whose files are nowhere in the library any more."""
    lost = Counter(
        gone.root_id
        for show in shows.values()
        for gone in show.gone
        if not moves.is_in_library(gone.file)
    )
    known = MediaFile.objects.filter(root__in=list(lost)).order_by()
    counts = known.values_list("root").annotate(Count("pk"))
    return {pk for pk, files in counts if lost[pk] > files * share}


def _sign(
    verdict: Verdict, tolls: list[Toll], roots: Sequence[LibraryRoot], around: Neighbours | None
) -> str:
    """The code of what the losses of all shows together look like, "" where that is nothing.

    Args:
        around: the series around the one that alone was looked at.
    """
    if around is not None:
        if around.waits_for_the_owner:
            return OTHERS_WAIT
        shows = around.shows + len(tolls)
        episodes = around.episodes + sum(toll.known for toll in tolls)
        tolls = tolls + around.tolls
    else:
        shows, episodes = _census(roots)
    # Where the owner is asked anyway, it is about all of it.
    asked_anyway = bool(verdict.over) and len(tolls) >= FEWEST_SHOWS
    if asked_anyway or is_a_disk(tolls, shows=shows, episodes=episodes):
        return POOL
    if not any(toll.holes for toll in tolls):
        return ""
    since = tolls_since_the_last_word(verdict.shows.values())
    eroded = has_eroded(since, episodes=episodes + sum(toll.lost for toll in since))
    return ERODED if eroded else ""


def _census(roots: Sequence[LibraryRoot]) -> tuple[int, int]:
    """How many shows these roots hold, and how many episodes of them."""
    had = Q(downloaded_count__gt=0) | Q(unavailable_count__gt=0)
    series = AnimeSeries.objects.filter(had, root__in=roots)
    found = series.aggregate(
        shows=Count("pk"), there=Sum("downloaded_count"), away=Sum("unavailable_count")
    )
    others = MediaFile.objects.filter(root__in=roots, series=None).order_by()
    folders = others.values_list("root", "folder").annotate(files=Count("pk"))
    files = [count for *_, count in folders]
    episodes = (found["there"] or 0) + (found["away"] or 0) + sum(files)
    return found["shows"] + len(files), episodes
