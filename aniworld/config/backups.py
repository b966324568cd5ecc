"""Copies of the configuration file, one from before each change."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from aniworld.config.errors import BackupNotFound
from aniworld.config.files import is_stamp, read_file, stamp, write_atomically

MAX_BYTES = 5_000_000  # of a configuration

_NAME = re.compile(r"config-[0-9]{8}T[0-9]{12}Z\.json")


def directory() -> Path:
    return Path(settings.DATA_DIR) / "config_backups"


def newest_first() -> list[Path]:
    """Those that were made here; what an owner has named himself stays out of it."""
    found = [file for file in directory().glob("config-*.json") if is_stamp(_stamp_of(file))]
    return sorted(found, reverse=True)


def file_of(name: str) -> Path:
    """The file of a backup by its name. Raises ``BackupNotFound``."""
    file = directory() / name
    if not _NAME.fullmatch(name) or not file.is_file():
        raise BackupNotFound(name=name[:80])
    return file


def made_at(file: Path) -> datetime:
    """When a backup was made: its name says it, a copied file's times do not."""
    if _NAME.fullmatch(file.name):
        try:
            return datetime.strptime(file.name, "config-%Y%m%dT%H%M%S%fZ.json").replace(tzinfo=UTC)
        except ValueError:  # a month 13
            pass
    return datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)


def create(file: Path, *, keep: int) -> Path:
    """Copy ``file`` into the backups and drop all but the newest ``keep`` of them."""
    directory().mkdir(mode=0o700, exist_ok=True)
    newest = next(iter(newest_first()), None)
    copy = directory() / f"config-{stamp(after=_stamp_of(newest) if newest else '')}.json"
    write_atomically(copy, read_file(file, most=MAX_BYTES))
    for old in newest_first()[keep:]:
        old.unlink(missing_ok=True)
    return copy


def _stamp_of(file: Path) -> str:
    return file.stem.removeprefix("config-")
