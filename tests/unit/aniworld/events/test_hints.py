"""Hints: a real socket is woken, a dead one is removed, a dead Redis is left alone."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aniworld.events import hints
from aniworld.events.socket import listening
from tests.unit.aniworld.events.conftest import until


@pytest.fixture(autouse=True)
def run_directory(settings: Any, tmp_path: Path) -> Path:
    settings.RUN_DIR = tmp_path / "run"
    return tmp_path / "run"


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert isinstance(port, int)
    return port


@pytest.fixture
def fresh_redis() -> Iterator[None]:
    hints._redis.cache_clear()
    yield
    hints._redis.cache_clear()


async def test_a_hint_wakes_every_listener_and_the_sockets_go_with_them(
    run_directory: Path,
) -> None:
    heard: list[str] = []
    async with (
        listening.hints_heard(lambda: heard.append("one")),
        listening.hints_heard(lambda: heard.append("two")),
    ):
        assert len(list(run_directory.glob("hub-*.sock"))) == 2
        hints.wake()
        await until(lambda: set(heard) == {"one", "two"})
    assert list(run_directory.iterdir()) == []
    hints.wake()


def test_who_has_no_loop_waits_for_hints_as_well(run_directory: Path) -> None:
    with hints.Ear() as ear:
        hints.wake()  # also one from before it waits
        hints.wake()
        ear.wait(3_600)
        begun = time.monotonic()
        ear.wait(0.05)  # and both were one
        assert time.monotonic() - begun >= 0.05
    assert list(run_directory.iterdir()) == []


def test_a_socket_left_behind_is_removed(run_directory: Path) -> None:
    run_directory.mkdir()
    path = run_directory / "hub-1-dead.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(path))
    assert path.exists()

    hints.wake()

    assert not path.exists()


def test_a_listener_that_is_busy_does_not_hold_up_the_sender(run_directory: Path) -> None:
    run_directory.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as busy:
        busy.bind(str(run_directory / "hub-1-busy.sock"))
        for _ in range(2_000):  # more than its buffer takes
            hints.wake()
        busy.setblocking(False)
        assert busy.recv(16) == b""


async def test_a_path_too_long_for_a_socket_leaves_the_polling(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RUN_DIR = tmp_path / ("x" * 120)
    async with listening.hints_heard(lambda: None):
        assert "events come by polling" in caplog.text


@pytest.mark.usefixtures("fresh_redis")
def test_a_dead_redis_is_left_alone_for_a_while(
    settings: Any, closed_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port}/0"
    hints.wake()
    hints.wake()
    assert caplog.text.count("redis hint failed") == 1
