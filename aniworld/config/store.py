"""The configuration file: read by every process, changed by one at a time.

* A reader never sees half a file: a change is written beside it, synced and renamed.
* Writers hold a lock from reading to renaming, so no change is lost.
* What cannot be read, and is not just being written by somebody, is set aside as
  ``config.json.broken-<time>`` and the newest good backup takes its place, with an error in the
  log. Without a good backup every use raises ``ConfigBroken`` until the owner mends or deletes
  the file set aside: settings never fall back to defaults alone.
"""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import override

from aniworld.config import backups, codec, logs, migrations
from aniworld.config.errors import (
    BackupNotFound,
    BackupUnusable,
    ConfigBroken,
    ConfigError,
    ConfigInvalid,
    ConfigNotWritten,
    ConfigStale,
    ConfigTooNew,
)
from aniworld.config.files import read_file, stamp, write_atomically
from aniworld.config.schema import Config
from providers.coded import errno_name

log = logging.getLogger(__name__)

# A file changed within this time is read again: its clock tick may hide a second change.
SETTLED_NS = 100_000_000

# A file that is just being written by others (an editor, ``cp``) is empty or half there for a
# moment. So one that cannot be read is only broken when nobody has touched it for so long; whoever
# never stops writing it is not waited for without end.
QUIET_SECONDS = 0.5
LONGEST_WRITE_SECONDS = 5.0
_LOOK_SECONDS = 0.05

Signature = tuple[str, int, int, int]


class Written(NamedTuple):
    """What a change came to: ``backup`` is the name of the copy from before it, empty where nothing
    was written or there was no file."""

    before: Config
    after: Config
    backup: str = ""


_cached: tuple[Signature, Config] | None = None


def path() -> Path:
    return Path(settings.DATA_DIR) / "config.json"


def load() -> Config:
    """Return the configuration as it is on disk now; the defaults when there is no file yet.

    The log of this process follows it. Raises ``ConfigBroken`` (see the module) and
    ``ConfigTooNew``.
    """
    config = _loaded()
    logs.follow(config.logging)
    return config


def update(
    change: Callable[[dict[str, Any]], None], *, expected_version: int | None = None
) -> Config:
    """:func:`apply`, of which only the configuration afterwards is wanted."""
    return apply(change, expected_version=expected_version).after


def apply(
    change: Callable[[dict[str, Any]], None], *, expected_version: int | None = None
) -> Written:
    """Apply ``change`` to the configuration as plain values and write the outcome.

    Backed up before, validated, atomic, under a lock over all processes. A change that changes
    nothing writes nothing. Raises ``ConfigInvalid``, ``ConfigNotWritten`` and, when
    ``expected_version`` is given and is no longer the current one, ``ConfigStale``.
    """
    try:
        with _locked():
            return _changed(change, expected_version)
    except OSError as error:
        raise ConfigNotWritten(file=str(path()), errno=errno_name(error)) from error


def replace(data: Mapping[str, Any], *, expected_version: int | None = None) -> Config:
    """Put ``data`` in place of the whole configuration; what it leaves out gets its default."""

    def change(current: dict[str, Any]) -> None:
        current.clear()
        current.update({name: value for name, value in data.items() if name != "schema"})

    return update(change, expected_version=expected_version)


def back_up() -> Path:
    """Copy the configuration as it is now into the backups; the defaults where there is no file.

    Raises ``ConfigNotWritten``, and what reading raises.
    """
    with _locked():
        config = _load_locked()
        try:
            if not path().exists():
                _put(config)
            return backups.create(path(), keep=config.backup.keep)
        except OSError as error:
            raise ConfigNotWritten(file=str(path()), errno=errno_name(error)) from error


def read_backup(name: str) -> Config:
    """Read a copy of the configuration.

    Raises:
        BackupNotFound; BackupUnusable: it is no configuration, or one of a later version.
    """
    try:
        return _read(backups.file_of(name))
    except FileNotFoundError as error:
        raise BackupNotFound(name=name) from error
    except ConfigTooNew as error:
        raise BackupUnusable(why="later", name=name) from error
    except ConfigInvalid as error:
        wrong = error.as_json()["params"]["fields"]
        raise BackupUnusable(why="fields", name=name, fields=wrong, errors=error.errors) from error
    except (ValueError, ConfigBroken) as error:
        raise BackupUnusable(name=name) from error


def set_aside() -> list[Path]:
    """Return the broken files kept beside the configuration, newest first."""
    return sorted(path().parent.glob(f"{path().name}.broken-*"), reverse=True)


