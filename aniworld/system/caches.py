"""What is kept in DATA_DIR and could be had again: how large it is, how old, and away with it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
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
PAGES, COVERS = "pages", "covers"
LABELS = {PAGES: _("Pages of sites"), COVERS: _("Covers")}


class Kept(TypedDict):
    """How much is kept, and of when."""

    files: int
    size: Annotated[int, "Bytes."]
    oldest_at: datetime | None
    newest_at: datetime | None


class KeptOfSite(Kept):
    """The pages of one site. One that is not there any more is called by its name."""

    site: str
    label: str


class Cache(Kept):
    """Something that could be had again."""

    name: Annotated[str, OneOf(LABELS)]
    label: str
    sites: Annotated[list[KeptOfSite], "Of pages; covers are not told apart."]


def caches() -> list[Cache]:
    """All of them, as they are now."""
    return [
        _cache(PAGES, (sites := _sites()), _together(sites)),
        _cache(COVERS, [], _covers()),
    ]


def clear(name: str, *, site: str = "") -> int:
    """Throw one away, or what is in it of a site, and journal that; returns how many files went.

    Covers are fetched again when their series is read next.

    Raises:
        CacheNotFound: there is none of that name, or nothing of that site could be in it.
    """
    if name not in LABELS:
        raise CacheNotFound(name=name)
    if site and (name != PAGES or site not in _known_sites()):
        raise CacheNotFound(name=f"{name}/{site}")
    gone = configured.pages().clear(site) if name == PAGES else _clear_covers()
    cleared = f"{name}/{site}" if site else name
    with transaction.atomic():
        record(SystemAction.CACHE_CLEARED, on=Subject("cache", cleared), after={"files": gone})
    return gone


def _cache(name: str, sites: list[KeptOfSite], kept: Kept) -> Cache:
    return {"name": name, "label": gettext(LABELS[name]), **kept, "sites": sites}


def _sites() -> list[KeptOfSite]:
    labels = configured.labels()
    return [
        {
            "site": site,
            "label": labels.get(site, site),
            "files": usage.files,
            "size": usage.size,
            "oldest_at": _moment(usage.oldest),
            "newest_at": _moment(usage.newest),
        }
        for site, usage in sorted(configured.pages().usage().items())
    ]


def _known_sites() -> set[str]:
    return {*configured.known_names(), *configured.pages().usage()}


def _together(parts: Sequence[Kept]) -> Kept:
    return {
        "files": sum(part["files"] for part in parts),
        "size": sum(part["size"] for part in parts),
        "oldest_at": min((p["oldest_at"] for p in parts if p["oldest_at"]), default=None),
        "newest_at": max((p["newest_at"] for p in parts if p["newest_at"]), default=None),
    }


def _covers() -> Kept:
    size, times = 0, list[float]()
    for entry in _files(_cover_folder()):
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:  # it went just now
            continue
        size += state.st_size
        times.append(state.st_mtime)
    return {
        "files": len(times),
        "size": size,
        "oldest_at": _moment(min(times)) if times else None,
        "newest_at": _moment(max(times)) if times else None,
    }


def _clear_covers() -> int:
    gone = 0
    for entry in _files(_cover_folder()):
        try:
            os.unlink(entry.path)  # noqa: PTH108 - one of very many
        except OSError as error:
            log.warning("cache=%s file=%s stays: %s", COVERS, entry.name, error.strerror)
        else:
            gone += 1
    return gone


def _cover_folder() -> Path:
    return Path(settings.DATA_DIR) / "covers"


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
