"""What the API of the backups answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.system.backups import shelf
from aniworld.system.backups.manifest import Manifest
from aniworld.system.backups.shelf import Kind
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, told_of


class BackupContents(TypedDict):
    """What a backup says of itself."""

    made_at: datetime
    version: Annotated[str, "Of Aniworld, which made it."]
    database: Annotated[str, "Where its rows are from: sqlite or postgresql."]
    counts: Annotated[dict[str, int], "series, episodes, files, queue, users, journal"]
    is_ours: Annotated[bool, "Whether this installation made it."]


class Backup(TypedDict):
    """A backup that can be restored, or the reason why not."""

    name: str
    kind: Annotated[str, OneOf(Kind), "safety: of what was there before a restore"]
    size: Annotated[int, "Bytes."]
    shelved_at: Annotated[datetime, "When it was made, or uploaded."]
    contents: Annotated[BackupContents | None, "Null where it cannot be read."]
    error: Annotated[Told | None, "Why it cannot be restored."]


class BackupRestored(TypedDict):
    """Everything is as it was; all sessions have ended, this one too."""

    kept: Annotated[str | None, "The backup of what was here before."]


def backup(found: shelf.Backup) -> Backup:
    return {
        "name": found.name,
        "kind": found.kind.value,
        "size": found.size,
        "shelved_at": found.shelved_at,
        "contents": _contents(found.manifest) if found.manifest else None,
        "error": told_of(found.error) if found.error else None,
    }


def _contents(manifest: Manifest) -> BackupContents:
    return {
        "made_at": manifest.made_at,
        "version": manifest.version,
        "database": manifest.database,
        "counts": manifest.counts,
        "is_ours": manifest.is_ours,
    }


def restored(kept: shelf.Backup | None) -> BackupRestored:
    return {"kept": kept.name if kept else None}
