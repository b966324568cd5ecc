"""For how long the audit part of the journal is kept, as the owner has set it."""

from __future__ import annotations

from datetime import timedelta

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.journal import services
from aniworld.journal.actors import Actor, acting_as


def forget_old_audit_lines() -> int:
    """Delete what is older than ``advanced.audit_days``; returns how many lines went. Where the
    configuration cannot be read nothing does."""
    try:
        days = store.load().advanced.audit_days
    except ConfigError:
        return 0
    with acting_as(Actor.system("retention")):
        return services.forget(older_than=timedelta(days=days))