def _loaded() -> Config:
    global _cached  # noqa: PLW0603 - one slot, replaced whole, so threads need no lock
    signature = _signature()
    if signature is None:
        return _without_file()
    if _cached and _cached[0] == signature:
        return _cached[1]
    try:
        config = _read(path())
    except (FileNotFoundError, ValueError, ConfigInvalid):
        return _recovered()
    if time.time_ns() - signature[1] > SETTLED_NS:
        _cached = (signature, config)
    return config


def _changed(change: Callable[[dict[str, Any]], None], expected_version: int | None) -> Written:
    current = _load_locked()
    if expected_version not in (None, current.version):
        raise ConfigStale(version=current.version)
    data = codec.plain(current)
    change(data)
    data["version"] = current.version
    if codec.parse(data) == current:
        return Written(current, current)
    config = codec.parse(data | {"version": current.version + 1})
    return Written(current, config, _write(config))


def _load_locked() -> Config:
    """Read the file while holding the lock, mending it from a backup where needed."""
    try:
        return _read_quiet()
    except FileNotFoundError:
        return _without_file()
    except (ValueError, ConfigInvalid) as error:
        return _mend(error)


def _read_quiet() -> Config:
    """Read the file; raises ``ValueError`` and ``ConfigInvalid`` only of one that is left alone."""
    ends = time.monotonic() + LONGEST_WRITE_SECONDS
    while True:
        seen = _signature()
        try:
            return _read(path())
        except (ValueError, ConfigInvalid):
            if _is_left_alone(seen) or time.monotonic() > ends:
                raise


def _is_left_alone(seen: Signature | None) -> bool:
    """Wait whether somebody touches the file; at most as long as it has to be quiet."""
    quiet_from = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < quiet_from:
        time.sleep(_LOOK_SECONDS)
        if _signature() != seen:
            return False
    return True


def _recovered() -> Config:
    try:
        with _locked():  # another process may have mended it meanwhile: read again
            return _load_locked()
    except OSError as error:  # nothing can be written beside it
        raise _unreadable(error) from error


def _unreadable(error: OSError) -> ConfigBroken:
    return ConfigBroken(why="unreadable", file=str(path()), errno=errno_name(error))


def _without_file() -> Config:
    if path().is_symlink():  # the file is elsewhere, on a disk that is away
        raise _unreadable(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
    if broken := set_aside():
        raise ConfigBroken(why="set_aside", aside=str(broken[0]), name=path().name)
    return Config()


def _mend(error: Exception) -> Config:
    aside = path().with_name(f"{path().name}.broken-{stamp()}")
    shutil.copy2(path(), aside)  # a copy: a crash before the end leaves all as it was
    log.error("config broken file=%s set_aside=%s error=%s", path(), aside, _reason(error))
    for backup in backups.newest_first():
        try:
            config = _read(backup)
        except (ConfigError, ValueError, OSError) as problem:
            log.warning("config backup unusable file=%s error=%s", backup, _reason(problem))
            continue
        log.error("config restored from=%s version=%s", backup, config.version)
        # A backup is one version older than what replaced it; readers of that one are stale now.
        return _put(dataclasses.replace(config, version=config.version + 2))
    path().unlink()
    return _without_file()


def _reason(error: Exception) -> str:
    if isinstance(error, ConfigError) and error.errors:
        with override("en"):  # the log's language, whoever's request has read the file
            return " ".join(f"{entry.field}: {entry.detail}" for entry in error.errors)
    return str(error)


def _read(file: Path) -> Config:
    try:
        content = read_file(file, most=backups.MAX_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigBroken(why="unreadable", file=str(file), errno=errno_name(error)) from error
    try:
        data = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError("not a JSON object")
    return codec.parse(migrations.migrated(data))


def _write(config: Config) -> str:
    """Returns the name of the backup from before; empty where there was no file."""
    is_there = path().exists()
    copy = backups.create(path(), keep=config.backup.keep).name if is_there else ""
    _put(config)
    return copy


def _put(config: Config) -> Config:
    content = {"schema": migrations.current_schema()} | codec.plain(config)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_atomically(path(), text.encode())
    log.info("config written version=%s", config.version)
    return config


def _signature() -> Signature | None:
    try:
        state = path().stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(error) from error
    return (str(path()), state.st_mtime_ns, state.st_size, state.st_ino)


@contextmanager
def _locked() -> Iterator[None]:
    lock = path().with_name("config.lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # per opening, so threads exclude each other too
        yield
    finally:
        os.close(descriptor)
