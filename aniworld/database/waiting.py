"""How long a statement waits for what another program has locked.

SQLite is told by the settings. PostgreSQL waits for ever unless it is told otherwise, and each
request that waits holds a thread: a table that is locked for a while would be a server that
answers nobody.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

LOCK_SECONDS = 5


def bound() -> None:
    """Have every connection to PostgreSQL that is opened from now on give up waiting for locks.

    An owner who says ``options`` in ``DATABASE_URL`` decides that too.
    """
    connection_created.connect(_bound_connection, dispatch_uid="database-waiting")


def _bound_connection(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor != "postgresql" or "options" in connection.settings_dict["OPTIONS"]:
        return
    with connection.cursor() as cursor:
        # Not by the connection's own options: poolers like PgBouncer refuse those.
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
