"""Reading the names of many files in a process beside the scan's.

To read a name takes as long as to write what was read. Where there are many and more than one
processor, the names are read while the scan writes.

Run as a module this is that process: a JSON list of paths a line in, a list of columns out. It
ends with its input, so also when the scan is killed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread

from library.scanner.columns import ReadColumns, read_columns

log = logging.getLogger(__name__)

PATHS_AT_ONCE = 500
WORTH_A_PROCESS = 5000  # fewer names are read before it has started
_PROJECT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def names_of(paths: Sequence[str]) -> Iterator[Iterator[ReadColumns]]:
    """Give the columns of these paths, one after the other in their order."""
    if len(paths) < WORTH_A_PROCESS or (os.cpu_count() or 1) == 1:
        yield map(read_columns, paths)
        return
    ahead = _Ahead(paths)
    try:
        yield ahead.columns()
    finally:
        ahead.close()


class _Ahead:
    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._process = subprocess.Popen(
            [sys.executable, "-m", "library.scanner.ahead"],
            cwd=_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        # Of its own thread, for a pipe holds little: who writes waits for who reads.
        self._feeder = Thread(target=self._feed, name="names", daemon=True)
        self._feeder.start()

    def columns(self) -> Iterator[ReadColumns]:
        """Yield the answers in the order of the paths. Where the process has died, names are read
        here."""
        died = False
        for portion in _portions(self._paths):
            line = self._process.stdout.readline() if self._process.stdout and not died else b""
            if line.endswith(b"\n"):
                yield from map(tuple, json.loads(line))
                continue
            if not died:
                log.warning("names are read without their own process pid=%s", self._process.pid)
                died = True
            yield from map(read_columns, portion)

    def close(self) -> None:
        self._process.kill()  # it keeps nothing
        self._feeder.join()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _feed(self) -> None:
        pipe = self._process.stdin
        if pipe is None:
            return
        with contextlib.suppress(BrokenPipeError):  # told where the answers are missed
            for portion in _portions(self._paths):
                pipe.write(json.dumps(portion).encode() + b"\n")
            pipe.close()


def _portions(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[start : start + PATHS_AT_ONCE] for start in range(0, len(paths), PATHS_AT_ONCE))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the scan's affair
    gc.disable()  # nothing here makes cycles
    for line in sys.stdin.buffer:
        answer = [read_columns(path) for path in json.loads(line)]
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
