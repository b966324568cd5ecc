"""What is under way, noted in a file, so that whoever comes after a process that was ended in the
middle of it knows what to put right.

The rows of a restore are one transaction, and the settings are a file: only between the two can a
restore be half done. A backup has its name only when it is whole, so of one nothing is half done.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction

from aniworld.config import backups as config_copies
from aniworld.config import codec, store
from aniworld.config import services as config_services
from aniworld.config.errors import ConfigError
from aniworld.config.files import read_file, write_atomically
from aniworld.database import mark
from aniworld.database.examination import has_owner
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.models import Entry
from aniworld.journal.services import record
from aniworld.system import backed_up
from aniworld.system.backups import shelf
from aniworld.system.backups.entries import BackupAction, about

log = logging.getLogger(__name__)

_MOST_BYTES = config_copies.MAX_BYTES + 10_000
_ENDED = "the process that made it was ended"


class What(StrEnum):
    BACKUP = "backup"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Note:
    """What is under way.

    Attributes:
        path: of the backup that is made, or restored from.
        kept: the backup of what was here before the restore; empty where nothing was.
        settings: those before the restore; None where there was no file of them.
    """

    what: What
    path: str
    kept: str = ""
    settings: dict[str, Any] | None = None


@contextmanager
def noted(note: Note) -> Iterator[None]:
    """Keep a note for as long as it takes; for whoever is alone with the backups.

    What fails inside is put right here; what cannot be put right now keeps the note.

    Raises:
        OSError: the disk does not take the note.
    """
    write_atomically(backed_up.note(), json.dumps(asdict(note)).encode())
    try:
        yield
    except BaseException:
        _put_right_in_vain(note)
        raise
    backed_up.note().unlink(missing_ok=True)


def is_left() -> bool:
    """Whether somebody was ended, or is still at it."""
    return backed_up.note().exists()


def put_right() -> None:
    """Make whole, or undo, what somebody was ended in the middle of, and tell of it; for whoever is
    alone with the backups.

    Raises:
        DatabaseError: the database cannot be asked; the note stays.
        ConfigError, OSError: the settings cannot be written; as above.
    """
    note = _left()
    if note is None:
        return
    with acting_as(Actor.system("backups")):
        if note.what is What.BACKUP:
            _tell_of_the_backup(Path(note.path))
        else:
            _end_the_restore(note)
    backed_up.note().unlink(missing_ok=True)


def _put_right_in_vain(note: Note) -> None:
    """After an error, which is the one to be told of."""
    try:
        if note.what is What.RESTORE:
            _settle_the_settings(note)
        backed_up.note().unlink(missing_ok=True)
    except (ConfigError, DatabaseError, OSError) as error:  # what it failed of goes on, perhaps
        log.warning("left for later: what a failed %s has changed: %s", note.what, error)
    except Exception:
        log.exception("left for later: what a failed %s has changed", note.what)


def _tell_of_the_backup(path: Path) -> None:
    name = path.name
    if not path.is_file():
        backed_up.failed(_ENDED)
        log.warning("backup interrupted name=%s", name)
        with transaction.atomic():
            record(BackupAction.INTERRUPTED, on=about(name))
        return
    backed_up.made(path)
    if path.parent == shelf.directory() and not Entry.objects.about("backup", name).exists():
        with transaction.atomic():
            record(BackupAction.CREATED, on=about(name))


def _end_the_restore(note: Note) -> None:
    name = Path(note.path).name
    is_done = _settle_the_settings(note)
    log.warning("restore interrupted name=%s done=%s", name, is_done)
    if is_done:
        mark.make()
    elif has_owner():
        with transaction.atomic():
            record(BackupAction.RESTORE_INTERRUPTED, on=about(name))


def _settle_the_settings(note: Note) -> bool:
    """Let the settings be those that belong to the rows; whether the rows are the backup's."""
    if _has_committed(note):
        return True
    if note.settings is None:
        if not store.path().is_symlink():  # one to a disk that is away was here before
            store.path().unlink(missing_ok=True)
    elif codec.plain(store.load()) != note.settings:
        config_services.put_back(codec.parse(note.settings))
    return False


def _has_committed(note: Note) -> bool:
    """The last thing a restore writes is its entry; where nothing was here, somebody is now."""
    if not note.kept:
        return has_owner()
    restored = Entry.objects.of_action(BackupAction.RESTORED)
    return restored.filter(after__kept=note.kept).exists()


def _left() -> Note | None:
    try:
        said = json.loads(read_file(backed_up.note(), most=_MOST_BYTES))
        return Note(**{**said, "what": What(said["what"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        log.exception("%s says nothing, and is removed", backed_up.note())
        backed_up.note().unlink(missing_ok=True)
        return None
