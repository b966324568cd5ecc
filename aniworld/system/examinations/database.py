"""The database: is it there, whole and ours, and can it be written?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from aniworld.config.mounts import Mounts
from aniworld.database import troubles
from aniworld.database.examination import Health
from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from aniworld.web.errors import DatabaseUnusable
from providers.coded import coded, foreign

LARGE_LOG_BYTES = 256_000_000
# Locks that several processes need are known to fail on these.
SHARES = frozenset({"cifs", "smb2", "smb3", "smbfs", "nfs", "nfs4", "9p", "davfs", "vboxsf"})
_REDIS_SECONDS = 1.0

_health = Health()


def database(_look: Look) -> Iterator[Finding]:
    """Whether anything can be done with it."""
    trouble = trouble_now()
    if trouble is not None:
        yield found(coded("database_unusable_now", trouble=trouble))
        return
    if (size := log_bytes()) > LARGE_LOG_BYTES:
        yield found(coded("database_log_large", size=size // 1_000_000))
    file = troubles.database_file()
    if file and (kind := Mounts().of(str(file.parent)).kind) in SHARES:
        yield found(coded("database_on_share", path=str(file), kind=kind))


def trouble_now() -> DatabaseUnusable | None:
    """What is the matter with it; reading its file through happens now and then only."""
    try:
        _health.examine()
    except (*troubles.DATABASE_ERRORS, DatabaseUnusable) as error:
        return troubles.trouble_of(error) or DatabaseUnusable(why="unreached")
    return None


def log_bytes() -> int:
    """The size of SQLite's write-ahead log; 0 where there is none."""
    file = troubles.database_file()
    try:
        return Path(f"{file}-wal").stat().st_size if file else 0
    except OSError:
        return 0


def redis(_look: Look) -> Iterator[Finding]:
    """Whether the other processes can be woken by way of it, where it is set."""
    if not settings.REDIS_URL:
        return
    import redis as library  # noqa: PLC0415 - half a second of start-up that most never need

    client = library.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=_REDIS_SECONDS,
        socket_connect_timeout=_REDIS_SECONDS,
    )
    try:
        client.ping()
    except library.RedisError as error:
        host = urlsplit(settings.REDIS_URL).hostname or "…"
        yield found(coded("redis_unreachable", host=host, reason=foreign(error)))
    finally:
        client.close()
