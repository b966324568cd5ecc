"""Changing the configuration, and writing down who did it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction

from aniworld.config import backups as copies
from aniworld.config import codec, migrations, store
from aniworld.config.changes import mark_of, taken_from
from aniworld.config.difference import difference
from aniworld.config.directories import directory_problem
from aniworld.config.entries import CONFIG, ConfigAction
from aniworld.config.errors import ConfigError, ConfigInvalid
from aniworld.config.folders import closed_folder
from aniworld.config.masking import masked, unmasked
from aniworld.config.schema import Config
from aniworld.config.sections import put_together, section
from aniworld.journal.actors import current_actor
from aniworld.journal.errors import ChangedSince, UndoTooLate
from aniworld.journal.services import Subject, Undo, record
from aniworld.web.errors import FieldError

log = logging.getLogger(__name__)

UNDO = "config.change"
Change = Callable[[dict[str, Any]], None]


class Backup(NamedTuple):
    """A copy of the configuration file. ``version`` is None where it cannot be read, for which
    ``problem`` says why."""

    name: str
    made_at: datetime
    size: int
    version: int | None
    problem: ConfigError | None = None


def change(
    change: Change,
    *,
    expected_version: int | None = None,
    action: ConfigAction = ConfigAction.CHANGED,
) -> Config:
    """Apply ``change`` to the configuration as plain values, write it and journal what differs.

    A file and a database have no transaction together: the file is written first, and what it says
    holds. An entry that cannot be written then is an error in the log, and the caller's.

    Raises:
        NoActor: nobody acts; nothing is written.
        ConfigInvalid, ConfigStale, ConfigNotWritten: see ``store.apply``; nothing is written.
        DatabaseError: the configuration is changed, but the journal does not have it.
    """
    current_actor()
    written = store.apply(change, expected_version=expected_version)
    was, now = difference(codec.plain(written.before), codec.plain(written.after))
    if was or now:
        _record(written, was, now, action)
    return written.after


def put_back(was: Config) -> None:
    """Make the configuration as it was, where the rest of an act has failed after its change.

    The entry of that change has gone with the transaction, so there is nothing to journal.

    Raises:
        ConfigInvalid, ConfigNotWritten: see ``store.replace``; nothing is written.
    """
    store.replace(codec.plain(was))


def edit(sent: Mapping[str, Any], *, expected_version: int | None = None) -> Config:
    """Take over what ``sent`` has of the configuration, as plain values; the rest stays.

    What is masked stays what it is; see ``masking`` and ``sections.put_together``.

    Raises:
        ConfigInvalid: with the fields to mend; a library folder that is new must be one that can be
            read now.
        ConfigStale, ConfigNotWritten; what :func:`change` raises.
    """
    _check_new_folders(edited(sent))
    return change(_editing(sent), expected_version=expected_version)


def edited(sent: Mapping[str, Any]) -> Config:
    """The configuration as it would be after :func:`edit`. Raises ``ConfigInvalid``."""
    data = codec.plain(store.load())
    _editing(sent)(data)
    return codec.parse(data)


def faults(sent: Mapping[str, Any]) -> Sequence[FieldError]:
    """What :func:`edit` would refuse, by field; empty where it would do it."""
    try:
        _check_new_folders(edited(sent))
    except ConfigInvalid as error:
        return error.errors
    return ()


def first_directory(directory: str, *, expected_version: int | None = None) -> Config:
    """Make a folder the library's first, which takes new series; the others follow it.

    Raises what :func:`edit` does.
    """
    others = [one for one in store.load().library.directories if one != directory]
    sent = {"library": {"directories": [directory, *others]}}
    return edit(sent, expected_version=expected_version)


def imported(data: Mapping[str, Any]) -> Config:
    """The configuration that an exported file holds. What is masked in it is what is stored here;
    what it leaves out has its default.

    Raises:
        ConfigInvalid: with the fields to mend.
        ConfigTooNew: a later version wrote it.
    """
    current = store.load()
    try:
        read = migrations.migrated(dict(data))
    except ValueError as error:
        wrong = [FieldError("schema", "not_whole")]
        raise ConfigInvalid(fields="schema", errors=wrong) from error
    values = unmasked(read, codec.plain(current))
    return codec.parse({**values, "version": current.version})


def take_over(data: Mapping[str, Any], *, expected_version: int | None = None) -> Config:
    """Put an exported file in place of the configuration. Raises as :func:`imported` and
    :func:`change`."""
    wanted = imported(data)
    _check_new_folders(wanted)
    return _replace(wanted, expected_version, ConfigAction.IMPORTED)


def exported(*, secrets: bool = False) -> dict[str, Any]:
    """The whole configuration as plain values, as :func:`take_over` reads it.

    Args:
        secrets: whether passwords and tokens are in it; masked otherwise.
    """
    values: dict[str, Any] = codec.plain(store.load())
    return {"schema": migrations.current_schema()} | (values if secrets else masked(values))


def reset_to(names: Sequence[str] = ()) -> Config:
    """The configuration with these sections, or all, at their defaults. Raises
    ``SectionNotFound``."""
    if not names:
        return Config()
    chosen = {section(name).name: getattr(Config(), name) for name in names}
    return codec.parse({**codec.plain(store.load()), **codec.plain(chosen)})


def reset(names: Sequence[str] = (), *, expected_version: int | None = None) -> Config:
    """Put these sections, or all, back to their defaults. Raises as :func:`change`, and
    ``SectionNotFound``."""
    for name in names:
        section(name)

    def back(data: dict[str, Any]) -> None:
        defaults = codec.plain(Config())
        data.update({name: defaults[name] for name in names or defaults})

    return change(back, expected_version=expected_version, action=ConfigAction.RESET)


def backups() -> list[Backup]:
    """The copies there are, the newest first."""
    found = []
    for file in copies.newest_first():
        try:
            status = file.stat()
            version, problem = _version_of(file.name)
            found.append(Backup(file.name, copies.made_at(file), status.st_size, version, problem))
        except FileNotFoundError:  # dropped meanwhile
            continue
    return found


def back_up() -> Backup:
    """Make a copy of the configuration as it is. Raises ``ConfigNotWritten``."""
    current_actor()
    file = store.back_up()
    with transaction.atomic():
        record(ConfigAction.BACKED_UP, on=Subject("config", file.name))
    return next(one for one in backups() if one.name == file.name)


def delete_backup(name: str) -> None:
    """Raises ``BackupNotFound``."""
    file = copies.file_of(name)
    with transaction.atomic():
        record(ConfigAction.BACKUP_DELETED, on=Subject("config", name))
    file.unlink(missing_ok=True)


def restore(name: str, *, expected_version: int | None = None) -> Config:
    """Put a copy in place of the configuration. Raises as :func:`change`, and ``BackupNotFound``
    and ``BackupUnusable``."""
    return _replace(store.read_backup(name), expected_version, ConfigAction.RESTORED)


def take_back(*, backup: str, names: list[str], left: str) -> None:
    """Undo a change: give these fields back what a backup has of them.

    Args:
        backup: its name; empty where there was no file before the change.
        left: ``changes.mark_of`` the fields after the change.

    Raises:
        ChangedSince: the fields are something else by now.
        UndoTooLate: the backup is gone.
        ConfigInvalid: they do not go together with what was changed since.
    """
    if backup and not copies.directory().joinpath(backup).is_file():
        raise UndoTooLate
    before = store.read_backup(backup) if backup else Config()

    def back(data: dict[str, Any]) -> None:
        if mark_of(codec.parse(data), names) != left:
            raise ChangedSince
        taken_from(before, data, names)

    change(back)


def _editing(sent: Mapping[str, Any]) -> Change:
    def into(data: dict[str, Any]) -> None:
        put_together(data, unmasked(sent, data))

    return into


def _replace(wanted: Config, expected_version: int | None, action: ConfigAction) -> Config:
    def put(data: dict[str, Any]) -> None:
        data.clear()
        data.update(codec.plain(wanted))

    return change(put, expected_version=expected_version, action=action)


def _check_new_folders(wanted: Config) -> None:
    """A folder that was there before may be away; one that is named now must be at hand.

    Raises:
        ConfigInvalid: with each that is not.
    """
    known = set(store.load().library.directories)
    errors = []
    for index, directory in enumerate(wanted.library.directories):
        if directory not in known and (problem := _new_folder_problem(directory)):
            field = f"library.directories.{index}"
            errors.append(FieldError(field, problem.code, params=problem.params))
    if errors:
        fields = ", ".join(error.field for error in errors)
        raise ConfigInvalid(fields=fields, errors=errors)


def _new_folder_problem(directory: str) -> ConfigError | None:
    return directory_problem(directory) or closed_folder(directory)


def _version_of(name: str) -> tuple[int | None, ConfigError | None]:
    try:
        return store.read_backup(name).version, None
    except ConfigError as error:
        return None, error


def _record(
    written: store.Written, was: dict[str, Any], now: dict[str, Any], action: ConfigAction
) -> None:
    names = sorted(was.keys() | now.keys())
    handle = {"backup": written.backup, "names": names, "left": mark_of(written.after, names)}
    try:
        with transaction.atomic():
            record(action, on=CONFIG, before=was, after=now, undo=Undo(UNDO, handle))
    except DatabaseError:
        log.exception(
            "config changed but not journalled before=%s after=%s", json.dumps(was), json.dumps(now)
        )
        raise
