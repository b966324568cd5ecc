"""Scans started by the web process or a schedule: each in a process of its own.

The scan outlives a restart of whoever started it; whoever started it waits for its end, so that a
scan that dies without a word is told at once.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

from django.conf import settings
from django.db import close_old_connections, connection

from aniworld.events.operations import OperationState
from library.errors import ScanProcessDied
from library.models import ScanOperation
from library.services import operations
from library.services.lookup import get_series
from library.services.operations import ScanOptions, cancel, latest, status_json
from library.services.roots import first_root
from providers.coded import errno_name

__all__ = ["cancel", "latest", "start", "status_json"]

log = logging.getLogger(__name__)


def start(
    *, full: bool = False, accept_removals: bool = False, series: str | None = None
) -> ScanOperation:
    """Start a scan in a process of its own.

    Raises:
        ScanRunning: one is running already.
        NoLibraryRoot: no library folder is configured.
        SeriesNotFound: ``series`` is not in the library.
    """
    first_root()
    key = get_series(series).key if series is not None else None
    options = ScanOptions(full=full, accept_removals=accept_removals, series=key)
    operation = operations.begin(options.as_json())
    try:
        process = _launch(operation)
    except OSError as error:
        operations.finish(
            operation,
            OperationState.FAILED,
            error=ScanProcessDied(why="not_started", errno=errno_name(error)).as_json(),
        )
        raise
    watcher = threading.Thread(
        target=_watch, args=(process, operation.pk), name="scan-watcher", daemon=True
    )
    watcher.start()
    log.info("scan started operation=%s pid=%s", operation, process.pid)
    return operation


def _launch(operation: ScanOperation) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "rescan", "--operation", str(operation.operation_id)]
    return subprocess.Popen(
        command,
        cwd=settings.PROJECT_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "aniworld.settings"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # its log goes on to standard error, ours
        start_new_session=True,
    )


def _watch(process: subprocess.Popen[bytes], operation_pk: int) -> None:
    """Wait for the scan's process and end its operation if it did not do so itself."""
    process.wait()
    close_old_connections()
    try:
        operation = ScanOperation.objects.running().filter(pk=operation_pk).first()
        if operation is not None:
            operations.end_as_died(operation)
    finally:
        connection.close()
