"""How the installation is: what the system page shows and ``GET /api/system`` answers."""

from __future__ import annotations

import os
import platform
import time
from datetime import datetime
from importlib import metadata
from typing import Annotated, TypedDict

from django.conf import settings
from django.db import connection
from django.utils import timezone

from aniworld import __version__
from aniworld.config import reach
from aniworld.config.mounts import Mount, Mounts
from aniworld.database.troubles import database_file
from aniworld.sites import pace
from aniworld.sites.health.services import still_refused
from aniworld.sites.services import Provider, providers
from aniworld.system import caches
from aniworld.system.examinations.database import log_bytes
from aniworld.system.examinations.machine import LIBRARIES
from aniworld.system.examinations.work import refusal_of
from aniworld.system.trials import RootTrial, trial_of
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, told_of
from downloads.choices import Status
from downloads.models import DownloadQueueItem, QueueState
from library.models import LibraryRoot, ScanOperation
from library.services.roots import known_roots

_STARTED = time.monotonic()
PROCESSES = ("web", "worker", "scan", "transfer")


class Process(TypedDict):
    """One of the processes the product runs as."""

    name: Annotated[str, OneOf(PROCESSES)]
    alive: Annotated[bool, "A scan and a transfer run while there is work for them."]
    who: Annotated[str, "Machine and number, as far as is known."]
    heartbeat_at: Annotated[datetime | None, "Its last sign of life."]


class Database(TypedDict):
    """Where everything that is known is kept."""

    kind: Annotated[str, OneOf(("sqlite", "postgresql"))]
    version: str
    place: Annotated[str, "The file, or the server."]
    size: Annotated[int | None, "Bytes; null where nobody says."]
    log_size: Annotated[int, "Bytes of SQLite's write-ahead log."]


class RootState(TypedDict):
    """A library folder and the disk it lies on."""

    path: str
    free: Annotated[int | None, "Bytes; null where the disk does not answer."]
    total: Annotated[int | None, "Bytes."]
    kind: Annotated[str, "Of file system; empty where nobody says."]
    times: Annotated[Told | None, "Whether the times of its folders are believed, once scanned."]
    trial: Annotated[RootTrial | None, "What writing into it showed, since it was tried."]


class SiteState(TypedDict):
    """A site, and what it said last."""

    name: str
    label: str
    enabled: bool
    refusal: Annotated[Told | None, "Why it was asked in vain last."]


class PausedHost(TypedDict):
    """A host that has asked for a pause."""

    host: str
    until: datetime


class System(TypedDict):
    """The whole installation."""

    version: str
    uptime: Annotated[int, "Seconds since this web process began."]
    now: Annotated[datetime, "By the clock of this machine."]
    time_zone: str
    python: str
    machine: str
    data_dir: str
    data_free: Annotated[int | None, "Bytes."]
    processes: list[Process]
    database: Database
    roots: list[RootState]
    sites: list[SiteState]
    held: list[PausedHost]
    caches: list[caches.Cache]
    libraries: Annotated[dict[str, str], "Versions by name; empty: not installed."]


def system() -> System:
    """Everything, as it is now.

    Raises:
        ConfigError: nobody can say which folders and sites there are.
    """
    return {
        "version": __version__,
        "uptime": round(time.monotonic() - _STARTED),
        "now": timezone.now(),
        "time_zone": str(settings.TIME_ZONE),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}",
        "data_dir": str(settings.DATA_DIR),
        "data_free": _space(str(settings.DATA_DIR))[0],
        "processes": processes(),
        "database": database(),
        "roots": [_root(root) for root in known_roots()],
        "sites": [_site(one) for one in providers()],
        "held": [{"host": hold.host, "until": hold.until} for hold in pace.holds()],
        "caches": caches.caches(),
        "libraries": libraries(),
    }


def processes() -> list[Process]:
    """Web, worker, scan and transfer, each with its last sign of life."""
    state = QueueState.current()
    scan = ScanOperation.objects.running().first()
    item = DownloadQueueItem.objects.filter(status=Status.DOWNLOADING).first()
    here = f"{platform.node()}:{os.getpid()}"
    worker = ":".join(state.lease_holder.split(":")[:2])
    return [
        _process("web", here, timezone.now(), alive=True),
        _process("worker", worker, state.heartbeat_at, alive=state.worker_alive),
        _process("scan", _of_scan(scan), scan.last_sign if scan else None, alive=scan is not None),
        _process(
            "transfer",
            item.claimed_by.rpartition(":")[0] if item else "",
            item.heartbeat_at if item else None,
            alive=item is not None and state.worker_alive,
        ),
    ]


def _process(name: str, who: str, at: datetime | None, *, alive: bool) -> Process:
    return {"name": name, "alive": alive, "who": who, "heartbeat_at": at}


def _of_scan(scan: ScanOperation | None) -> str:
    return f"{scan.host.partition(' ')[0]}:{scan.pid}" if scan and scan.pid else ""


def database() -> Database:
    """Where it is, and how large."""
    file = database_file()
    size: int | None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database()), version()")
            size, version = cursor.fetchone()
        place = str(connection.settings_dict["HOST"] or "localhost")
        return _database("postgresql", " ".join(version.split()[:2]), place, size)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        (version,) = cursor.fetchone()
    size = file.stat().st_size if file and file.exists() else None
    return _database("sqlite", f"SQLite {version}", str(file or ":memory:"), size)


def _database(kind: str, version: str, place: str, size: int | None) -> Database:
    return {
        "kind": kind,
        "version": version,
        "place": place,
        "size": size,
        "log_size": log_bytes(),
    }


def libraries() -> dict[str, str]:
    """The versions of what has to be installed, and of Django."""
    return {package: _version(package) for package in ("django", *(row[1] for row in LIBRARIES))}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _root(root: LibraryRoot) -> RootState:
    free, total = _space(root.path)
    stored = root.mounts[0] if root.mounts else None
    kind = _mount(root.path).kind if free is not None else (stored["kind"] if stored else "")
    return {
        "path": root.path,
        "free": free,
        "total": total,
        "kind": kind,
        "times": told_of(stored["reason"]) if stored else None,
        "trial": trial_of(root.path),
    }


def _mount(path: str) -> Mount:
    try:
        return reach.ask(path, lambda: Mounts().of(path))
    except OSError:
        return Mount("", "", "")


def _space(path: str) -> tuple[int | None, int | None]:
    try:
        told = reach.ask(path, lambda: os.statvfs(path))
    except OSError:
        return None, None
    return told.f_bavail * told.f_frsize, told.f_blocks * told.f_frsize


def _site(provider: Provider) -> SiteState:
    name, enabled = provider.entry.name, provider.settings.enabled
    refused = still_refused().get(name)
    reason = (refused[1] if refused else refusal_of(name)) if enabled else None
    return {
        "name": name,
        "label": provider.entry.label,
        "enabled": enabled,
        "refusal": told_of(reason) if reason else None,
    }
