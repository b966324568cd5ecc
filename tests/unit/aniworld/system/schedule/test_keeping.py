"""What clears away what has had its time."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.entries import KeyAction
from accounts.models import UserSession
from aniworld.config import services as config
from aniworld.events.models import OutboxEvent
from aniworld.journal.models import Entry
from aniworld.journal.services import Subject
from aniworld.sites import clock as sites_clock
from aniworld.system.schedule.choices import Trigger
from aniworld.system.schedule.models import JobRun
from aniworld.system.schedule.running import Running, Skipped
from aniworld.system.schedule.work import keeping
from library.models import BinnedFile
from tests.factories import make_root
from tests.unit.aniworld.journal.steps import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def running() -> Running:
    now = timezone.now()
    values = {"trigger": Trigger.OWNER, "holder": "a", "begun_at": now, "beat_at": now}
    return Running(JobRun.objects.create(name="history_cleanup", **values))


def audited(lines: int) -> None:
    for _ in range(lines):
        record(KeyAction.CREATED, on=Subject("key", "1"))
    Entry.objects.audited().update(at=timezone.now() - timedelta(days=40))


def test_audit_lines_go_after_the_time_that_is_set(running: Running) -> None:
    audited(3)
    assert keeping.history(running)["params"]["audit"] == 0
    config.edit({"advanced": {"audit_days": 30}})
    Entry.objects.audited().filter(action="config.changed").delete()
    assert keeping.history(running)["params"]["audit"] == 2
    left = Entry.objects.audited().order_by("number").values_list("action", flat=True)
    assert list(left) == ["key.created", "journal.forgotten"]


def test_none_is_let_go_by_a_clock_that_is_known_to_be_ahead(running: Running) -> None:
    config.edit({"advanced": {"audit_days": 30}})
    audited(2)
    sites_clock.hear("site.example", time.time() - 39 * 86_400)
    with pytest.raises(Skipped) as skipped:
        keeping.history(running)
    assert skipped.value.said["code"] == "job_clock_ahead"
    assert Entry.objects.filter(action="key.created").count() == 2
    sites_clock.hear("site.example", time.time())
    assert keeping.history(running)["params"]["audit"] > 0


def test_the_bin_is_emptied_by_a_clock_that_is_right(running: Running, tmp_path: Path) -> None:
    config.edit({"library": {"directories": [str(tmp_path)]}})
    root = make_root(str(tmp_path))
    row = BinnedFile.objects.create(
        act=uuid4(),
        root=root,
        path="Show/a.mkv",
        folder="20260101T000000-1",
        moves=[{"old": "Show/a.mkv", "new": "x", "inode": 1, "size": 1, "mtime_ns": 1}],
        state="BINNED",
        reason="DELETED",
        kept_until=timezone.now(),
    )
    there = tmp_path / ".aniworld/bin" / row.folder
    there.mkdir(parents=True)
    sites_clock.hear("site.example", time.time() - 39 * 86_400)
    with pytest.raises(Skipped):
        keeping.recycle_bin(running)
    assert there.exists()
    sites_clock.hear("site.example", time.time())
    assert keeping.recycle_bin(running)["params"] == {"count": 1, "left": 0}
    assert not there.exists()


def test_old_events_go(running: Running) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    OutboxEvent.objects.bulk_create(
        OutboxEvent(room="downloads", type="x", data={}, created_at=long_ago) for _ in range(1200)
    )
    assert keeping.history(running)["params"]["events"] == 200


def test_expired_logins_go(running: Running, admin_user: object) -> None:
    from accounts.services import open_session

    open_session(admin_user)  # type: ignore[arg-type]
    open_session(admin_user)  # type: ignore[arg-type]
    first = UserSession.objects.order_by("pk").first()
    assert first is not None
    UserSession.objects.filter(pk=first.pk).update(expires_at=timezone.now())
    assert keeping.sessions(running)["params"]["count"] == 1
    assert UserSession.objects.count() == 1
