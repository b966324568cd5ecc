"""Is the product alive, and is it ready for work?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from aniworld.config import store
from aniworld.config.directories import library_directories
from aniworld.config.errors import ConfigError
from downloads.models import QueueState


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the running product.

    ``detail`` says what to do when it is not well. It is open to anybody: no paths, no names.
    """

    name: str
    healthy: bool
    detail: str = ""


def database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", False, _("The database does not answer: %s") % error)
    return Check("database", True)


def configuration() -> Check:
    try:
        store.load()
    except ConfigError:
        return Check("configuration", False, _("The configuration cannot be read; see the log."))
    return Check("configuration", True)


def worker() -> Check:
    state = QueueState.objects.first()
    if state is not None and state.worker_alive:
        return Check("worker", True)
    return Check("worker", False, _("No worker is running. Start one with: manage.py runqueue"))


def library_roots() -> Check:
    roots = _roots()
    if not roots:
        return Check(
            "library", False, _("No library folder is set. Set ANIME_DIRECTORY or run setup.")
        )
    for root in roots:
        if not os.path.isdir(root):  # noqa: PTH112 - Path raises where a parent is closed to us
            return Check("library", False, _("A library folder is not there or is not mounted."))
        if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
            return Check("library", False, _("A library folder cannot be read and written."))
    return Check("library", True)


def free_space() -> Check:
    floor = store.load().downloads.min_free_mb
    for root in _roots():
        free = _free_mb(root)
        if free is not None and free < floor:
            words = _("%(free)d MB free, less than the %(floor)d MB kept.")
            return Check("free_space", False, words % {"free": free, "floor": floor})
    return Check("free_space", True)


def _roots() -> list[Path]:
    return [Path(directory) for directory in library_directories(store.load())]


def _free_mb(path: Path) -> int | None:
    try:
        return shutil.disk_usage(path).free // 1_000_000
    except OSError:
        return None  # the library check names a root that is not there


FOUNDATIONS: tuple[Callable[[], Check], ...] = (database, configuration)
CHECKS: tuple[Callable[[], Check], ...] = (worker, library_roots, free_space)


def readiness() -> list[Check]:
    """Ask every check; the later ones are left out while what they stand on is down."""
    asked: list[Check] = []
    for check in FOUNDATIONS:
        asked.append(check())
        if not asked[-1].healthy:
            return asked
    return [*asked, *(check() for check in CHECKS)]
