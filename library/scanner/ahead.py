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
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Thread

from library.scanner.columns import ReadColumns, read_columns

log = logging.getLogger(__name__)

PATHS_AT_ONCE = 500
WORTH_A_PROCESS = 5000  # fewer names are read before it has started
_PROJECT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def names_of(paths: Sequence[str]) -> Iterator[Callable[[str], ReadColumns]]:
    """Give a function that reads a name. It is fastest when asked in the order of ``paths``."""
    if len(paths) < WORTH_A_PROCESS or (os.cpu_count() or 1) == 1:
        yield read_columns
        return
    ahead = _Ahead(paths)
    try:
        yield ahead.columns
    finally:
        ahead.close()


class _Ahead:
    def __init__(self, paths: Sequence[str]) -> None:
        self._read: dict[str, ReadColumns] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "library.scanner.ahead"],
            cwd=_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        # Of its own thread, for a pipe holds little: who writes waits for who reads.
        self._feeder = Thread(target=self._feed, args=(paths,), name="names", daemon=True)
        self._feeder.start()
        self._portions = _portions(paths)

    def columns(self, path: str) -> ReadColumns:
        if path not in self._read:
            self._take_next()
        found = self._read.pop(path, None)
        return read_columns(path) if found is None else found

    def close(self) -> None:
        self._process.kill()  # it keeps nothing
        self._feeder.join()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _take_next(self) -> None:
        """Take the next answer in. Where the process has died, names are read here."""
        asked = next(self._portions, None)
        line = self._process.stdout.readline() if asked and self._process.stdout else b""
        if asked and line.endswith(b"\n"):
            self._read.update(zip(asked, map(tuple, json.loads(line)), strict=True))
        elif asked:
            log.warning("names are read without their own process pid=%s", self._process.pid)
            self._portions = iter(())

    def _feed(self, paths: Sequence[str]) -> None:
        pipe = self._process.stdin
        if pipe is None:
            return
        with contextlib.suppress(BrokenPipeError):  # told where the answers are missed
            for portion in _portions(paths):
                pipe.write(json.dumps(portion).encode() + b"\n")
            pipe.close()


def _portions(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[start : start + PATHS_AT_ONCE] for start in range(0, len(paths), PATHS_AT_ONCE))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the scan's affair
    for line in sys.stdin.buffer:
        answer = [read_columns(path) for path in json.loads(line)]
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
