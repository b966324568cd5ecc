"""Files that must survive a power loss whole."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path


def stamp() -> str:
    """The time for a file name: sorts by age, and no two are alike."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def write_atomically(path: Path, content: str) -> None:
    """Replace ``path`` by ``content``: a reader sees the old file or the new one, never a part."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
