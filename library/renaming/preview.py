"""What a renaming would do, shown before it is asked for. Changes nothing, and waits for no disk
for long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from aniworld.config import reach, store
from aniworld.config.schema import Config
from library.errors import NotRenamed
from library.models import AnimeSeries
from library.models.series import AnimeSeriesQuerySet
from library.naming.paths import to_stored
from library.renaming.carry import refusal
from library.renaming.disks import Disks
from library.renaming.plan import Kept, SeriesPlan, plan_for
from providers.coded import Coded

MOST_FILES = 5000  # that are looked at for one page
MOST_SERIES = 50  # with something to be said of them, on one page


@dataclass(frozen=True, slots=True)
class LibraryPreview:
    """A part of the library: the series of which files would be renamed, or cannot be.

    ``further`` is the id of the series after which to go on; None where this was the rest.
    """

    plans: list[SeriesPlan]
    unchanged: int
    further: int | None


def preview_of(series: AnimeSeries) -> SeriesPlan:
    """What would be done with one series now.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    return next(_plans([series], store.load()))


def previews_of(series: Iterable[AnimeSeries]) -> list[SeriesPlan]:
    """The same of several."""
    return list(_plans(series, store.load()))


def with_files() -> AnimeSeriesQuerySet:
    """The series that have files, in the order of their names."""
    found = AnimeSeries.objects.active().exclude(root=None).filter(files__isnull=False)
    return found.select_related("root").distinct().order_by("sort_name", "id")


def preview_from(after: int | None) -> LibraryPreview:
    """What would be done with the library, from one series on: so much as is found with a bounded
    amount of work.

    Args:
        after: the id of the series behind which to begin.
    """
    listed = with_files()
    start = AnimeSeries.objects.filter(pk=after).first() if after is not None else None
    if start is not None:
        same = Q(sort_name=start.sort_name, pk__gt=start.pk)
        listed = listed.filter(Q(sort_name__gt=start.sort_name) | same)
    found: list[SeriesPlan] = []
    unchanged = files = 0
    config = store.load()
    previous: AnimeSeries | None = None
    for series in listed[: MOST_FILES + 1].iterator(chunk_size=200):
        if files >= MOST_FILES or len(found) >= MOST_SERIES:
            return LibraryPreview(found, unchanged, previous.pk if previous else None)
        plan = next(_plans([series], config))
        unchanged += plan.unchanged
        files += plan.files
        previous = series
        if not plan.is_settled:
            found.append(plan)
    return LibraryPreview(found, unchanged, None)


def _plans(listed: Iterable[AnimeSeries], config: Config) -> Iterator[SeriesPlan]:
    disks = Disks(seconds=reach.PATIENCE)
    away: dict[int, Coded | None] = {}  # by root, why its files cannot be renamed
    for series in listed:
        root = series.root
        if root is None:
            yield SeriesPlan(series)
            continue
        if root.pk not in away:
            away[root.pk] = _fault_of(disks, series)
        fault = away[root.pk]
        try:
            yield _all_kept(series, fault) if fault else plan_for(series, config, disks)
        except OSError as error:
            yield _all_kept(series, refusal(error).as_json())


def _fault_of(disks: Disks, series: AnimeSeries) -> Coded | None:
    try:
        if series.root is not None:
            disks.prove(series.root)
    except NotRenamed as error:
        return error.as_json()
    return None


def _all_kept(series: AnimeSeries, reason: Coded) -> SeriesPlan:
    kept = [Kept(path, reason) for path in series.files.values_list("path", flat=True)]
    return SeriesPlan(series, kept=kept)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One video as it is shown. Paths are in stored form; ``new`` is what it would be called, empty
    where nobody can say.

    ``beside`` are the names of the files that move along.
    """

    old: str
    new: str
    beside: list[str]
    reason: Coded | None


def rows_of(plan: SeriesPlan) -> list[PlannedRow]:
    """What is to be said of the files of a series, but of those that are named so already."""
    moves = [
        PlannedRow(
            to_stored(move.video.old),
            to_stored(move.video.new),
            [to_stored(pair.old.rpartition("/")[2]) for pair in move.beside],
            None,
        )
        for move in plan.moves
    ]
    kept = [PlannedRow(one.path, one.wanted, [], one.reason) for one in plan.kept]
    return sorted([*moves, *kept], key=lambda row: row.old)
