"""The configuration file: can it be read and written, and was it ever set aside?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from providers.coded import coded


def configuration(look: Look) -> Iterator[Finding]:
    """Whether settings can be read and changed. What is read is kept for the other looks."""
    try:
        look.config = store.load()
    except ConfigError as error:
        yield found(coded("config_unusable", trouble=error))
        return
    if aside := store.set_aside():
        yield found(coded("config_set_aside", path=str(aside[0])))
    path = store.path()
    if path.exists() and not os.access(path, os.W_OK):
        yield found(coded("config_unwritable", path=str(path)))
