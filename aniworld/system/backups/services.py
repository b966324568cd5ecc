"""What can be done with backups."""

from __future__ import annotations

import errno
import json
import logging
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction

from aniworld import __version__
from aniworld.config import codec, migrations, store
from aniworld.config import services as config_services
from aniworld.config.errors import ConfigError
from aniworld.config.schema import Config
from aniworld.database import mark
from aniworld.database.examination import has_owner
from aniworld.database.troubles import database_file
from aniworld.events.cursors import newest_id
from aniworld.events.notices import WarningNotice
from aniworld.events.publish import publish
from aniworld.journal.services import record
from aniworld.system import backed_up
from aniworld.system.backups import (
    archive,
    comparing,
    filling,
    interrupted,
    restoring,
    scratch,
    shelf,
)
from aniworld.system.backups.comparing import Difference
from aniworld.system.backups.entries import RESTORED, BackupAction, about
from aniworld.system.backups.errors import (
    BackupBusy,
    BackupNotMade,
    BackupRefused,
    RestoreDeclined,
)
from aniworld.system.backups.interrupted import Note, What
from aniworld.system.backups.manifest import Manifest
from aniworld.system.backups.scratch import Prepared
from aniworld.system.backups.shelf import Backup, Kind
from library.moving import rename_without_replacing, sync_directory
from providers.coded import coded, errno_name, foreign

log = logging.getLogger(__name__)

Agreed = Callable[[Difference], bool]


def create() -> Backup:
    """Make a backup of the database and the configuration, while all goes on.

    It gets its name only when it has been read back, proved and opened beside the real one.

    Raises:
        BackupBusy: another one is made or restored.
        BackupNotMade: why there is no new one.
    """
    with _alone(), _remembered():
        return _made(Kind.MADE)


def create_if(is_due: Callable[[], bool]) -> Backup | None:
    """As :func:`create`, where ``is_due`` says so with nobody else at it; None where not."""
    with _alone():
        if not is_due():
            return None
        with _remembered():
            return _made(Kind.MADE)


def tidy() -> None:
    """Put right what a process was ended in the middle of, as :func:`interrupted.put_right`; does
    nothing where there is nothing left, or somebody is still at it.

    Raises:
        BackupNotMade: the disk refuses.
        DatabaseError, ConfigError: it cannot be put right now.
    """
    if not (interrupted.is_left() or shelf.has_leftovers()):
        return
    with suppress(BackupBusy), _alone():
        pass


def write_to(target: Path) -> Manifest:
    """As :func:`create`, into a file of the caller's, which must not be there yet."""
    with _alone(), _remembered(), _noted(Note(What.BACKUP, str(target))):
        manifest = _written(target, Kind.MADE)
        backed_up.made(target)
        return manifest


def delete(name: str) -> None:
    """Raises ``BackupNotFound``, ``BackupBusy``."""
    with _alone():
        shelf.path_of(name).unlink()
        with transaction.atomic():
            record(BackupAction.DELETED, on=about(name))


