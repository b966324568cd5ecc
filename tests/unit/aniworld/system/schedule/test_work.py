"""What the jobs do, on the real thing: a library, sites in memory, copies on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from aniworld.config import services as config
from aniworld.config import store
from aniworld.sites import configured
from aniworld.system.schedule.choices import Trigger
from aniworld.system.schedule.jobs import JOBS, Job
from aniworld.system.schedule.models import JobRun
from aniworld.system.schedule.running import Failed, Running, Skipped, work_of
from aniworld.system.schedule.texts import TEXTS
from aniworld.system.schedule.work import copies, keeping, sites
from aniworld.system.schedule.work import library as scans
from aniworld.web.texts import text_of
from library.models import AnimeSeries, MediaFile, ScanOperation
from library.scanner import checking
from providers.errors import SiteDown
from tests.factories import make_series
from tests.unit.library.conftest import (  # noqa: F401 - fixtures
    Put,
    library,
    put,
    rescan,
    show,
    site,
)
from tests.unit.library.fakes import FakeSite

pytestmark = pytest.mark.django_db


@pytest.fixture
def data_dir(settings: Settings) -> Path:
    """That of the test, which is made already."""
    return Path(settings.DATA_DIR)


def running(name: str = "rescan", trigger: Trigger = Trigger.SCHEDULE) -> Running:
    now = timezone.now()
    JobRun.objects.filter(name=name).update(state="COMPLETED", ended_at=now)
    values = {"trigger": trigger, "holder": "a", "begun_at": now, "beat_at": now}
    return Running(JobRun.objects.create(name=name, **values))


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_every_job_has_its_work_and_its_words(job: Job) -> None:
    assert callable(work_of(job))
    assert job.label
    assert job.help.endswith(".") or job.help.endswith("?")


def test_what_fetches_or_wakes_disks_is_off_until_it_is_switched_on() -> None:
    assert not [job.name for job in JOBS if job.is_on and job.asks_sites]
    off = {job.name for job in JOBS if not job.is_on}
    assert off >= {"rescan", "full_rescan", "refresh", "canaries", "integrity_check"}
    assert off.isdisjoint(
        {"database_backup", "configuration_backup", "cache_cleanup", "history_cleanup"}
    )


def test_without_a_library_folder_there_is_nothing_to_scan(data_dir: Path) -> None:
    with pytest.raises(Skipped) as skipped:
        scans.rescan(running())
    assert skipped.value.said["code"] == "no_library_root"


def test_a_scan_by_the_schedule(show: FakeSite, put: Put) -> None:  # noqa: F811
    put("Show (2013)/Season 1/S01E01.mkv")
    said = scans.rescan(running())
    assert text_of(said) == "1 files seen: 1 new, 0 changed, 0 gone."
    assert scans.full_rescan(running("full_rescan"))["params"]["new"] == 0
    assert MediaFile.objects.count() == 1
    assert ScanOperation.objects.order_by("id").last().parameters["full"]  # type: ignore[union-attr]


def test_a_scan_that_runs_already_is_left_to_itself(put: Put) -> None:  # noqa: F811
    from library.services import operations

    operations.begin({})
    with pytest.raises(Skipped) as skipped:
        scans.rescan(running())
    assert skipped.value.said["code"] == "scan_running"


def test_a_scan_that_fails_is_a_run_that_fails(put: Put, library: Path) -> None:  # noqa: F811
    put("Show/S01E01.mkv")
    rescan()
    library.rename(library.with_name("away"))
    with pytest.raises(Failed) as failed:
        scans.rescan(running())
    assert failed.value.said["code"] == "root_unavailable"


def test_files_are_looked_at_in_turn(
    put: Put,  # noqa: F811
    library: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "SAMPLE", 2)
    put(*(f"Show/S01E0{number}.mkv" for number in range(1, 4)))
    rescan()
    MediaFile.objects.update(media_problem="media_no_film")  # they hold none, and that is told
    first, second, third = MediaFile.objects.order_by("pk")
    (library / second.path).unlink()
    (library / third.path).write_bytes(b"another one by now")
    looked = []
    for _ in range(3):
        run = running("integrity_check")
        said = scans.integrity_check(run)
        JobRun.objects.filter(pk=run.run.pk).update(result_params=said["params"])
        looked.append(said["params"])
    assert [one["last"] for one in looked] == [second.pk, first.pk, third.pk]
    assert [(one["checked"], one["gone"], one["changed"]) for one in looked] == [
        (2, 1, 0),
        (2, 0, 1),
        (2, 1, 1),
    ]


def test_a_file_that_rots_is_found(put: Put) -> None:  # noqa: F811
    put("Show/S01E01.mkv")
    rescan()  # what is in it is no film; nothing has looked into it yet
    report = scans.integrity_check(running("integrity_check"))["params"]
    assert (report["damaged"], report["files"]) == (1, ["Show/S01E01.mkv"])


def test_catalogues_that_are_due_are_read(show: FakeSite) -> None:  # noqa: F811
    show.add("other", "Other", {1: 2})
    stale = make_series("Show", key="show", site=show.name, site_key="show", refreshed_at=None)
    make_series("Other", key="other", site=show.name, site_key="other", refreshed_at=timezone.now())
    assert text_of(sites.refresh(running("refresh"))) == "1 catalogues were read; 0 were not."
    stale.refresh_from_db()
    assert stale.refreshed_at is not None


def test_a_site_that_is_down_is_asked_once(show: FakeSite) -> None:  # noqa: F811
    show.failure = SiteDown(why="timed_out", site="fake")
    for name in ("one", "two", "three"):
        make_series(name, key=name, site=show.name, site_key=name, refreshed_at=None)
    with pytest.raises(Failed) as failed:
        sites.refresh(running("refresh"))
    assert failed.value.said["code"] == "site_down"
    assert len(show.asked) <= 1
    assert AnimeSeries.objects.filter(refreshed_at=None).count() == 3


def test_sites_are_tried(show: FakeSite) -> None:  # noqa: F811
    assert sites.canaries(running("canaries"))["code"] == "job_sites_answer"
    show.failure = SiteDown(why="timed_out", site="fake")
    with pytest.raises(Failed) as failed:
        sites.canaries(running("canaries"))
    assert configured.label(show.name) in text_of(failed.value.said)


def test_without_a_site_none_is_asked(data_dir: Path) -> None:
    for work in (sites.refresh, sites.canaries):
        with pytest.raises(Skipped) as skipped:
            work(running("refresh"))
        assert skipped.value.said["code"] == "job_no_site"


def test_the_settings_are_copied_where_they_have_changed(data_dir: Path) -> None:
    with pytest.raises(Skipped):
        copies.configuration_backup(running("configuration_backup"))  # nothing was ever set
    config.edit({"downloads": {"max_retries": 5}})
    copies.configuration_backup(running("configuration_backup"))
    newest = config.backups()[0]
    assert store.read_backup(newest.name).downloads.max_retries == 5
    with pytest.raises(Skipped) as skipped:
        copies.configuration_backup(running("configuration_backup"))
    assert skipped.value.said["code"] == "job_settings_copied"
    assert len(config.backups()) == 1


@pytest.mark.django_db(transaction=True)
def test_everything_is_backed_up_where_that_is_due_or_asked_for(
    data_dir: Path,
) -> None:
    User.objects.create(username="admin", is_superuser=True, is_staff=True)
    with pytest.raises(Skipped) as skipped:
        copies.database_backup(running("database_backup"))
    assert skipped.value.said["code"] == "job_backup_not_due"
    said = copies.database_backup(running("database_backup", Trigger.OWNER))
    assert said["params"]["name"].startswith("aniworld-")


def test_covers_of_no_series_go(data_dir: Path) -> None:
    series = make_series("Show")
    folder = data_dir / "covers"
    folder.mkdir()
    for name in (f"{series.pk}-220.webp", "999999-220.webp", "999999-440.webp", "notes.txt"):
        (folder / name).touch()
    assert keeping.caches(running("cache_cleanup"))["params"] == {"pages": 0, "covers": 2}
    assert sorted(one.name for one in folder.iterdir()) == [f"{series.pk}-220.webp", "notes.txt"]


def test_every_sentence_can_be_made() -> None:
    assert all(isinstance(one, str) for one in TEXTS.values())
