"""Scans and renamings started by the web process or a schedule: each in a process of its own.

It outlives a restart of whoever started it; whoever started it waits for its end, so that one that
dies without a word is told at once.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections, connection

from aniworld.events.operations import OperationState
from aniworld.installation import MANAGE
from library.errors import RenamingDied, ScanProcessDied
from library.models import ScanOperation
from library.services import operations
from providers.coded import errno_name

log = logging.getLogger(__name__)

Launch = Callable[[ScanOperation], "subprocess.Popen[bytes]"]
Watch = Callable[["subprocess.Popen[bytes]", int], None]


def begin_process(operation: ScanOperation, launch: Launch, watch: Watch) -> None:
    """Start the process of an operation, and a thread that waits for its end.

    Raises:
        OSError: it could not be started; the operation has ended with that.
    """
    try:
        process = launch(operation)
    except OSError as error:
        died = RenamingDied if operation.is_renaming else ScanProcessDied
        reason = died(why="not_started", errno=errno_name(error)).as_json()
        operations.finish(operation, OperationState.FAILED, error=reason)
        raise
    watcher = threading.Thread(
        target=watch, args=(process, operation.pk), name="scan-watcher", daemon=True
    )
    watcher.start()
    log.info("%s started operation=%s pid=%s", operation.kind.lower(), operation, process.pid)


def launch(operation: ScanOperation, command: str) -> subprocess.Popen[bytes]:
    """Run a command on an operation that was begun. Raises ``OSError``."""
    return subprocess.Popen(
        [*MANAGE, command, "--operation", str(operation.operation_id)],
        cwd=settings.PROJECT_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "aniworld.settings"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # its log goes on to standard error, ours
        start_new_session=True,
    )


def watch(process: subprocess.Popen[bytes], operation_pk: int) -> None:
    """Wait for the process and end its operation if it did not do so itself."""
    process.wait()
    close_old_connections()
    try:
        operation = ScanOperation.objects.running().filter(pk=operation_pk).first()
        if operation is not None:
            operations.end_as_died(operation)
    finally:
        connection.close()
