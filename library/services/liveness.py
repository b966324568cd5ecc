"""Whether the process of a scan or a renaming still runs.

On this machine its process id tells (with its start time: ids are used again), on another one its
heartbeat.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from library.models import ScanOperation

# Longer than any request to a site may take with its retries.
SILENT_FOR = timedelta(minutes=10)
# From the row to the process that takes it over.
UNCLAIMED_FOR = timedelta(minutes=2)


def is_dead(operation: ScanOperation) -> bool:
    """Whether the process of an operation that counts as running is no more. Only reads."""
    silent = timezone.now() - operation.last_sign
    if operation.pid is None:
        return silent > UNCLAIMED_FOR
    host, _, _ = operation.host.partition(" ")
    if host == socket.gethostname():
        return operation.host != this_process(operation.pid)
    return silent > SILENT_FOR


def this_process(pid: int) -> str:
    """Host name and start time of a process; no start time where it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        started = "" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        started = _without_proc(pid)
    return f"{socket.gethostname()} {started}"


def _without_proc(pid: int) -> str:
    """Systems without /proc: whether it runs has to do."""
    if Path("/proc/self").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "running"
    return "running"
