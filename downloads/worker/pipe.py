"""The worker's end of the pipe to ``python -m downloads.transfer``."""

from __future__ import annotations

import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from downloads.transfer.messages import FetchJob, Message, decode, encode

PROJECT = Path(__file__).resolve().parents[2]
SHORTEST_LOOK = 0.2  # seconds between two looks at whether the item is still wanted
LONGEST_LINE = 4_000_000
LONGEST_END = 2.0  # seconds that a killed process may take to go

logger = logging.getLogger(__name__)


class TransferProcess:
    """One child for one job, in a process group of its own: what it has begun ends with it, and
    a Ctrl-C in the terminal reaches the worker alone. It waits until it is told the job."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "downloads.transfer"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)
        os.set_blocking(self._output.fileno(), False)
        self._rest = b""
        self._heard_at = time.monotonic()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def begin(self, job: FetchJob) -> None:
        """Tell it what to do; once."""
        self._heard_at = time.monotonic()
        self._write(encode("job", job))

    @property
    def silent_for(self) -> float:
        """Seconds since the child last said anything."""
        return time.monotonic() - self._heard_at

    def messages(self) -> Iterator[Message | None]:
        """What the child says; None now and then, for the caller to look round. Ends with it.

        Raises:
            ValueError: it says what is no message.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            while True:
                if not selector.select(SHORTEST_LOOK):
                    yield None
                    continue
                chunk = self._output.read(65_536)
                if not chunk:
                    return
                self._heard_at = time.monotonic()
                yield from self._lines(chunk)
                yield None

    def answer(self, body: Any) -> None:
        """What the child has asked for."""
        self._write(encode("answer", body))

    def limit(self, rate: int) -> None:
        """Tell the child how many bytes a second it may take from now on; 0 for any number."""
        self._write(encode("limit", {"rate": rate}))

    def end(self) -> int:
        """Kill what is left of the process group and return the child's exit code."""
        with suppress(ProcessLookupError):  # ended by itself
            os.killpg(self._process.pid, signal.SIGKILL)
        code = self._wait()
        self._output.close()
        with suppress(BrokenPipeError):  # an answer it did not wait for
            self._input.close()
        return code

    def _wait(self) -> int:
        """Its exit code. One that a disk holds, which does not answer, is left behind: the system
        ends it when the disk does."""
        try:
            return self._process.wait(LONGEST_END)
        except subprocess.TimeoutExpired:
            logger.warning("transfer pid=%s hangs, and is left behind", self._process.pid)
            return -signal.SIGKILL

    def _lines(self, chunk: bytes) -> Iterator[Message]:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise ValueError("a line without end")
        for line in lines:
            yield decode(line.decode())

    def _write(self, line: str) -> None:
        with suppress(BrokenPipeError):  # it has ended; its output says how
            self._input.write(line.encode() + b"\n")
            self._input.flush()
