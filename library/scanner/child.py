"""A process of its own for a part of a scan: another Python on a module of this package."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

log = logging.getLogger(__name__)

_PROJECT = Path(__file__).resolve().parents[2]


def has_a_processor_free() -> bool:
    """Whether a second process would not take the first one's time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


@contextlib.contextmanager
def child(module: str) -> Iterator[subprocess.Popen[bytes] | None]:
    """Run ``python -m module`` with pipes as its input and output; it is killed at the end.

    None where the system gives no process. It has a process group of its own: Ctrl-C is for the
    scan alone.
    """
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
    except OSError as error:
        log.warning("no process for %s: %s", module, error.strerror)
        yield None
        return
    try:
        yield process
    finally:
        process.kill()  # it keeps nothing
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def be_a_child(work: Callable[[], None]) -> None:
    """Do the work of such a process. It ends, quietly, with whom it works for."""
    gc.disable()  # nothing here makes cycles
    try:
        work()
        sys.stdout.flush()
    except OSError as error:  # its reader has gone, or what it reads: the scan finds the same
        log.debug("ended early: %s", error)
        # Python flushes once more at its end, and would tell of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
