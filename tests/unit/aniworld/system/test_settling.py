"""What another process was ended in the middle of is put right by the web process."""

from __future__ import annotations

import logging
import socket
import threading
from typing import Any

import pytest
from django.utils import timezone

from aniworld.system import settling
from aniworld.system.backups import services
from aniworld.system.backups.errors import BackupNotMade
from aniworld.system.schedule.models import JobRun

pytestmark = pytest.mark.django_db


def run(**values: Any) -> JobRun:
    now = timezone.now()
    known = {"begun_at": now, "beat_at": now, "holder": "gone", "trigger": "SCHEDULE"}
    return JobRun.objects.create(name="rescan", **known, **values)


def test_a_run_whose_worker_is_gone_is_ended() -> None:
    died = run(host=f"{socket.gethostname()} 1", holder_pid=2**22)
    settling.Settling().turn()
    died.refresh_from_db()
    assert (died.state, died.error_params) == ("CANCELLED", {"why": "unwatched"})


def test_what_cannot_be_put_right_is_said_once_and_stops_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise BackupNotMade(why="errno", errno="ENOSPC")

    monkeypatch.setattr(services, "tidy", refused)
    run(host=f"{socket.gethostname()} 1", holder_pid=2**22)
    one = settling.Settling()
    with caplog.at_level(logging.WARNING, settling.__name__):
        for _ in range(3):
            one.turn()
    assert len([line for line in caplog.records if line.name == settling.__name__]) == 1
    assert not JobRun.objects.running().exists()


def test_it_looks_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Semaphore(0)
    monkeypatch.setattr(settling.Settling, "turn", lambda _self: looked.release())
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 2:
            threading.Event().wait()  # for ever: it ends with this process

    settling.keep_settling(pause)
    for _ in range(3):
        assert looked.acquire(timeout=30)
    assert set(pauses) == {settling.LOOK_EVERY}
