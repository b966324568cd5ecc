"""Descriptions and posters of what has just changed, written before any server is told of it.

It takes its turn as a server does: a row for each folder, claimed, tried again, kept over restarts.
Nobody who places a file waits for it, and a disk that hangs holds this thread alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import transaction

from aniworld.journal.actors import Actor, acting_as
from aniworld.system.mediaservers import claims
from aniworld.system.mediaservers.models import FolderToTell
from aniworld.system.mediaservers.reading import DESCRIBER, Hint, add
from library.descriptions.describe import Done, Wishes, describe
from library.errors import NotRenamed
from library.models import AnimeSeries

log = logging.getLogger(__name__)


def describe_due() -> int:
    """Describe the series in the folders that are due; returns in how many of them.

    Raises:
        ConfigError: it cannot be read what is wanted.
    """
    wishes, done = Wishes.now(), 0
    rows = claims.claimed(DESCRIBER)
    for (root, top), some in _by_series(rows).items():
        done += _describe(root, top, some, wishes)
    return done


def _by_series(rows: Iterable[FolderToTell]) -> dict[tuple[str, str], list[FolderToTell]]:
    """By root and top folder; "" where the whole root is meant."""
    found: dict[tuple[str, str], list[FolderToTell]] = {}
    for row in rows:
        found.setdefault((row.root, row.folder.partition("/")[0]), []).append(row)
    return found


def _describe(root: str, top: str, rows: list[FolderToTell], wishes: Wishes) -> int:
    series = AnimeSeries.objects.active().filter(root__path=root, folder=top)
    found = series.select_related("root").first() if top else None
    try:
        with acting_as(Actor.system("descriptions")):
            folders = {row.folder for row in rows}
            done = describe(found, wishes, folders=folders) if found is not None else Done()
    except (NotRenamed, OSError) as error:
        log.warning("folder=%s is described later: %s", top, error)
        with transaction.atomic():
            for row in rows:
                claims.again(row)
        return 0
    with transaction.atomic():
        for row in rows:
            claims.done(row)
        add([Hint(root, folder, "MODIFIED") for folder in done.folders])
    return len(rows)
