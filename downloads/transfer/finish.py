"""The second half of a transfer: from fetched streams to a checked file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from downloads.transfer.errors import StreamCut
from downloads.transfer.messages import Fetched, Finished, FinishJob
from downloads.transfer.remux import extension_for, remux
from downloads.transfer.streams import look_into


def finish(job: FinishJob, on_stage: Callable[[str], None]) -> Finished:
    """Remux and check what was fetched.

    Raises:
        TransferError: with what is wrong with it.
    """
    fetched = job.fetched
    files = [Path(file) for file in fetched.files]
    _check_size(fetched, files)
    streams = [look_into(file) for file in files]
    extension = extension_for(streams)
    target = Path(job.work_dir) / f"finished{extension}"
    on_stage("REMUXING")
    remux(files, target)
    on_stage("CHECKING")
    from downloads.transfer.check import check  # noqa: PLC0415 (its memory, once ffmpeg's is free)

    claimed = max((part.duration or 0.0 for part in streams), default=0.0)
    duration = check(target, expected=fetched.duration or claimed or None)
    _sync(target)
    return Finished(str(target), extension, target.stat().st_size, duration)


def _check_size(fetched: Fetched, files: list[Path]) -> None:
    if fetched.size is None:
        return
    real = files[0].stat().st_size
    if real != fetched.size:
        raise StreamCut(why="size", bytes=real, announced=fetched.size)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
