"""What the owner is asked about before files count as missing: which, of which series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from django.db.models import Count, Q

from aniworld.events.operations import OperationState
from aniworld.web.texts import text
from library.choices import FileState
from library.errors import MassRemoval, RootChanged, RootUnavailable
from library.models import AnimeSeries, LibraryRoot, MediaFile, ScanOperation
from library.services.operations import latest
from library.services.roots import in_a_root, root_paths

SERIES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SeriesLoss:
    """``name`` is empty for files that belong to no series."""

    name: str
    gone: int
    known: int


@dataclass(slots=True)
class RootLoss:
    """One library folder. ``is_changed`` where it was not looked through: what is known in it is
    counted, whether or not it is still there."""

    path: str
    is_changed: bool
    is_other_disk: bool = False  # than at the last scan
    gone: int = 0
    known: int = 0
    series: list[SeriesLoss] = field(default_factory=list)

    @property
    def first(self) -> list[SeriesLoss]:
        return self.series[:SERIES_SHOWN]

    @property
    def more(self) -> int:
        return len(self.series) - len(self.first)


def changed_root(operation: ScanOperation) -> LibraryRoot | None:
    """The root that stopped this scan because it is empty."""
    if operation.error_code != RootUnavailable.code:
        return None
    frozen = LibraryRoot.objects.filter(
        path__in=root_paths(), frozen_reason=RootChanged.frozen_reason
    )
    return next((root for root in frozen if root.error_params == operation.error_params), None)


def awaits_word(operation: ScanOperation) -> bool:
    """Whether the owner's word is needed: for a scan to go on, or for files that are held since an
    earlier one. A root that is away or cannot be read is none of these."""
    if operation.state != OperationState.FAILED:
        return AnimeSeries.objects.filter(removal_held=True).exists()
    return operation.error_code == MassRemoval.code or changed_root(operation) is not None


class Waiting(TypedDict):
    """Something that waits for the owner's word, as the event that told of it."""

    code: str
    message: str
    context: dict[str, str]


def waiting() -> list[Waiting]:
    """What waits for the owner's word now. Only reads."""
    operation = latest()
    if operation is None or not awaits_word(operation):
        return []
    if said := operation.error:
        code, message = said["code"], said["text"]
    else:
        held = AnimeSeries.objects.filter(removal_held=True).count()
        code, message = MassRemoval.code, text("removal_held", {"count": held})
    context = {"operation_id": str(operation.operation_id)}
    return [{"code": code, "message": message, "context": context}]


def losses_of(operation: ScanOperation) -> list[RootLoss]:
    """What that word would make missing, by root."""
    root = changed_root(operation)
    changed = root.pk if root else None
    gone = Q(state=FileState.UNAVAILABLE) | Q(root=changed)
    rows = list(
        MediaFile.objects.filter(in_a_root())
        .order_by("root__position", "root")
        .values_list("root", "root__path", "root__frozen_reason", "series")
        .annotate(known=Count("pk"), gone=Count("pk", filter=gone))
    )
    lost = {series for *_, series, _, gone in rows if gone}
    names = dict(AnimeSeries.objects.filter(pk__in=lost).values_list("pk", "name"))
    found: dict[int, RootLoss] = {}
    for pk, path, reason, series, known_files, gone_files in rows:
        is_other = reason == MassRemoval.other_disk
        loss = found.setdefault(pk, RootLoss(path, pk == changed, is_other))
        loss.known += known_files
        if gone_files:
            loss.gone += gone_files
            loss.series.append(SeriesLoss(names.get(series, ""), gone_files, known_files))
    for loss in found.values():
        loss.series.sort(key=lambda one: (not one.name, one.name.casefold()))
    return [loss for loss in found.values() if loss.gone]
