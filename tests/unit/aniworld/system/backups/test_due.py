"""Backups that are made by themselves: when, by whom, and what of those that fail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.system import backed_up
from aniworld.system.backups import services, shelf
from aniworld.system.backups.due import is_due, make_if_due
from aniworld.system.backups.entries import BackupAction
from aniworld.system.backups.errors import BackupBusy, BackupNotMade
from aniworld.system.examinations.backups import backups

BERLIN = ZoneInfo("Europe/Berlin")


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "last", "every", "expected"),
    [
        ("2026-03-02 03:59", "2026-03-01 04:00", 1, False),
        ("2026-03-02 04:00", "2026-03-01 04:00", 1, True),
        ("2026-03-02 04:01", "2026-03-02 04:00", 1, False),
        ("2026-03-02 04:01", "2026-03-02 03:59", 1, True),
        ("2026-03-05 02:00", "2026-03-01 04:01", 1, True),  # three nights were missed
        ("2026-03-02 02:00", "2026-03-01 05:00", 1, False),
        ("2026-03-07 23:00", "2026-03-01 04:01", 7, False),
        ("2026-03-08 03:59", "2026-03-01 20:00", 7, False),
        ("2026-03-08 04:00", "2026-03-01 20:00", 7, True),
        ("2027-03-09 04:00", "2026-03-01 20:00", 0, False),  # never
        ("2026-03-29 12:00", "2026-03-28 12:00", 1, True),  # the night without an hour
        ("2026-03-02 05:00", "2026-03-02 05:30", 1, False),  # the clock was set a little
        ("2026-03-02 05:00", "2031-03-02 05:00", 1, True),  # the clock was wrong then
    ],
)
def test_what_is_due(now: str, last: str, every: int, expected: bool) -> None:
    assert is_due(at(now), every_days=every, at_hour=4, last=at(last)) is expected


def test_of_nothing_there_is_no_backup() -> None:
    assert not is_due(at("2026-03-02 04:00"), every_days=1, at_hour=4, last=None)


def set_up(days: float) -> None:
    """There is an owner since then."""
    joined = timezone.now() - timedelta(days=days)
    User.objects.create(username="admin", is_superuser=True, is_staff=True, date_joined=joined)


def made() -> list[str]:
    return [found.name for found in shelf.newest_first()]


@pytest.mark.django_db(transaction=True)
def test_of_several_that_find_one_due_one_makes_it() -> None:
    set_up(days=3)
    first, *others = [make_if_due() for _ in range(4)]
    assert (first is not None, others) == (True, [None, None, None])
    assert len(made()) == 1
    assert Entry.objects.filter(action=BackupAction.CREATED).count() == 1


@pytest.mark.django_db
def test_one_that_fails_is_a_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(days=3)

    def full(*_arguments: Any) -> None:
        raise BackupNotMade(why="errno", errno="ENOSPC")

    monkeypatch.setattr(services, "_written", full)
    with pytest.raises(BackupNotMade):
        make_if_due()
    assert [one.kind.code for one in backups(None)] == ["backup_failed"]  # type: ignore[arg-type]
    assert not backed_up.note().exists()


@pytest.mark.django_db
def test_while_another_makes_one_it_is_not_asked() -> None:
    set_up(days=3)
    with shelf.alone(), pytest.raises(BackupBusy):
        make_if_due()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("every", "age", "expected"),
    [(1, 2, []), (1, 4, ["backup_old"]), (30, 31, []), (0, 29, []), (0, 31, ["backup_old"])],
)
def test_how_old_one_may_be_follows_how_often_it_is_made(
    every: int, age: int, expected: list[str]
) -> None:
    set_up(days=100)
    store.replace({"backup": {"every_days": every}})
    shelf.prepare()
    copy = shelf.directory() / "copy"
    copy.write_bytes(b"x")
    backed_up.made(copy)
    then = timezone.now() - timedelta(days=age)
    backed_up._keep(backed_up.Backups(made_at=then.isoformat(), path=str(copy), size=1))
    assert [one.kind.code for one in backups(None)] == expected  # type: ignore[arg-type]
