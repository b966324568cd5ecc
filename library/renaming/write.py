"""A renaming in the database: what is going to be done before the first file moves, and each step
as it is done. Short transactions, and no disk in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from aniworld.journal.models import Entry
from aniworld.journal.services import Undo, mark_undone, record
from library import events
from library.choices import StepState
from library.entries import LibraryAction, about
from library.models import AnimeSeries, Episode, LibraryRoot, MediaFile, RenameStep, ScanOperation
from library.models.renames import StoredPair
from library.naming.paths import from_stored, to_stored
from library.renaming.order import Step
from library.services.arrivals import DOWNLOADED_RULE
from library.services.operations import RENAME_BACK
from library.services.settle import settle

NAMED = 5  # files in an entry of the journal; the steps have them all


def plan_steps(
    operation: ScanOperation,
    series: AnimeSeries,
    root: LibraryRoot,
    steps: Sequence[tuple[Step, Sequence[StoredPair]]],
) -> list[RenameStep]:
    """Write what is going to be done with a series, with the entry of the journal.

    Args:
        steps: each with its files as they are stored.
    """
    rows = [
        RenameStep(
            operation=operation,
            series=series,
            root=root,
            pairs=list(pairs),
            undoes_id=step[0].undoes,
        )
        for step, pairs in steps
    ]
    videos = [pair for row in rows for pair in row.pairs if pair["file"] is not None]
    with transaction.atomic():
        made = RenameStep.objects.bulk_create(rows)
        record(
            LibraryAction.FILES_RENAMED,
            on=about(series),
            before={"files": [pair["old"] for pair in videos[:NAMED]]},
            after={"files": [pair["new"] for pair in videos[:NAMED]], "count": len(videos)},
            undo=_way_back(operation, series),
        )
    return made


def _way_back(operation: ScanOperation, series: AnimeSeries) -> Undo:
    facts = {"operation": str(operation.operation_id), "series": series.key}
    return Undo(RENAME_BACK, facts)


def write_step(step: RenameStep, moved: Sequence[bool]) -> None:
    """Let the database follow the files of a step.

    Args:
        moved: of each pair whether the file has its new name.
    """
    done = [pair for pair, is_done in zip(step.pairs, moved, strict=True) if is_done]
    if not done:
        step.delete()
        return
    with transaction.atomic():
        _follow(done)
        step.pairs, step.state = done, StepState.DONE
        step.save(update_fields=["pairs", "state"])
        if step.undoes is not None:
            RenameStep.objects.filter(pk=step.undoes.pk).update(state=StepState.UNDONE)
            _note_undone(step, step.undoes)


def _note_undone(step: RenameStep, undone: RenameStep) -> None:
    """What has no file left to be given back is taken back, whichever entry that began from."""
    left = RenameStep.objects.filter(operation=undone.operation, state=StepState.DONE)
    if left.filter(series=undone.series).exists():
        return
    of_series = Entry.objects.about("series", undone.series.key)
    renamed = of_series.of_action(LibraryAction.FILES_RENAMED)
    back = renamed.filter(undo__arguments__operation=str(step.operation.operation_id)).get()
    taken = {"undo__arguments__operation": str(undone.operation.operation_id)}
    mark_undone(renamed.filter(**taken), by=back)
    if not left.exists():
        mark_undone(Entry.objects.of_action(LibraryAction.RENAMING_ENDED).filter(**taken), by=back)


def settle_series(series: AnimeSeries) -> None:
    """Which file stands for an episode may follow from their names. Told of is the folder of the
    series, once for all its files."""
    with transaction.atomic():
        settle([series.pk])
        if series.root_id is not None:
            events.files_changed(series.root_id, [(series.folder, "MODIFIED")])


def _follow(pairs: Iterable[StoredPair]) -> None:
    """Give the rows their paths. First each one that nobody has: they may change places."""
    known = {pair["file"]: pair["new"] for pair in pairs if pair["file"] is not None}
    files = list(MediaFile.objects.filter(pk__in=known))
    for file in files if len(files) > 1 else ():
        MediaFile.objects.filter(pk=file.pk).update(path=f"/{file.pk}")
    for file in files:
        path = known[file.pk]
        read = {} if file.rule == DOWNLOADED_RULE else what_a_name_says(path)
        MediaFile.objects.filter(pk=file.pk).update(path=path, **read)
        Episode.objects.filter(file=file).update(file_path=path)


def what_a_name_says(path: str) -> dict[str, Any]:
    """What a scan would write of a name."""
    from library.names import read  # noqa: PLC0415 - its grammar is a tenth of a second to import

    found = read(from_stored(path))
    return {
        "season": found.season,
        "episodes": list(found.episodes),
        "absolute": list(found.absolute),
        "rule": found.rule[:64],
        "problem": found.problem,
        "language": (found.language or "")[:32],
        "version": found.version,
        "group": to_stored(found.group)[:100] if found.group else "",
    }
