"""Jobs as people and programs see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aniworld.config import store
from aniworld.system.schedule import claims
from aniworld.system.schedule.jobs import JOBS
from aniworld.system.schedule.models import JobRun, JobState, SchedulerMark
from tests.unit.reading import get

pytestmark = pytest.mark.django_db


def post(visitor: Client, address: str, **data: str) -> int:
    return visitor.post(address, data).status_code


def run(name: str, state: str, **more: object) -> JobRun:
    now = timezone.now()
    values = {"begun_at": now - timedelta(seconds=65), "beat_at": now, "holder": "x", **more}
    ended = None if state == "RUNNING" else now
    return JobRun.objects.create(
        name=name, state=state, trigger="SCHEDULE", ended_at=ended, **values
    )


def looked() -> None:
    claims.mark("here", timezone.now())


def test_the_page_lists_every_job(visitor: Client) -> None:
    page = get(visitor, "/jobs")
    headings = [one.get_text(strip=True) for one in page.select("#jobs h2")]
    assert headings == [job.label for job in JOBS]
    assert "No scheduler has looked lately" in page.get_text()
    looked()
    assert "No scheduler has looked lately" not in get(visitor, "/jobs").get_text()


def test_a_job_says_how_it_is(visitor: Client) -> None:
    looked()
    run("session_cleanup", "FAILED", error_code="job_died", error_params={"how": "SIGKILL"})
    run("rescan", "RUNNING")
    card = get(visitor, "/jobs").select_one("#session_cleanup")
    assert card is not None
    said = " ".join(card.get_text(" ").split())
    assert "failed" in said
    assert "took 1:05" in said
    assert "Its process was ended in the middle (SIGKILL)." in said
    rescan = get(visitor, "/jobs").select_one("#rescan")
    assert rescan is not None
    assert "runs" in rescan.get_text()
    assert rescan.select_one("button[disabled]") is not None


def test_what_a_due_job_waits_for(visitor: Client) -> None:
    now = timezone.now()
    state = JobState.objects.create(name="cache_cleanup", planned_at=now, next_at=now)

    def waits() -> str | None:
        told = visitor.get("/api/jobs/cache_cleanup").json()["waits"]
        return str(told["code"]) if told else None

    assert waits() == "job_waits_for_scheduler"
    looked()
    assert waits() == "job_waits_for_look"
    blocking = run("session_cleanup", "RUNNING")
    assert waits() == "job_waits_for_job"
    blocking.delete()
    JobState.objects.filter(pk=state.pk).update(is_paused=True)
    assert waits() == "job_waits_paused"


def test_when_it_runs_is_seen_before_it_is_saved(visitor: Client) -> None:
    shown = visitor.post("/jobs/rescan", {"enabled": "on", "when": "täglich um 4", "show": "1"})
    assert shown.status_code == 200
    assert shown.content.decode().count("04:00") + shown.content.decode().count("4 a.m.") >= 5
    assert "Each time up to 5 minutes later" in shown.content.decode()
    assert store.load().scheduler.jobs == {}
    assert post(visitor, "/jobs/rescan", enabled="on", when="täglich um 4") == 302
    chosen = store.load().scheduler.jobs["rescan"]
    assert (chosen.enabled, chosen.when) == (True, "täglich um 4")
    assert len(visitor.get("/api/jobs/rescan").json()["next"]) == 5


@pytest.mark.parametrize("show", ["", "1"])
def test_what_is_no_rhythm_is_said_beside_the_field(visitor: Client, show: str) -> None:
    data = {"enabled": "on", "when": "every full moon", **({"show": show} if show else {})}
    answer = visitor.post("/jobs/rescan", data)
    assert answer.status_code == 422
    assert "is not understood here" in answer.content.decode()
    assert store.load().scheduler.jobs == {}


def test_a_site_is_not_asked_every_five_minutes(visitor: Client) -> None:
    answer = visitor.patch(
        "/api/jobs/rescan", {"when": "every 5 minutes"}, content_type="application/json"
    )
    assert answer.status_code == 400
    (wrong,) = answer.json()["errors"]
    assert (wrong["field"], wrong["params"]) == ("when", {"why": "too_often", "minutes": 15})


def test_the_buttons(visitor: Client) -> None:
    assert post(visitor, "/jobs/session_cleanup/pause", next="/jobs/session_cleanup") == 302
    assert JobState.objects.get(name="session_cleanup").is_paused
    assert post(visitor, "/jobs/session_cleanup/resume") == 302
    assert not JobState.objects.get(name="session_cleanup").is_paused
    assert post(visitor, "/jobs/session_cleanup/run") == 302
    assert JobState.objects.get(name="session_cleanup").wanted_at is not None
    assert visitor.get("/jobs/nonsense").status_code == 404


def test_the_backup_of_everything_is_set_where_its_settings_are(visitor: Client) -> None:
    page = get(visitor, "/jobs/database_backup")
    assert page.select_one('a[href="/settings/backup"]') is not None
    assert page.select_one("input[name=when]") is None
    answer = visitor.patch(
        "/api/jobs/database_backup", {"when": "every day at 5"}, content_type="application/json"
    )
    assert answer.status_code == 409
    store.update(lambda data: data["backup"].update(every_days=3, at_hour=5))
    assert visitor.get("/api/jobs/database_backup").json()["when"] == "every 3 days at 5:00"
    store.update(lambda data: data["backup"].update(every_days=0))
    assert visitor.get("/api/jobs/database_backup").json()["enabled"] is False


def test_the_settings_lead_to_each_job(visitor: Client) -> None:
    page = get(visitor, "/settings/scheduler")
    links = [one["href"] for one in page.select(".row-line a")]
    assert links == [f"/jobs/{job.name}#when-head" for job in JOBS]


def test_the_scan_by_the_schedule_as_programs_set_it(visitor: Client) -> None:
    def send(**body: object) -> dict[str, object]:
        answer = visitor.post("/api/scheduler/config", body, content_type="application/json")
        return {"status": answer.status_code, **answer.json()}

    said = send(enabled=True, interval_minutes=90)
    assert (said["status"], said["interval_minutes"], said["cron"]) == (200, 90, None)
    said = send(cron="0 4 * * *")
    assert (said["enabled"], said["interval_minutes"], said["cron"]) == (True, None, "0 4 * * *")
    assert said["auto_download"] is False
    said = send(auto_download=True)
    assert (said["auto_download"], said["enabled"], said["cron"]) == (True, True, "0 4 * * *")
    assert visitor.get("/api/jobs/follow").json()["enabled"] is True
    assert visitor.get("/api/scheduler/config").json()["auto_download"] is True
    said = send(auto_download=False, enabled=False)
    assert (said["auto_download"], said["enabled"]) == (False, False)
    assert visitor.get("/api/jobs/follow").json()["enabled"] is False
    assert send(auto_download=True, interval_minutes=1)["status"] == 400
    assert send(auto_download=True, cron="at no time")["status"] == 400
    assert visitor.get("/api/scheduler/config").json()["auto_download"] is False
    assert send(auto_download="yes")["status"] == 400
    assert send(cron="0 4 * * *", interval_minutes=60)["status"] == 400
    assert send(interval_minutes=1)["status"] == 400
    preview = visitor.post(
        "/api/scheduler/preview", {"when": "alle 6 Stunden"}, content_type="application/json"
    )
    assert len(preview.json()["next"]) == 5


@pytest.mark.parametrize("address", ["/jobs", "/api/jobs", "/settings/scheduler"])
def test_many_runs_cost_no_more_queries(visitor: Client, address: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(address).status_code == 200
        return len(captured)

    run("rescan", "COMPLETED")
    visitor.get(address)
    few = queries()
    for job in JOBS:
        for _ in range(20):
            run(job.name, "COMPLETED")
        run(job.name, "RUNNING")
    SchedulerMark.objects.update_or_create(
        pk=1, defaults={"looked_at": timezone.now(), "holder": "x"}
    )
    assert queries() == few
