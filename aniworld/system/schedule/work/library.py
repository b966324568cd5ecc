"""Scans of the library."""

from __future__ import annotations

from aniworld.events.callbacks import CallbackManager
from aniworld.events.operations import OperationState
from aniworld.system.schedule.choices import RunState
from aniworld.system.schedule.models import JobRun
from aniworld.system.schedule.running import Failed, Running, Skipped
from library.descriptions.describe import Wishes, describe_all
from library.errors import NoLibraryRoot, RenamingRunning, ScanRunning
from library.management.media import read_media
from library.renaming.disks import Disks
from library.renaming.recover import recover
from library.scanner import checking
from library.scanner.media import lower_priority
from library.scanner.run import Scan
from library.services import operations
from library.services.operations import ScanOptions
from library.services.roots import first_root
from providers.coded import Coded, coded


def rescan(running: Running) -> Coded:
    """Look through the library folders, and ask the sites for series that are due."""
    return _scan(running, ScanOptions())


def full_rescan(running: Running) -> Coded:
    """The same, with everything read again."""
    return _scan(running, ScanOptions(full=True))


def media_information(running: Running) -> Coded:
    """Read media information of files that are new or have changed."""
    lower_priority()
    return coded("media_read", files=read_media(lambda: running.is_stopping))


def integrity_check(running: Running) -> Coded:
    """Look at a sample of the files: those behind the last one of the sample before, round and
    round through all.

    Raises:
        Skipped: there are no files.
    """
    before = JobRun.objects.filter(name=running.run.name, state=RunState.COMPLETED)
    last = before.newest_first().first()
    files = checking.sample(after=int(last.result_params.get("last", 0)) if last else 0)
    if not files:
        raise Skipped(coded("job_no_files"))
    lower_priority()
    report = checking.check(files, lambda: running.is_stopping, running.tell)
    return coded("job_checked", **report)


def descriptions(running: Running) -> Coded:
    """Bring the descriptions and posters of all series into line with the settings.

    Raises:
        Skipped: none is to be written or taken away.
    """
    wishes = Wishes.now()
    if wishes.are_none:
        raise Skipped(coded("job_no_descriptions"))
    lower_priority()
    done = describe_all(wishes, is_stopping=lambda: running.is_stopping, tell=running.tell)
    return coded(
        "job_described",
        written=len(done.written),
        removed=len(done.removed),
        failed=done.failed,
    )


def _scan(running: Running, options: ScanOptions) -> Coded:
    try:
        first_root()
        operation = operations.begin(options.as_json())
    except (NoLibraryRoot, ScanRunning, RenamingRunning) as error:
        raise Skipped(error) from error
    scan = Scan(operation, options, CallbackManager())
    running.when_stopped(scan.stop)
    recover(Disks())
    scan.run()
    operation.refresh_from_db()
    if operation.state == OperationState.FAILED:
        raise Failed({"code": operation.error_code, "params": operation.error_params})
    if operation.state != OperationState.COMPLETED:
        raise Skipped(coded("job_scan_cancelled"))
    lower_priority()
    read_media(lambda: running.is_stopping)
    result = operation.result or {}
    counts = {name: result.get(name, 0) for name in ("files", "new", "changed", "gone")}
    return coded("job_scanned", **counts)
