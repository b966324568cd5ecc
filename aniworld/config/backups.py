"""Copies of the configuration file, one from before each change."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from aniworld.config.files import stamp, write_atomically


def directory() -> Path:
    return Path(settings.DATA_DIR) / "config_backups"


def newest_first() -> list[Path]:
    return sorted(directory().glob("config-*.json"), reverse=True)


def create(file: Path, *, keep: int) -> Path:
    """Copy ``file`` into the backups and drop all but the newest ``keep`` of them."""
    directory().mkdir(mode=0o700, exist_ok=True)
    copy = directory() / f"config-{stamp()}.json"
    write_atomically(copy, file.read_text(encoding="utf-8"))
    for old in newest_first()[keep:]:
        old.unlink(missing_ok=True)
    return copy
