"""What this room tells the browsers: its events, and how they are made.

What reports a change of state is called inside the transaction of that change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypedDict

from aniworld.config.progress import limits
from aniworld.events.event import Event, ProgressEvent
from aniworld.events.notices import ErrorNotification, SystemProgress
from aniworld.events.operations import (
    OperationState,
    OperationStatus,
    OperationType,
    ProgressPhase,
)
from aniworld.events.progress import ProgressTracker
from aniworld.events.publish import publish
from aniworld.events.reading import Reading
from aniworld.events.rooms import Room
from library.errors import MassRemoval
from library.models import AnimeSeries, ScanOperation
from providers.coded import Coded, coded


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scan is: the folder it looks at, and the files it has seen so far."""

    files: int = 0
    key: str | None = None
    folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanProgress(ProgressEvent[Place]):
    """``current`` and ``total`` are folders, ``rate`` is folders a second."""

    room = Room.SCAN_PROGRESS
    type = "scan_progress"
    operation = OperationType.SCAN

    operation_id: str
    status: OperationStatus
    phase: ProgressPhase
    current: int
    total: int | None
    percent: float
    rate: float
    message: Coded | None
    key: str | None
    folder: str | None
    files: int

    @property
    def subject(self) -> tuple[str | None, str | None]:
        return self.key, self.folder

    @classmethod
    def of(cls, operation_id: str, reading: Reading, facts: Place) -> Self:
        return cls(
            operation_id=operation_id,
            status=reading.status,
            phase=reading.phase,
            current=reading.current,
            total=reading.total,
            percent=reading.percent,
            rate=reading.rate,
            message=reading.message,
            key=facts.key,
            folder=facts.folder,
            files=facts.files,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanComplete(Event):
    room = Room.SCAN_PROGRESS
    type = "scan_complete"

    operation_id: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFailed(Event):
    room = Room.SCAN_PROGRESS
    type = "scan_failed"

    operation_id: str
    code: str
    error: Coded


ScanTracker = ProgressTracker[Place]


def scan_tracker(operation: ScanOperation) -> ScanTracker:
    """What tells how this scan goes."""
    # Each folder is news: a large library would show nothing for minutes.
    each = replace(limits(), min_percent=0)
    return ProgressTracker(ScanProgress, str(operation.operation_id), Place(), limits=each)


def scan_ended(operation: ScanOperation, tracker: ScanTracker | None = None) -> None:
    """A scan has ended, in the state that stands on its row.

    Args:
        tracker: of the process that scanned; another one may find out that it died.
    """
    tracker = tracker or scan_tracker(operation)
    last = Place(files=operation.files)
    operation_id = str(operation.operation_id)
    if operation.state == OperationState.COMPLETED:
        tracker.complete(facts=last)
        publish(ScanComplete(operation_id=operation_id, result=operation.result or {}))
    elif operation.state == OperationState.FAILED:
        error = coded(operation.error_code, **operation.error_params)
        tracker.fail(error, facts=last)
        publish(ScanFailed(operation_id=operation_id, code=error["code"], error=error))
    else:
        tracker.cancel(facts=last)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamingEnded(Event):
    """Files were renamed, or could not be. ``result`` is empty where nobody knows it."""

    room = Room.SYSTEM_PROGRESS
    type = "renaming_ended"

    operation_id: str
    state: str
    result: Mapping[str, Any]


RenamingTracker = ProgressTracker[Mapping[str, Any]]


def renaming_tracker(operation: ScanOperation) -> RenamingTracker:
    """What tells how a renaming goes."""
    facts = {"what": "renaming", "series": operation.parameters.get("series")}
    return ProgressTracker(SystemProgress, str(operation.operation_id), facts, limits=limits())


def renaming_ended(operation: ScanOperation, tracker: RenamingTracker | None = None) -> None:
    """A renaming has ended, in the state that stands on its row.

    Args:
        tracker: of the process that renamed; another one may find out that it died.
    """
    tracker = tracker or renaming_tracker(operation)
    if operation.state == OperationState.COMPLETED:
        tracker.complete()
    elif operation.state == OperationState.FAILED:
        tracker.fail(coded(operation.error_code, **operation.error_params))
    else:
        tracker.cancel()
    operation_id, result = str(operation.operation_id), operation.result or {}
    publish(RenamingEnded(operation_id=operation_id, state=operation.state, result=result))


@dataclass(frozen=True, slots=True, kw_only=True)
class BinChanged(Event):
    """Files have gone into the recycle bin, come back from it, or were deleted for good. ``series``
    are the keys of those they are of."""

    room = Room.SCAN_PROGRESS
    type = "bin_changed"

    series: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRead(Event):
    """The list of a site was read and kept, or could not be."""

    room = Room.SCAN_PROGRESS
    type = "catalogue_read"

    site: str


def catalogue_read(site: str) -> None:
    """In the transaction that notes it."""
    publish(CatalogueRead(site=site))


Change = Literal["CREATED", "MODIFIED", "DELETED"]
FOLDERS_NAMED = 500  # in one event


class ChangedFolder(TypedDict):
    """A folder in which Aniworld has changed videos, below its root in stored form; "" is the
    root itself."""

    folder: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesChanged(Event):
    """Videos have come into folders of the library, gone from them, or have other names now, by
    what Aniworld did itself. ``root`` is the id of the library root."""

    room = Room.SCAN_PROGRESS
    type = "files_changed"

    root: int
    folders: list[ChangedFolder]


def files_changed(root_id: int, changes: Iterable[tuple[str, Change]]) -> None:
    """Videos of one root were changed by ourselves.

    Args:
        changes: each folder below the root in stored form, and what became of its videos. Of one
            in which more than one thing happened it is told that it was modified; beyond a bound
            the root is told as a whole.
    """
    found: dict[str, Change] = {}
    for folder, change in changes:
        found[folder] = change if found.get(folder, change) == change else "MODIFIED"
    if len(found) > FOLDERS_NAMED:
        found = {"": "MODIFIED"}
    folders: list[ChangedFolder] = [
        {"folder": folder, "change": change} for folder, change in found.items()
    ]
    if folders:
        publish(FilesChanged(root=root_id, folders=folders))


SERIES_NAMED = 100  # in one event


def bin_changed(series: Iterable[str]) -> None:
    """What is in the recycle bin has changed, by files of these series; ``""`` is none."""
    publish(BinChanged(series=sorted({key for key in series if key})[:SERIES_NAMED]))


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodesAppeared(Event):
    """Episodes of a series that is monitored can be had for the first time. Not at the first
    reading of its catalogue. ``episodes`` are the first of them, ``{season, episode}``."""

    room = Room.SCAN_PROGRESS
    type = "episodes_appeared"

    key: str
    folder: str
    serie_name: str
    episodes: list[dict[str, int]]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageArrived(Event):
    """Episodes that were out before can be had in another language too."""

    room = Room.SCAN_PROGRESS
    type = "language_arrived"

    key: str
    folder: str
    serie_name: str
    language: str
    episodes: list[dict[str, int]]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChanged(Event):
    """A reading has shown another list of a series' episodes than the one before. ``changes`` are
    how many there are of each kind; ``is_held`` where the list waits for the owner's word."""

    room = Room.SCAN_PROGRESS
    type = "catalogue_changed"

    key: str
    folder: str
    serie_name: str
    changes: dict[str, int]
    is_held: bool


def catalogue_changed(series: AnimeSeries, changes: Mapping[str, int]) -> None:
    """In the transaction that takes the list over, or holds it."""
    publish(
        CatalogueChanged(
            key=series.key,
            folder=series.folder,
            serie_name=series.name,
            changes=dict(changes),
            is_held=series.catalogue_held,
        )
    )


EPISODES_NAMED = 300  # in one event


def episodes_appeared(series: AnimeSeries, numbers: Sequence[tuple[int, int]]) -> None:
    """In the transaction that notes since when they are out."""
    publish(
        EpisodesAppeared(
            key=series.key,
            folder=series.folder,
            serie_name=series.name,
            episodes=_numbered(numbers),
            count=len(numbers),
        )
    )


def language_arrived(
    series: AnimeSeries, language: str, numbers: Sequence[tuple[int, int]]
) -> None:
    """In the transaction that notes since when they are out in it."""
    publish(
        LanguageArrived(
            key=series.key,
            folder=series.folder,
            serie_name=series.name,
            language=language,
            episodes=_numbered(numbers),
            count=len(numbers),
        )
    )


def _numbered(numbers: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    return [{"season": season, "episode": number} for season, number in numbers[:EPISODES_NAMED]]


def files_held(operation: ScanOperation, error: MassRemoval) -> None:
    """So many files have gone at once that the owner's word is needed."""
    context = {"operation_id": str(operation.operation_id)}
    publish(ErrorNotification(code=error.code, message=error.as_json(), context=context))
