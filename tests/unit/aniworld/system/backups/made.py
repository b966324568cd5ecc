"""Files that are backups by their own word; nobody has looked into their databases."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aniworld.system.backups import shelf
from aniworld.system.backups.manifest import Manifest

FIRST = datetime(2026, 3, 1, 4, tzinfo=UTC)


def facts(**changes: Any) -> dict[str, Any]:
    """What the manifest of another installation says."""
    plain = {
        "format": 1,
        "version": "0.1.0",
        "made_at": FIRST.isoformat(),
        "kind": "made",
        "database": "sqlite",
        "newest_event": 7,
        "counts": {"series": 2, "files": 3},
        "parts": {},
        "installation": "another",
        "signature": "",
    }
    return plain | changes


def manifest(**changes: Any) -> Manifest:
    return Manifest.read(json.dumps(facts(**changes)).encode())


def name_of(number: int, kind: str = "made") -> str:
    return f"aniworld-{FIRST + timedelta(days=number):%Y%m%dT%H%M%S%fZ}-{kind}.zip"


def put(name: str, **changes: Any) -> Path:
    """Put one on the shelf."""
    shelf.prepare()
    path = shelf.directory() / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("manifest.json", json.dumps(facts(**changes)))
    return path
