"""Scans started by the web process or a schedule."""

from __future__ import annotations

import subprocess

from library.models import ScanOperation
from library.services import launching, operations
from library.services.launching import watch as _watch
from library.services.lookup import get_series
from library.services.operations import ScanOptions, cancel, latest, status_json
from library.services.roots import first_root

__all__ = ["cancel", "latest", "start", "status_json"]


def start(
    *, full: bool = False, accept_removals: bool = False, series: str | None = None
) -> ScanOperation:
    """Start a scan in a process of its own.

    Raises:
        ScanRunning: one is running already.
        RenamingRunning: files are being renamed.
        NoLibraryRoot: no library folder is configured.
        SeriesNotFound: ``series`` is not in the library.
    """
    first_root()
    key = get_series(series).key if series is not None else None
    options = ScanOptions(full=full, accept_removals=accept_removals, series=key)
    operation = operations.begin(options.as_json())
    launching.begin_process(operation, _launch, _watch)
    return operation


def _launch(operation: ScanOperation) -> subprocess.Popen[bytes]:
    return launching.launch(operation, "rescan")
