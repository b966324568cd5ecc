"""The JSON of library folders, and of folders in them that have no series yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypedDict

from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, told_of
from library.choices import UnmatchedReason
from library.models import LibraryRoot, MediaFile, UnmatchedFolder
from library.models.files import StoredCandidate, StoredMount, StoredPassed
from library.services.evidence import name_read
from library.services.numbering import Placed


class Candidate(TypedDict):
    """A series that may be meant."""

    key: str
    name: str
    site: str
    year: int | None
    score: Annotated[float, "From 0 to 1."]
    reasons: list[Told]


class Unmatched(TypedDict):
    """A folder without a series."""

    id: str
    folder: Annotated[str, "Empty: files lying beside the series folders."]
    root: str
    candidates: Annotated[list[Candidate], "The likeliest first."]
    reason: Annotated[str, OneOf(UnmatchedReason)]
    detail: Annotated[Told | None, "What was found out beside the reason."]


class UnmatchedFile(TypedDict):
    """A video in a folder without a series, and what was read of its name."""

    path: Annotated[str, "Below the library folder, as stored."]
    size: Annotated[int, "Bytes."]
    season: int | None
    episodes: list[int]
    absolute: Annotated[list[int], "Numbers that are counted over all seasons."]
    reading: Annotated[Told, "How the name was read."]


class MatchedFolder(TypedDict):
    """A folder that has its series now."""

    id: str
    key: str


class RefusedMatch(TypedDict):
    """A folder that could not be given the series."""

    id: str
    code: str
    params: dict[str, Any]
    detail: str


class BulkMatched(TypedDict):
    """What became of each pick."""

    matched: list[MatchedFolder]
    failed: list[RefusedMatch]


class RootMount(TypedDict):
    """A file system that a part of a library folder lies on."""

    path: Annotated[str, "Where it is mounted. Empty: not known."]
    kind: Annotated[str, "As `ext4` or `fuse.mergerfs`. Empty: not known."]
    directories: Annotated[int, "Of the library folder, on this file system."]
    times_trusted: Annotated[
        bool, "Whether a folder whose time has not moved is left alone; else its names are read."
    ]
    reason: Told


class Passed(TypedDict):
    """What a scan passes over by its name, for one reason."""

    reason: Told
    first: Annotated[list[str], "Some of the paths."]


class Root(TypedDict):
    """A library folder."""

    path: str
    files: Annotated[int, "Known in it."]
    error: Annotated[Told | None, "Why it could not be scanned the last time."]
    last_scanned_at: datetime | None
    full_look_at: Annotated[
        datetime | None, "When every folder was read and every file's size asked for."
    ]
    mounts: Annotated[list[RootMount], "Empty: not scanned yet."]
    passed: Annotated[list[Passed], "What is no episode by its name, and how much of it."]


def unmatched_rows(page: Sequence[UnmatchedFolder]) -> list[Unmatched]:
    return [unmatched_row(row) for row in page]


def unmatched_row(row: UnmatchedFolder) -> Unmatched:
    return {
        "id": str(row.pk),
        "folder": row.folder,
        "root": row.root.path,
        "candidates": [candidate_row(candidate) for candidate in row.candidates],
        "reason": row.reason,
        "detail": row.detail,
    }


def file_rows(page: Sequence[MediaFile]) -> list[UnmatchedFile]:
    return [file_row(file) for file in page]


def file_row(file: MediaFile) -> UnmatchedFile:
    return {
        "path": file.path,
        "size": file.size,
        "season": file.season,
        "episodes": file.episodes,
        "absolute": file.absolute,
        "reading": file.name_fault or told_of(name_read(file, Placed())),
    }


def candidate_row(stored: StoredCandidate) -> Candidate:
    return {**stored, "reasons": [told_of(reason) for reason in stored["reasons"]]}


def root_row(root: LibraryRoot) -> Root:
    return {
        "path": root.path,
        "files": root.file_count,
        "error": root.error,
        "last_scanned_at": root.last_scanned_at,
        "full_look_at": root.full_look_at,
        "mounts": [root_mount(stored) for stored in root.mounts],
        "passed": [passed_row(stored) for stored in root.passed],
    }


def passed_row(stored: StoredPassed) -> Passed:
    return {"reason": told_of(stored["reason"]), "first": stored["first"]}


def root_mount(stored: StoredMount) -> RootMount:
    return {
        "path": stored["point"],
        "kind": stored["kind"],
        "directories": stored["directories"],
        "times_trusted": stored["trusted"],
        "reason": told_of(stored["reason"]),
    }
