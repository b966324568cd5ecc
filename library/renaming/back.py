"""Giving renamed files their former names back."""

from __future__ import annotations

from collections.abc import Iterator

from library.choices import FileState, StepState
from library.models import AnimeSeries, MediaFile, RenameStep, ScanOperation
from library.models.renames import StoredPair
from library.naming.paths import from_stored, to_stored
from library.renaming.plan import Kept, Move, Pair, SeriesPlan
from library.renaming.write import what_a_name_says
from library.services.arrivals import DOWNLOADED_RULE
from library.services.numbering import Numbering
from library.services.settle import numberings_of
from providers.coded import coded

_ANOTHER = coded("not_renamed", why="renumbered_since")


def series_of(operation: ScanOperation, key: str | None) -> list[AnimeSeries]:
    """The series of which an operation has renamed files.

    Args:
        key: of the only one that is wanted.
    """
    done = operation.steps.filter(state=StepState.DONE)
    found = AnimeSeries.objects.filter(pk__in=done.values("series")).select_related("root")
    if key is not None:
        found = found.filter(key=key)
    return list(found.order_by("sort_name", "id"))


def plan_back(operation: ScanOperation, series: AnimeSeries) -> SeriesPlan:
    """What was renamed of a series, the other way round.

    A file that has another name since, or belongs to another series, stays as it is; so does one
    that would stand for another episode by its former name. That needs no renumbering: a season
    that only grew, or the owner's ranges, change what a number counted over all stands for.
    """
    plan = SeriesPlan(series)
    numbering = numberings_of([series.pk])[series.pk]
    steps = list(operation.steps.filter(state=StepState.DONE, series=series))
    ids = [pair["file"] for step in steps for pair in step.pairs if pair["file"] is not None]
    files = MediaFile.objects.filter(series=series, state=FileState.PRESENT).in_bulk(ids)
    for step in steps:
        for move in _moves(step, files, plan):
            if _is_another(move.video, numbering):
                plan.kept.append(Kept(to_stored(move.video.old), _ANOTHER))
            else:
                plan.moves.append(move)
    return plan


def _is_another(video: Pair, numbering: Numbering) -> bool:
    """Whether the former name of a video stands for other episodes than its name does now."""
    file = video.file
    if file is None or file.rule == DOWNLOADED_RULE:
        return False
    said = what_a_name_says(to_stored(video.new))
    former = numbering.place(said["season"], said["episodes"], said["absolute"])
    return former.numbers != numbering.place(file.season, file.episodes, file.absolute).numbers


def _moves(step: RenameStep, files: dict[int, MediaFile], plan: SeriesPlan) -> Iterator[Move]:
    videos = [pair for pair in step.pairs if pair["file"] is not None]
    beside = tuple(_turned(pair) for pair in step.pairs if pair["file"] is None)
    for pair in videos:
        file = files.get(pair["file"] or 0)
        is_at_home = file is not None and file.root_id == plan.series.root_id
        if file is None or not is_at_home or file.path != pair["new"]:
            plan.kept.append(Kept(pair["new"], coded("not_renamed", why="renamed_since")))
            continue
        yield Move(_turned(pair, file), beside, undoes=step.pk)
        beside = ()  # they go with the first


def _turned(pair: StoredPair, file: MediaFile | None = None) -> Pair:
    return Pair(from_stored(pair["new"]), from_stored(pair["old"]), file)
