"""A process beside the scan's: what it is asked, what it answers, and who works where it is not.

There are two kinds of work: ``ahead`` reads names, ``scout`` walks folders. Each is a function from
requests to answers, and a module that runs it in another Python, which is asked and answers over
its input and output. In both directions a message follows its length and is written by
``marshal``: both ends are the same interpreter, and it is four times as fast as JSON. What is not
answered, because no process was to be had or it has died, the same function does here.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import logging
import marshal
import os
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Thread
from typing import IO, Any, TypeVar

log = logging.getLogger(__name__)

_PROJECT = Path(__file__).resolve().parents[2]
_LONGEST = 1 << 30  # bytes of a message
_PIPE_SIZE = 1 << 20  # bytes; Linux gives 64 KB
_LENGTH = struct.Struct("!Q")
_WAITING = struct.Struct("i")

Name = TypeVar("Name", int, str)
Request = TypeVar("Request")
Answer = TypeVar("Answer")

# Answers every request once under its name, in any order. Where the function that comes with them
# says that the scan stands idle, an answer may leave a part of the work to it.
Work = Callable[[Iterable[tuple[Name, Request]], Callable[[], bool]], Iterator[tuple[Name, Answer]]]


def has_a_processor_free() -> bool:
    """Whether a second process would not take the first one's time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


@contextlib.contextmanager
def worked_beside(
    work: Work[Name, Request, Answer],
    requests: Mapping[Name, Request],
    *,
    module: str,
    arguments: Sequence[str] = (),
) -> Iterator[Iterator[tuple[Name, Answer]]]:
    """Give the answers, each with the name of its request, while the process goes on.

    Args:
        work: raises what it likes when it has to be done here.
        requests: what ``marshal`` can write, and the answers likewise.
        module: run with the arguments it calls :func:`serve` on the same work.
    """
    with _process(module, arguments) as process:
        if process is None:
            yield work(requests.items(), _is_never_idle)
            return
        # Of its own thread, for a pipe holds little: who writes waits for who reads.
        feeder = Thread(target=_feed, args=(process, requests), name="asking", daemon=True)
        feeder.start()
        try:
            yield _answers(process, module, work, requests)
        finally:
            process.kill()  # it keeps nothing
            feeder.join()


def _answers(
    process: subprocess.Popen[bytes],
    module: str,
    work: Work[Name, Request, Answer],
    requests: Mapping[Name, Request],
) -> Iterator[tuple[Name, Answer]]:
    left = dict(requests)
    for name, answer in _messages(process.stdout):
        del left[name]
        yield name, answer
    if left:
        log.warning("%s has died, the scan does its work pid=%s", module, process.pid)
        for name, answer in work(tuple(left.items()), _is_never_idle):
            if name in left:
                yield name, answer


def _feed(process: subprocess.Popen[bytes], requests: Mapping[Any, Any]) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError):  # what it does not answer is missed
        for request in requests.items():
            process.stdin.write(_message(request))
        process.stdin.close()


@contextlib.contextmanager
def _process(module: str, arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes] | None]:
    """Another Python on a module; None where the system gives no process.

    It has a process group of its own: Ctrl-C is for the scan alone.
    """
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
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
        _widen(process.stdout)
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _widen(pipe: IO[bytes] | None) -> None:
    """Let the pipe hold what is found while the scan writes; a small one makes the process wait."""
    if pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # the system allows no more
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)


def _message(content: tuple[Any, Any]) -> bytes:
    written = marshal.dumps(content)
    return _LENGTH.pack(len(written)) + written


def _messages(pipe: IO[bytes] | None) -> Iterator[Any]:
    """What is written there. A message that was cut off with its writer is none."""
    while pipe is not None and len(head := pipe.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        if length > _LONGEST or len(written := pipe.read(length)) < length:
            return  # something else was written there, or its end
        yield marshal.loads(written)  # noqa: S302 - from our own process


def _is_never_idle() -> bool:
    return False


def _is_waited_for(pipe: int) -> bool:
    """Whether the reader has taken everything that was written."""
    waiting: tuple[int] = _WAITING.unpack(fcntl.ioctl(pipe, termios.FIONREAD, bytes(_WAITING.size)))
    return waiting[0] == 0


def serve(work: Work[Name, Request, Answer]) -> None:
    """Be such a process until all is asked and answered. It ends, quietly, with whom it works for,
    so also when the scan is killed."""
    gc.disable()  # nothing here makes cycles
    out = sys.stdout.buffer
    try:
        for answer in work(_messages(sys.stdin.buffer), partial(_is_waited_for, out.fileno())):
            out.write(_message(answer))
            out.flush()
    except OSError as error:  # its reader has gone, or what it reads: the scan finds the same
        log.debug("ended early: %s", error)
        # Python flushes once more at its end, and would tell of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