def take_in(source: IO[bytes], *, size: int) -> Backup:
    """Put an uploaded backup on the shelf, once it has passed.

    Args:
        size: how many bytes come.

    Raises:
        BackupRefused: why it is none to restore from.
        BackupBusy, BackupNotMade: there is no place for it now.
    """
    if size > archive.MOST_BYTES:
        raise BackupRefused(why="too_large", most=archive.MOST_BYTES // 10**6)
    with _alone(), _told_of_the_disk(), shelf.workplace() as folder:
        scratch.require_space(size, folder)
        draft = folder / "uploaded.zip"
        with draft.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        if archive.is_plain_database(draft):
            raise BackupRefused(why="foreign")  # such a one has no manifest; the command takes it
        _prove(draft)
        name = shelf.new_name(Kind.UPLOADED)
        rename_without_replacing(draft, shelf.directory() / name)
        with transaction.atomic():
            record(BackupAction.TAKEN_IN, on=about(name), after={"size": size})
        shelf.forget(Kind.UPLOADED, keep=_kept() - 1, spare={name})
        return shelf.one(name)


def difference(name: str) -> Difference:
    """What restoring a backup would change.

    Raises:
        BackupNotFound: there is none.
        BackupRefused: why it cannot be restored from.
    """
    with _told_of_the_disk(), scratch.prepared(shelf.path_of(name)) as backup:
        return comparing.compare(backup)


def restore(name: str) -> Backup | None:
    """Put a backup in place of what is here; what is here is kept as another one before.

    Returns:
        The backup of what was here; None where nothing was set up here.

    Raises:
        BackupNotFound, BackupBusy, BackupRefused, BackupNotMade: nothing was changed.
        RestoreRefused: a scan runs, or the database does not take it; nothing was changed.
        ConfigNotWritten: the settings cannot be written; nothing was changed.
    """
    return restore_from(shelf.path_of(name))


def restore_from(file: Path, *, agreed: Agreed | None = None) -> Backup | None:
    """As :func:`restore`, from a file that lies anywhere.

    Args:
        agreed: is shown what would change, and says whether it may; where it is not given, it may.

    Raises:
        RestoreDeclined: it may not; nothing was changed.
    """
    restoring.refuse_while_a_scan_runs()  # also at the end, when it counts
    with _alone(), _told_of_the_disk(), scratch.prepared(file) as backup:
        if agreed is not None and not agreed(comparing.compare(backup)):
            raise RestoreDeclined
        kept = _made(Kind.SAFETY, spare=file.name) if has_owner() else None
        then = partial(_finish, file.name, backup, kept)
        newest = backup.manifest.newest_event if backup.manifest else 0
        with interrupted.noted(_before(file, kept)):
            restoring.put_in_place(backup.database, newest_event=newest, then=then)
        mark.make()
    log.warning("backup restored name=%s kept=%s", file.name, kept.name if kept else "")
    return kept


def _made(kind: Kind, *, spare: str = "") -> Backup:
    name = shelf.new_name(kind)
    path = shelf.directory() / name
    with _noted(Note(What.BACKUP, str(path))):
        manifest = _written(path, kind)
        _journal_or_remove(path, manifest)
        shelf.forget(kind, keep=_kept() - 1, spare={name, spare})
        backed_up.made(path)
    return shelf.one(name)


def _journal_or_remove(path: Path, manifest: Manifest) -> None:
    """A database that does not take the entry has no backup of which nothing is known."""
    try:
        with transaction.atomic():
            record(BackupAction.CREATED, on=about(path.name), after=dict(manifest.counts))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _before(file: Path, kept: Backup | None) -> Note:
    """What there is before a restore."""
    settings = codec.plain(store.load()) if store.path().exists() else None
    return Note(What.RESTORE, str(file), kept.name if kept else "", settings)


def _written(target: Path, kind: Kind) -> Manifest:
    if not has_owner():
        raise BackupNotMade(why="nobody")
    with _told_of_the_disk(), shelf.workplace() as folder:
        scratch.require_space(3 * _database_bytes(), folder)
        database = folder / archive.DATABASE
        filling.fill(database, make_empty=scratch.make_empty)
        if database.stat().st_size > archive.MOST_BYTES:
            raise BackupNotMade(why="too_large", most=archive.MOST_BYTES // 10**6)
        _copy_settings(folder)
        draft = folder / "draft.zip"
        manifest = archive.write(draft, folder=folder, facts=_facts(kind, database))
        database.unlink()
        _prove(draft)
        _name(draft, target)
    return manifest


def _facts(kind: Kind, database: Path) -> Manifest:
    return Manifest(
        version=__version__,
        made_at=datetime.now(UTC),
        kind=kind.value,
        database=connection.vendor,
        newest_event=newest_id(),
        counts=comparing.counts(database),
        parts={},
    )


def _copy_settings(folder: Path) -> None:
    """Those that can be read; broken ones are reported elsewhere, and worth no backup."""
    try:
        config = store.load()
    except ConfigError as error:
        log.warning("backup without settings error=%s", error)
        return
    content = {"schema": migrations.current_schema()} | codec.plain(config)
    (folder / archive.SETTINGS).write_text(json.dumps(content, indent=2, ensure_ascii=False))


def _prove(draft: Path) -> None:
    """Read a backup back: unpacked, checked, opened and brought up to date."""
    with shelf.workplace() as folder:
        scratch.unpacked(draft, folder)
        scratch.run("check", folder / archive.DATABASE)


def _name(draft: Path, target: Path) -> None:
    """Give the proved backup its name, also on another disk; nothing is replaced."""
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    shelf.claim(draft.parent, beside)
    try:
        try:
            draft.rename(beside)
        except OSError:  # another disk
            _copy_privately(draft, beside)
        rename_without_replacing(beside, target)
        sync_directory(target.parent)
    except FileExistsError as error:
        raise BackupNotMade(why="exists", name=target.name) from error
    finally:
        beside.unlink(missing_ok=True)


def _copy_privately(source: Path, target: Path) -> None:
    """Seen to the disk, and nobody else's to read at any moment."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as whole, os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(whole, file)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _alone() -> Iterator[None]:
    """As :func:`shelf.alone`, with what another process did not come to the end of put right."""
    with ExitStack() as stack:
        with _told_of_the_disk():
            stack.enter_context(shelf.alone())
            try:
                interrupted.put_right()
            except ConfigError as error:
                raise BackupNotMade(why="unsettled", reason=foreign(error)) from error
        yield


@contextmanager
def _noted(note: Note) -> Iterator[None]:
    with _told_of_the_disk(), interrupted.noted(note):
        yield


@contextmanager
def _remembered() -> Iterator[None]:
    """Keep why there is no backup, so that the owner is told where nobody reads cron's mail."""
    try:
        yield
    except (BackupNotMade, BackupRefused) as error:
        backed_up.failed(str(error))
        raise


@contextmanager
def _told_of_the_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupNotMade(why="errno", errno=errno_name(error)) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise BackupNotMade(why="errno", errno=errno.errorcode[errno.ENOSPC]) from error
        raise BackupNotMade(why="damaged", found=str(error)) from error


def _database_bytes() -> int:
    if file := database_file():
        return file.stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _kept() -> int:
    return store.load().backup.keep_databases


def _finish(name: str, backup: Prepared, kept: Backup | None) -> None:
    """In the transaction of the restore: its entry, the settings, and the word to the browsers."""
    made = backup.manifest.made_at.isoformat() if backup.manifest else ""
    record(
        BackupAction.RESTORED,
        on=about(name),
        after={"made_at": made, "kept": kept.name if kept else ""},
    )
    if backup.config is not None:
        _restore_settings(backup.config)
    publish(WarningNotice(code=RESTORED, message=coded(RESTORED, made=made or "?")))


def _restore_settings(config: Config) -> None:
    def replace(data: dict[str, Any]) -> None:
        data.clear()
        data.update(codec.plain(config))

    if config != store.load():
        config_services.change(replace)
