"""Is the product alive, and is it ready for work?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from aniworld.config import reach, store
from aniworld.config.errors import ConfigError
from aniworld.database import examination, troubles
from aniworld.database.examination import Health
from aniworld.web.errors import DatabaseUnusable
from aniworld.web.texts import text_of
from downloads.models import QueueState
from library.services.roots import Absence, absence_of, known_roots, root_paths

_SPACE_SECONDS = 0.5  # how long a disk may take to say it; that it hangs is told before

_database = Health()


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the running product.

    ``detail`` says what to do when it is not well. It is open to anybody: no paths, no names.
    """

    name: str
    healthy: bool
    detail: str = ""


def data_directory() -> Check:
    if not os.access(settings.DATA_DIR, os.R_OK | os.W_OK | os.X_OK):
        words = _("The data directory (DATA_DIR) cannot be read and written by this user.")
        return Check("data_directory", False, words)
    if troubles.is_full():
        words = _("The disk of the data directory (DATA_DIR) or of the database is full.")
        return Check("data_directory", False, words)
    return Check("data_directory", True)


def database() -> Check:
    try:
        _database.examine()
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable) as error:
        trouble = troubles.trouble_of(error)
        return Check("database", False, text_of(trouble) or _("The database does not answer."))
    return Check("database", True)


def database_answers() -> bool:
    """The cheapest look at it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except troubles.DATABASE_ERRORS:
        return False
    return True


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
    if trouble := examination.writing_trouble():  # no worker could give a sign of life
        return Check("database", False, text_of(trouble))
    return Check("worker", False, _("No worker is running. Start one with: manage.py runqueue"))


def library_roots() -> Check:
    roots = known_roots()
    if not roots:
        return Check(
            "library", False, _("No library folder is set. Set ANIME_DIRECTORY or run setup.")
        )
    for root in roots:
        if (absence := absence_of(root)) is not None:
            return Check("library", False, _ABSENT[absence]())
        if not _is_writable(root.path):
            return Check("library", False, _("A library folder cannot be read and written."))
    return Check("library", True)


_ABSENT: Mapping[Absence, Callable[[], str]] = {
    Absence.MISSING: lambda: _("A library folder is not there or is not mounted."),
    Absence.OTHER_DISK: lambda: _(
        "A library folder is not the disk that the last scan saw: is its disk mounted? "
        "If another one is meant to be there, scan the library."
    ),
    Absence.SILENT: lambda: _(
        "A library folder does not answer: its disk hangs, or the server it lies on is away."
    ),
}


def _is_writable(root: str) -> bool:
    try:
        return reach.ask(root, lambda: os.access(root, os.R_OK | os.W_OK | os.X_OK))
    except reach.NoAnswer:
        return False


def free_space() -> Check:
    floor = store.load().downloads.min_free_mb
    for root in root_paths():
        free = _free_mb(root)
        if free is not None and free < floor:
            words = _("%(free)d MB free, less than the %(floor)d MB kept.")
            return Check("free_space", False, words % {"free": free, "floor": floor})
    return Check("free_space", True)


def _free_mb(root: str) -> int | None:
    try:
        usage = reach.ask(root, lambda: shutil.disk_usage(root), seconds=_SPACE_SECONDS)
    except OSError:
        return None  # the library check names a root that is not there, or does not answer
    return usage.free // 1_000_000


FOUNDATIONS: tuple[Callable[[], Check], ...] = (data_directory, database, configuration)
CHECKS: tuple[Callable[[], Check], ...] = (worker, library_roots, free_space)


def readiness() -> list[Check]:
    """Ask every check; the later ones are left out while what they stand on is down."""
    asked: list[Check] = []
    for check in FOUNDATIONS:
        asked.append(check())
        if not asked[-1].healthy:
            return asked
    return [*asked, *(check() for check in CHECKS)]
