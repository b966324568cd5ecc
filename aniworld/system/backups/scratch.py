"""A backup's database brought up to date beside the real one, in a process of its own."""

from __future__ import annotations

import errno
import json
import logging
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from aniworld.config import codec, migrations
from aniworld.config.errors import ConfigError
from aniworld.config.schema import Config
from aniworld.system.backups import archive, shelf
from aniworld.system.backups.errors import BackupError, BackupNotMade, BackupRefused
from aniworld.system.backups.manifest import Manifest

log = logging.getLogger(__name__)

SECONDS = 1_200.0
SPARE_BYTES = 50_000_000  # for what else is written meanwhile
_LONGEST_ANSWER = 10_000
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A backup that has passed, unpacked and brought up to date.

    ``manifest`` and ``config`` are None for a plain database, of a version that wrote none.
    """

    database: Path
    manifest: Manifest | None
    config: Config | None


@contextmanager
def prepared(file: Path) -> Iterator[Prepared]:
    """Unpack a backup, prove it, and bring its database up to date, as it is restored.

    Raises:
        BackupRefused: why it is no backup to restore from.
        BackupNotMade: there is no space to unpack it.
    """
    with shelf.workplace() as folder:
        manifest = unpacked(file, folder)
        config = _config(folder / archive.SETTINGS)
        run("prepare", folder / archive.DATABASE)
        yield Prepared(folder / archive.DATABASE, manifest, config)


def unpacked(file: Path, folder: Path) -> Manifest | None:
    """Unpack a backup into ``folder``; its parts are as they were written."""
    require_space(3 * archive.unpacked_bytes(file), folder)
    if archive.is_plain_database(file):
        archive.copy_plain(file, folder)
        return None
    return archive.unpack(file, folder)


def _config(file: Path) -> Config | None:
    if not file.exists():
        return None
    try:
        data = json.loads(file.read_bytes())
        return codec.parse(migrations.migrated(data))
    except (ValueError, TypeError, RecursionError, ConfigError) as error:
        raise BackupRefused(why="settings") from error


def require_space(needed: int, folder: Path) -> None:
    """Raises ``BackupNotMade`` where the disk has not so much beside what it needs anyway."""
    state = os.statvfs(folder)
    free = state.f_bavail * state.f_frsize
    if free < needed + SPARE_BYTES:
        most = (needed + SPARE_BYTES) // 10**6
        raise BackupNotMade(why="space", free=free // 10**6, needed=most)


def make_empty(file: Path) -> None:
    """Make an SQLite database with our tables."""
    run("empty", file)


def run(what: Literal["empty", "check", "prepare"], file: Path) -> None:
    """Let a child do it, see :mod:`child`.

    Raises:
        BackupRefused: what it says against the database, or that it took too much.
        BackupNotMade: the disk has no room for its work.
    """
    command = [sys.executable, "-m", "aniworld.system.backups.child", what, str(file)]
    try:
        done = subprocess.run(
            command,
            cwd=settings.PROJECT_DIR,
            env=_environment(file.parent),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            process_group=0,
        )
    except subprocess.TimeoutExpired as error:
        raise BackupRefused(why="slow") from error
    answer = _answer(done.stdout)
    if answer == {"ok": True}:
        return
    if "why" not in answer:
        said = done.stderr[-2000:].decode(errors="replace")
        log.error("backup check ended code=%s said=%s", done.returncode, said)
        raise BackupRefused(why="damaged")
    raise _REFUSALS[answer["why"]](str(answer.get("name", "")))


def _answer(said: bytes) -> dict[str, Any]:
    line = said[-_LONGEST_ANSWER:].rstrip().rpartition(b"\n")[2]
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    known = isinstance(found, dict) and ("ok" in found or found.get("why") in _REFUSALS)
    return found if known else {}


# What the child may say.
_REFUSALS: dict[str, Callable[[str], BackupError]] = {
    "full": lambda _: BackupNotMade(why="errno", errno=errno.errorcode[errno.ENOSPC]),
    "foreign": lambda _: BackupRefused(why="foreign"),
    "damaged": lambda _: BackupRefused(why="damaged"),
    "later": lambda _: BackupRefused(why="later"),
    "migration": lambda _: BackupRefused(why="migration"),
    "nobody": lambda _: BackupRefused(why="nobody"),
    "objects": lambda name: BackupRefused(why="objects", name=name),
    "tables": lambda name: BackupRefused(why="tables", name=name),
    "values": lambda name: BackupRefused(why="values", name=name),
    "references": lambda name: BackupRefused(why="references", name=name),
}


def _environment(folder: Path) -> dict[str, str]:
    """Of an installation of its own, with nothing of ours in it but the program."""
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        # Empty ones count before those of an .env file.
        **dict.fromkeys(("ANIME_DIRECTORY", "REDIS_URL", "BASE_PATH", "TZ"), ""),
        "DATA_DIR": str(folder),
        "SECRET_KEY": secrets.token_hex(32),
        "JWT_SECRET_KEY": secrets.token_hex(32),
        "LOG_LEVEL": "ERROR",
    }
