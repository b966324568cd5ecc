"""A backup as a file: written whole or not at all, and never believed before it is proved."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import zipfile
import zlib
from pathlib import Path
from typing import IO

from aniworld.config import backups
from aniworld.system.backups.errors import BackupRefused
from aniworld.system.backups.manifest import LONGEST, Manifest, Part

MANIFEST, DATABASE, SETTINGS = "manifest.json", "aniworld.db", "config.json"
# Below what ZIP says without its extension for large files, so that a backup has one form.
MOST_BYTES = 2**31 - 1
_MOST = {DATABASE: MOST_BYTES, SETTINGS: backups.MAX_BYTES}
_CHUNK = 1024 * 1024
_LEVEL = 6  # pages of SQLite shrink to a quarter
_SQLITE = b"SQLite format 3\0"
_END = b"PK\5\6"  # the last 22 bytes of a ZIP without a comment
_LONGEST_DIRECTORY = 4096


def write(target: Path, *, folder: Path, facts: Manifest) -> Manifest:
    """Pack what lies in ``folder`` into ``target``, which must not be there; seen to the disk.

    Args:
        folder: holds the database and, where there are any, the settings.
        facts: all but its parts and its signature.

    Raises:
        OSError: it cannot be written.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    parts: dict[str, Part] = {}
    with os.fdopen(descriptor, "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
            for name in _MOST:
                if (folder / name).exists():
                    with (folder / name).open("rb") as plain, packed.open(name, "w") as into:
                        parts[name] = _copied(plain, into, MOST_BYTES)
            manifest = dataclasses.replace(facts, parts=parts).signed()
            packed.writestr(MANIFEST, manifest.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    return manifest


def is_plain_database(file: Path) -> bool:
    """Whether it is what ``manage.py backup`` made before there were manifests."""
    with file.open("rb") as opened:
        return opened.read(len(_SQLITE)) == _SQLITE


def manifest_of(file: Path) -> Manifest:
    """What a backup says of itself; its parts are not read.

    Raises:
        BackupRefused: it is none, or ends too early.
        OSError: it cannot be read.
    """
    with file.open("rb") as opened, _opened(opened) as packed:
        return _manifest(packed)


def unpack(file: Path, folder: Path) -> Manifest:
    """Unpack a backup into ``folder`` and prove each part.

    Raises:
        BackupRefused: it is none, ends too early, or is not as it was written.
        OSError: it cannot be read, or the disk takes no more.
    """
    with file.open("rb") as opened, _opened(opened) as packed:
        manifest = _manifest(packed)
        if set(packed.namelist()) != {MANIFEST, *manifest.parts} or DATABASE not in manifest.parts:
            raise BackupRefused(why="foreign")
        for name, part in manifest.parts.items():
            _unpack_part(packed, name, part, folder / name)
    return manifest


def copy_plain(file: Path, folder: Path) -> None:
    """As :func:`unpack`, of a plain database."""
    with file.open("rb") as plain, (folder / DATABASE).open("xb") as into:
        try:
            _copied(plain, into, MOST_BYTES)
        except _TooMuch as error:
            raise BackupRefused(why="too_large", most=MOST_BYTES // 10**6) from error


def unpacked_bytes(file: Path) -> int:
    """What the parts of a backup take on the disk, by its own word."""
    if is_plain_database(file):
        return file.stat().st_size
    return sum(part.bytes for part in manifest_of(file).parts.values())


class _TooMuch(Exception):
    """More came than may."""


def _opened(file: IO[bytes]) -> zipfile.ZipFile:
    """A ZIP whose directory is read only when its end says that it is as short as ours."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 22))
    end = file.read(22)
    file.seek(0)
    begins = file.read(2) == b"PK"
    if end[:4] != _END:
        raise BackupRefused(why="truncated" if begins else "foreign")
    entries = int.from_bytes(end[10:12], "little")
    length, offset = int.from_bytes(end[12:16], "little"), int.from_bytes(end[16:20], "little")
    if entries > len(_MOST) + 1 or length > _LONGEST_DIRECTORY:
        raise BackupRefused(why="foreign")
    if offset + length != size - 22:  # else it would be looked for before the file begins
        raise BackupRefused(why="truncated")
    file.seek(0)
    try:
        packed = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BackupRefused(why="truncated") from error
    if any(one.compress_type != zipfile.ZIP_DEFLATED or one.flag_bits & 1 for one in _all(packed)):
        raise BackupRefused(why="foreign")
    return packed


def _all(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Its entries; the manifest may be stored as it is."""
    return [one for one in packed.infolist() if one.filename != MANIFEST or one.compress_type]


def _manifest(packed: zipfile.ZipFile) -> Manifest:
    try:
        with packed.open(MANIFEST) as file:
            content = file.read(LONGEST + 1)
    except KeyError as error:
        raise BackupRefused(why="foreign") from error
    except _UNREADABLE as error:
        raise BackupRefused(why="checksum", part=MANIFEST) from error
    if len(content) > LONGEST:
        raise BackupRefused(why="foreign")
    return Manifest.read(content)


def _unpack_part(packed: zipfile.ZipFile, name: str, part: Part, into: Path) -> None:
    most = _MOST.get(name)
    if most is None:
        raise BackupRefused(why="foreign")
    if part.bytes > most:
        raise BackupRefused(why="too_large", most=most // 10**6)
    with into.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        try:
            with packed.open(name) as plain:
                found = _copied(plain, file, part.bytes)
        except (_TooMuch, *_UNREADABLE) as error:
            raise BackupRefused(why="checksum", part=name) from error
    if found != part:
        raise BackupRefused(why="checksum", part=name)


# What foreign bytes make ``zipfile`` raise.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, KeyError)


def _copied(plain: IO[bytes], into: IO[bytes], most: int) -> Part:
    """Copy to the end; raises ``_TooMuch`` beyond so many bytes."""
    digest, size = hashlib.sha256(), 0
    while chunk := plain.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise _TooMuch
        digest.update(chunk)
        into.write(chunk)
    return Part(size, digest.hexdigest())
