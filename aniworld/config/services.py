"""Changing the configuration, and writing down who did it."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction

from aniworld.config import codec, store
from aniworld.config.difference import difference
from aniworld.config.entries import CONFIG, ConfigAction
from aniworld.config.schema import Config
from aniworld.journal.actors import current_actor
from aniworld.journal.services import record

log = logging.getLogger(__name__)


def change(
    change: Callable[[dict[str, Any]], None], *, expected_version: int | None = None
) -> Config:
    """Apply ``change`` to the configuration as plain values, write it and journal what differs.

    A file and a database have no transaction together: the file is written first, and what it says
    holds. An entry that cannot be written then is an error in the log, and the caller's.

    Raises:
        NoActor: nobody acts; nothing is written.
        ConfigInvalid, ConfigStale, ConfigNotWritten: see ``store.update``; nothing is written.
        DatabaseError: the configuration is changed, but the journal does not have it.
    """
    current_actor()
    before: dict[str, Any] = {}

    def noted(data: dict[str, Any]) -> None:
        before.update(copy.deepcopy(data))
        change(data)

    config = store.update(noted, expected_version=expected_version)
    was, now = difference(before, codec.plain(config))
    if was or now:
        _record(was, now)
    return config


def _record(was: dict[str, Any], now: dict[str, Any]) -> None:
    try:
        with transaction.atomic():
            record(ConfigAction.CHANGED, on=CONFIG, before=was, after=now)
    except DatabaseError:
        log.exception("config changed but not journalled before=%s after=%s", was, now)
        raise
