"""Deadlines of many requests, kept by one thread."""

from __future__ import annotations

import logging
import threading

import pytest

from providers.deadlines import Deadlines

LONG = 60.0


def keepers() -> int:
    return sum(thread.name == "deadlines" for thread in threading.enumerate())


def test_the_nearest_is_done_first() -> None:
    deadlines, done, all_done = Deadlines(), [], threading.Event()
    deadlines.after(0.2, all_done.set)
    deadlines.after(0.1, lambda: done.append("second"))
    deadlines.after(0.0, lambda: done.append("first"))
    assert all_done.wait(LONG)
    assert done == ["first", "second"]


def test_what_is_taken_back_is_not_done() -> None:
    deadlines, done, all_done = Deadlines(), [], threading.Event()
    deadlines.after(0.05, lambda: done.append("taken back")).cancel()
    deadlines.after(0.1, all_done.set)
    assert all_done.wait(LONG)
    assert done == []


def test_one_thread_keeps_all_of_them() -> None:
    before = keepers()
    deadlines = Deadlines()
    assert keepers() == before, "none before there is something to be kept"
    for one in [deadlines.after(LONG, lambda: None) for _ in range(500)]:
        one.cancel()
    assert keepers() == before + 1


def test_one_that_fails_ends_no_other(caplog: pytest.LogCaptureFixture) -> None:
    deadlines, all_done = Deadlines(), threading.Event()

    def fail() -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        deadlines.after(0.0, fail)
        deadlines.after(0.05, all_done.set)
        assert all_done.wait(LONG)
    assert "ZeroDivisionError" in caplog.text
