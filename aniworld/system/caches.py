"""What is kept in DATA_DIR and could be had again: how large it is, how old, and away with it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypedDict

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from aniworld.journal.services import Subject, record
from aniworld.sites import configured
from aniworld.system.entries import SystemAction
from aniworld.system.errors import CacheNotFound
from aniworld.web.shapes import OneOf

log = logging.getLogger(__name__)

MOST_FILES = 200_000  # that are counted; a directory with more says so by this number
# What lies where, and what it is.
DIRECTORIES = {"pages": ("cache", _("Pages of sites")), "covers": ("covers", _("Covers"))}


class Cache(TypedDict):
    """Something that could be had again."""

    name: Annotated[str, OneOf(DIRECTORIES)]
    label: str
    files: int
    size: Annotated[int, "Bytes."]
    oldest_at: datetime | None
    newest_at: datetime | None


def caches() -> list[Cache]:
    """All of them, as they are now."""
    return [_cache(name) for name in DIRECTORIES]


def clear(name: str) -> int:
    """Throw one away, and journal that; returns how many files went.

    Covers are fetched again when their series is read next.

    Raises:
        CacheNotFound: there is none of that name.
    """
    if name not in DIRECTORIES:
        raise CacheNotFound(name=name)
    gone = 0
    for entry in _files(_directory(name)):
        try:
            os.unlink(entry.path)  # noqa: PTH108 - one of very many
        except OSError as error:
            log.warning("cache=%s file=%s stays: %s", name, entry.name, error.strerror)
        else:
            gone += 1
    if name == "pages":
        configured.forget_pages()
    with transaction.atomic():
        record(SystemAction.CACHE_CLEARED, on=Subject("cache", name), after={"files": gone})
    return gone


def _cache(name: str) -> Cache:
    files, size, times = 0, 0, list[float]()
    for entry in _files(_directory(name)):
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:  # it went just now
            continue
        files, size = files + 1, size + state.st_size
        times = (
            [min(times[0], state.st_mtime), max(times[1], state.st_mtime)]
            if times
            else ([state.st_mtime, state.st_mtime])
        )
    return {
        "name": name,
        "label": gettext(DIRECTORIES[name][1]),
        "files": files,
        "size": size,
        "oldest_at": _moment(times[0]) if times else None,
        "newest_at": _moment(times[1]) if times else None,
    }


def _directory(name: str) -> Path:
    return Path(settings.DATA_DIR) / DIRECTORIES[name][0]


def _files(directory: Path, depth: int = 3) -> Iterator[os.DirEntry[str]]:
    """The files in it, and in the directories below it; no link is followed."""
    try:
        entries = os.scandir(directory)
    except OSError:
        return
    with entries:
        for number, entry in enumerate(entries):
            if number >= MOST_FILES:
                return
            if entry.is_dir(follow_symlinks=False):
                if depth:
                    yield from _files(Path(entry.path), depth - 1)
            elif entry.is_file(follow_symlinks=False):
                yield entry


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
