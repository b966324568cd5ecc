"""Asking a disk that may never answer.

A file system whose server has gone (a share, a pool) does not fail: whoever asks it waits for
ever, and nothing interrupts him. So it is asked in a thread of its own, which can be left behind.
Only one question to each directory is open at a time, so no more threads than that are left behind,
and they end with the process.
"""

from __future__ import annotations

import errno
import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Protocol, TypeVar

Answer = TypeVar("Answer")
_Questions = SimpleQueue[tuple[Callable[[], None], Lock]]

PATIENCE = 3.0  # seconds in which a healthy disk answers somebody who waits
BEAT_SECONDS = 0.25  # between two looks round while a disk is waited for

_idle: deque[_Questions] = deque()  # one of each thread that has nothing to ask
_turns: dict[str, Lock] = {}  # held while a question to a directory is open
_asked_at: dict[str, float] = {}


class NoAnswer(OSError):
    """A disk has not answered in time."""

    def __init__(self, directory: str) -> None:
        super().__init__(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), directory)


class Ask(Protocol):
    """Puts a question to the disk of a directory, in some patient way; raises what it raises."""

    def __call__(self, directory: str, question: Callable[[], Answer], /) -> Answer: ...


def directly(_directory: str, question: Callable[[], Answer], /) -> Answer:
    """Ask without a limit: for whoever may be left behind himself."""
    return question()


def ask(
    directory: str,
    question: Callable[[], Answer],
    *,
    seconds: float = PATIENCE,
    signs: Callable[[], int] = lambda: 0,
    beat: Callable[[], None] = lambda: None,
) -> Answer:
    """Ask ``question`` in another thread, and wait for its answer.

    Args:
        directory: what the question is about.
        question: touches nothing that belongs to this thread, such as the database.
        seconds: how long nothing may be heard. A time in which this process itself stood still
            does not count.
        signs: grows while a long question is being answered.
        beat: called several times a second; may raise, to wait no longer.

    Raises:
        NoAnswer: nothing was heard for so long, or an earlier question was open for as long.
        Exception: what the question raises.
    """
    asked = _begun(directory, question, seconds, beat)
    seen, silent = signs(), 0.0
    while not _is_answered(asked, min(BEAT_SECONDS, seconds)):
        beat()
        silent, before, seen = silent + BEAT_SECONDS, seen, signs()
        if seen != before:
            silent = 0.0
        elif silent >= seconds:
            raise NoAnswer(directory)
    return asked.result()


def _begun(
    directory: str, question: Callable[[], Answer], seconds: float, beat: Callable[[], None]
) -> Future[Answer]:
    """Wait for the turn, and ask."""
    turn = _turns.setdefault(directory, Lock())
    while not turn.acquire(timeout=min(BEAT_SECONDS, seconds)):
        beat()
        if time.monotonic() - _asked_at.get(directory, float("inf")) >= seconds:
            raise NoAnswer(directory)
    _asked_at[directory] = time.monotonic()
    asked: Future[Answer] = Future()

    def answer() -> None:
        try:
            asked.set_result(question())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever has asked
            asked.set_exception(error)

    try:
        _thread().put((answer, turn))
    except RuntimeError:  # the system gives no thread
        turn.release()
        raise
    return asked


def _is_answered(asked: Future[Any], seconds: float) -> bool:
    try:
        asked.exception(seconds)
    except TimeoutError:  # of the waiting: what the question raises is returned here
        return False
    return True


def _thread() -> _Questions:
    """One that is idle: to begin one for each question takes longer than most questions do."""
    try:
        return _idle.pop()
    except IndexError:
        questions: _Questions = SimpleQueue()
        Thread(target=_serve, args=(questions,), name="asking a disk", daemon=True).start()
        return questions


def _serve(questions: _Questions) -> None:
    while True:
        answer, turn = questions.get()
        answer()
        del answer  # it holds what was found
        _idle.append(questions)
        turn.release()
