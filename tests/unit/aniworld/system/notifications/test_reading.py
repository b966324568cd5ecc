"""What each event means to an owner, from the change itself to the words."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from aniworld.config.schema import NOTIFIED
from aniworld.events.models import OutboxEvent
from aniworld.events.notices import WarningNotice
from aniworld.events.publish import publish
from aniworld.system.events import RepairRaised
from aniworld.system.notifications import reading
from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.models import InboxMessage, KnownRepair
from aniworld.system.schedule import events
from aniworld.system.schedule.models import JobRun
from aniworld.web.texts import text
from library import events as library_events
from library.errors import MassRemoval, RootUnavailable
from library.models import AnimeSeries
from library.services.refresh import keep_catalogue
from library.services.settle import settle
from providers.base import EpisodeInfo, SeriesInfo
from providers.coded import coded
from tests.factories import make_file, make_scan, make_series

pytestmark = pytest.mark.django_db
DUB, SUB = "German Dub", "German Sub"


def told() -> list[tuple[str, str]]:
    """What the events so far mean, in words."""
    wanted = OutboxEvent.objects.filter(type__in=reading.TYPES).order_by("id")
    found = [one for event in wanted for one in reading.meaning(event)]
    return [(one.kind.value, text(one.said["code"], one.said["params"])) for one in found]


def catalogue(series: AnimeSeries, **languages: tuple[str, ...]) -> None:
    """A reading of it: episodes by number, ``e1=("German Dub",)``."""
    episodes = [
        EpisodeInfo(
            season=1,
            number=int(name[1:]),
            title="x",
            languages=told_in,
            hosters=("voe",) if told_in else (),
        )
        for name, told_in in languages.items()
    ]
    info = SeriesInfo(key=series.key, name=series.name, link="https://a.example/x")
    keep_catalogue(series, info, episodes)
    series.refresh_from_db()


@pytest.fixture
def series(db: None) -> AnimeSeries:
    made = make_series("Moon", key="moon", refreshed_at=None)
    catalogue(made, e1=(SUB,), e2=())
    assert told() == []  # at the first reading nothing is new
    return made


def test_what_can_be_chosen_is_what_there_is() -> None:
    assert {*NOTIFIED, Kind.GAP, Kind.TEST} == set(Kind)


def test_new_episodes(series: AnimeSeries) -> None:
    catalogue(series, e1=(SUB,), e2=(SUB,), e3=(SUB, DUB), e4=())
    assert told() == [
        ("NEW_EPISODES", "2 episodes of Moon are out: S01E02, S01E03."),
    ]
    catalogue(series, e1=(SUB,), e2=(SUB,), e3=(SUB, DUB), e4=())
    assert len(told()) == 1


def test_what_comes_back_is_not_new(series: AnimeSeries) -> None:
    catalogue(series, e2=())
    catalogue(series, e1=(SUB,), e2=())
    assert told() == []


def test_of_what_nobody_monitors_nothing_is_told(series: AnimeSeries) -> None:
    AnimeSeries.objects.update(monitored=False)
    series.refresh_from_db()
    catalogue(series, e1=(SUB,), e2=(SUB,))
    assert told() == []


@pytest.mark.parametrize(
    ("follow", "ranks", "keep", "on_disk", "is_told"),
    [
        ("GAPS", [f"{DUB}=now", f"{SUB}=14"], "FIRST", "", True),
        ("GAPS", [f"{DUB}=now"], "FIRST", "", True),
        ("OFF", [f"{DUB}=now"], "FIRST", "", False),
        ("GAPS", [f"{SUB}=now"], "FIRST", "", False),
        ("GAPS", [f"{DUB}=never", f"{SUB}=now"], "FIRST", "", False),
        ("GAPS", [f"{DUB}=now", f"{SUB}=now"], "FIRST", SUB, False),
        ("GAPS", [f"{DUB}=now", f"{SUB}=now"], "REPLACE", SUB, True),
        ("GAPS", [f"{SUB}=now", f"{DUB}=now"], "BOTH", SUB, False),
        ("GAPS", [f"{DUB}=now"], "REPLACE", DUB, False),
    ],
)
def test_a_language_is_told_where_it_was_waited_for(
    *, series: AnimeSeries, follow: str, ranks: list[str], keep: str, on_disk: str, is_told: bool
) -> None:
    AnimeSeries.objects.update(follow=follow, language_ranks=ranks, keep_files=keep)
    if on_disk:
        make_file(series, "Moon/S01E01.mkv", season=1, episodes=[1], language=on_disk)
        settle([series.pk])
    series.refresh_from_db()
    catalogue(series, e1=(SUB, DUB), e2=())
    wanted = [("LANGUAGE_ARRIVED", "Moon S01E01 is out in German Dub.")]
    assert told() == (wanted if is_told else [])


def test_a_file_that_has_come_since_is_the_one_that_was_waited_for(series: AnimeSeries) -> None:
    """Who reads the event may be late."""
    AnimeSeries.objects.update(follow="GAPS", language_ranks=[f"{DUB}=now"])
    series.refresh_from_db()
    catalogue(series, e1=(SUB, DUB), e2=())
    make_file(series, "Moon/S01E01.mkv", season=1, episodes=[1], language=DUB)
    settle([series.pk])
    assert [kind for kind, _ in told()] == ["LANGUAGE_ARRIVED"]


def test_a_scan_that_holds_files_is_told_once() -> None:
    error = MassRemoval(gone=5, known=6, roots=[], series=[])
    scan = make_scan("FAILED", error_code=error.code, error_params=error.params)
    with transaction.atomic():
        library_events.files_held(scan, error)
        library_events.scan_ended(scan)
    [(kind, words)] = told()
    assert kind == "FILES_HELD"
    assert words == text(error.code, error.params)


def test_a_scan_that_failed() -> None:
    error = RootUnavailable(path="/srv/anime", why="silent")
    scan = make_scan("FAILED", error_code=error.code, error_params=error.params)
    with transaction.atomic():
        library_events.scan_ended(scan)
    assert told() == [("SCAN_FAILED", text(error.code, error.params))]


def test_a_queue_that_has_paused_itself_for_its_disk() -> None:
    reason = coded("as_it_was", why="as_told", text="The disk is full.")
    with transaction.atomic():
        publish(WarningNotice(code="queue_paused_disk_full", message=reason))
        publish(WarningNotice(code="queue_paused_disk_refuses", message=reason))
    assert told() == [("DISK_LOW", "The disk is full.")]


def test_a_backup_that_failed() -> None:
    died: dict[str, Any] = {"error_code": "job_died", "error_params": {"how": "SIGKILL"}}
    for name, state in (("database_backup", "FAILED"), ("rescan", "FAILED")):
        now = timezone.now()
        run = JobRun.objects.create(
            name=name,
            state=state,
            trigger="SCHEDULE",
            begun_at=now,
            beat_at=now,
            ended_at=now,
            holder="x",
            **died,
        )
        with transaction.atomic():
            events.ended(run)
    assert told() == [
        (
            "BACKUP_FAILED",
            "The database could not be backed up. Its process was ended in the middle (SIGKILL).",
        )
    ]


def raised(code: str, **params: Any) -> None:
    now = timezone.now()
    row = KnownRepair.objects.create(
        finding=code, code=code, params=params, severity="warning", first_seen_at=now
    )
    with transaction.atomic():
        publish(RepairRaised(repair=str(row.pk), code=code, severity="warning"))


def test_repairs_are_told_as_what_they_are() -> None:
    raised("site_refuses", site="aniworld", reason=coded("site_down", why="timeout"))
    raised("data_dir_low", path="/data", free=90)
    raised("backup_failed", reason="no space")
    raised("removals_wait")
    kinds = [kind for kind, _ in told()]
    assert kinds == ["REPAIR_RAISED", "DISK_LOW", "BACKUP_FAILED"]
    assert told()[0][1].startswith("AniWorld was asked in vain last.")


def test_what_was_told_at_once_is_not_told_again() -> None:
    now = timezone.now()
    for kind in ("BACKUP_FAILED", "DISK_LOW"):
        InboxMessage.objects.create(kind=kind, code="told_test", first_at=now, at=now)
    raised("backup_failed", reason="no space")
    raised("root_full", path="/srv", free=1)
    raised("data_dir_low", path="/data", free=90)
    assert [kind for kind, _ in told()] == ["DISK_LOW"]
