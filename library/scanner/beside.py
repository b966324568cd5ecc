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
import io
import logging
import marshal
import os
import selectors
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import IO, Any, Protocol, TypeVar

log = logging.getLogger(__name__)

_PROJECT = Path(__file__).resolve().parents[2]
_LONGEST = 1 << 30  # bytes of a message
_PIPE_SIZE = 1 << 20  # bytes; Linux gives 64 KB
_LENGTH = struct.Struct("!Q")
_WAITING = struct.Struct("i")

Name = TypeVar("Name", int, str)
Request = TypeVar("Request")
Answer = TypeVar("Answer")
Piece = TypeVar("Piece")

# Answers every request once under its name, in any order. Where the function that comes with them
# says that the scan stands idle, an answer may leave a part of the work to it.
Work = Callable[[Iterable[tuple[Name, Request]], Callable[[], bool]], Iterator[tuple[Name, Answer]]]


# So long a process may say nothing: then the scan does its work, and sees for itself why.
SILENT_SECONDS = 30.0
LOOK_SECONDS = 0.25  # between two looks round while nothing is said
LONGEST_END = 2.0  # seconds that a killed process may take to go


class OwnWork(Protocol):
    """Does a piece of the work here, in a way that may not hold the scan for ever."""

    def __call__(self, work: Callable[[], Piece], /) -> Piece: ...


def _at_once(work: Callable[[], Piece], /) -> Piece:
    return work()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is done about work that may hang.

    ``look_round`` is called several times a second while the process says nothing, and may raise;
    ``here`` does what is left of its work here.
    """

    look_round: Callable[[], None] = lambda: None
    here: OwnWork = _at_once


NEVER_HANGS = Waiting()


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
    waiting: Waiting = NEVER_HANGS,
) -> Iterator[Iterator[tuple[Name, Answer]]]:
    """Give the answers, each with the name of its request, while the process goes on.

    Args:
        work: raises what it likes when it has to be done here.
        requests: what ``marshal`` can write, and the answers likewise.
        module: run with the arguments it calls :func:`serve` on the same work.
        waiting: what is done where the work may hang.
    """
    with _process(module, arguments) as process:
        if process is None:
            yield _done_here(work, requests.items(), waiting)
            return
        # Of its own thread, for a pipe holds little: who writes waits for who reads.
        feeder = Thread(target=_feed, args=(process, requests), name="asking", daemon=True)
        feeder.start()
        try:
            yield _answers(process, module, work, requests, waiting)
        finally:
            process.kill()  # it keeps nothing
            feeder.join(LONGEST_END)


def _answers(
    process: subprocess.Popen[bytes],
    module: str,
    work: Work[Name, Request, Answer],
    requests: Mapping[Name, Request],
    waiting: Waiting,
) -> Iterator[tuple[Name, Answer]]:
    left = dict(requests)
    said = () if process.stdout is None else _heard(process.stdout, waiting.look_round)
    for name, answer in said:
        del left[name]
        yield name, answer
    if left:
        log.warning("%s has died, the scan does its work pid=%s", module, process.pid)
        process.kill()  # or it hangs
        for name, answer in _done_here(work, tuple(left.items()), waiting):
            if name in left:
                yield name, answer


def _done_here(
    work: Work[Name, Request, Answer], requests: Iterable[tuple[Name, Request]], waiting: Waiting
) -> Iterator[tuple[Name, Answer]]:
    answers = work(requests, _is_never_idle)
    while (answer := waiting.here(lambda: next(answers, None))) is not None:
        yield answer


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
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it. One that a disk holds, which does not answer, is left behind: the system ends it
    when the disk does."""
    process.kill()
    try:
        process.wait(LONGEST_END)
    except subprocess.TimeoutExpired:
        log.warning("a process hangs, and is left behind pid=%s", process.pid)
        return
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


def _heard(pipe: IO[bytes], look_round: Callable[[], None]) -> Iterator[Any]:
    """The messages of a process, until it ends or says nothing for too long."""
    said = bytearray()
    silent = 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while silent < SILENT_SECONDS:
            if not selector.select(LOOK_SECONDS):
                look_round()
                silent += LOOK_SECONDS
                continue
            silent = 0.0
            # No more at once than is needed: by what is left in the pipe the process sees whether
            # it is waited for.
            chunk = os.read(pipe.fileno(), max(_missing(said), io.DEFAULT_BUFFER_SIZE))
            if not chunk:
                return
            said += chunk
            while (missing := _missing(said)) <= 0:
                end = len(said) + missing
                yield marshal.loads(said[_LENGTH.size : end])  # noqa: S302 - from our own process
                del said[:end]
            if missing > _LONGEST:
                return  # something else was written there


def _missing(said: bytearray) -> int:
    """How many bytes of the first message are still to come; below zero there are more."""
    if len(said) < _LENGTH.size:
        return _LENGTH.size - len(said)
    (length,) = _LENGTH.unpack_from(said)
    return int(length) + _LENGTH.size - len(said)


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
