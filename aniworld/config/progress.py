"""How sparingly progress is told, as the owner has set it."""

from __future__ import annotations

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.config.schema import Config
from aniworld.events.reading import Limits


def limits() -> Limits:
    """The limits of the configuration; the usual ones where nobody can read it.

    An operation must be able to end also then.
    """
    try:
        config = store.load()
    except ConfigError:
        config = Config()
    return Limits(
        per_second=config.downloads.progress_per_second,
        min_percent=config.downloads.progress_min_percent,
        kept=config.advanced.progress_history,
    )
