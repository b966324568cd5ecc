"""Reading the names of many files in a process beside the scan's.

To read a name takes as long as to write what was read. Where there are many and more than one
processor, the names are read while the scan writes.

Run as a module this is that process: a JSON list of paths a line in, a list of columns out. It
ends with its input, so also when the scan is killed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from threading import Thread

from library.scanner.child import be_a_child, child, has_a_processor_free
from library.scanner.columns import ReadColumns, read_columns

log = logging.getLogger(__name__)

PATHS_AT_ONCE = 500
WORTH_A_PROCESS = 5000  # fewer names are read before it has started


@contextlib.contextmanager
def names_of(paths: Sequence[str]) -> Iterator[Iterator[ReadColumns]]:
    """Give the columns of these paths, one after the other in their order."""
    if len(paths) < WORTH_A_PROCESS or not has_a_processor_free():
        yield map(read_columns, paths)
        return
    with child(__name__) as process:
        if process is None:
            yield map(read_columns, paths)
            return
        # Of its own thread, for a pipe holds little: who writes waits for who reads.
        feeder = Thread(target=_feed, args=(process, paths), name="names", daemon=True)
        feeder.start()
        try:
            yield _answers(process, paths)
        finally:
            process.kill()
            feeder.join()


def _answers(process: subprocess.Popen[bytes], paths: Sequence[str]) -> Iterator[ReadColumns]:
    """Yield the answers in the order of the paths. Where the process has died, names are read
    here."""
    died = False
    for portion in _portions(paths):
        line = process.stdout.readline() if process.stdout and not died else b""
        if line.endswith(b"\n"):
            yield from map(tuple, json.loads(line))
            continue
        if not died:
            log.warning("names are read without their own process pid=%s", process.pid)
            died = True
        yield from map(read_columns, portion)


def _feed(process: subprocess.Popen[bytes], paths: Sequence[str]) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError):  # told where the answers are missed
        for portion in _portions(paths):
            process.stdin.write(json.dumps(portion).encode() + b"\n")
        process.stdin.close()


def _portions(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[start : start + PATHS_AT_ONCE] for start in range(0, len(paths), PATHS_AT_ONCE))


def main() -> None:
    for line in sys.stdin.buffer:
        answer = [read_columns(path) for path in json.loads(line)]
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    be_a_child(main)
