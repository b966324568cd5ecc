"""Each kind of fault that is planted is found exactly once, and is gone when it is mended."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from aniworld.config import store
from aniworld.database import mark
from aniworld.events.models import OutboxEvent
from aniworld.journal.models import Entry
from aniworld.sites import clock
from aniworld.sites.health import monitor
from aniworld.sites.models import ServiceState
from aniworld.sites.pace import holds, rate_store, release
from aniworld.system import backed_up, mending
from aniworld.system.entries import SystemAction
from aniworld.system.errors import MendedInVain
from aniworld.system.examinations import EXAMINATIONS, data, database, examine, machine
from aniworld.system.findings import Examination, Finding, Look
from aniworld.system.kinds import KINDS
from aniworld.system.mediaservers import services, telling
from aniworld.system.mediaservers.errors import FolderUnknown
from aniworld.system.mediaservers.models import FolderToTell, ServerState
from aniworld.system.notifications.models import TargetState
from aniworld.system.repairs import page_of
from aniworld.system.schedule.models import JobRun, JobState
from aniworld.web.errors import DatabaseUnusable
from aniworld.web.texts import text_of
from downloads import services as queue
from downloads.choices import PauseCode
from downloads.models import QueueState
from library.errors import RootChanged
from library.models import AnimeSeries, LibraryRoot, MediaFile, ScanOperation
from providers.addresses import host_of
from providers.coded import coded
from providers.errors import ChallengeRequired, MarkupChanged, ProviderError, SiteUnreachable
from providers.registry import SITES
from providers.watching import Called, Fault
from tests.factories import make_file, make_scan, make_series
from tests.product import free_port
from tests.unit.aniworld.system.well import Installation, found, furnish

pytestmark = pytest.mark.django_db
Plant = Callable[[Installation], AbstractContextManager[None]]
HELD = {"mark": "m", "at": "", "count": 1, "doubts": 1, "episodes": 1, "pairs": []}


@pytest.fixture
def here(library: LibraryRoot, monkeypatch: pytest.MonkeyPatch) -> Installation:
    return furnish(library, monkeypatch)


def test_nothing_is_the_matter_with_what_is_well(here: Installation) -> None:
    report = examine()
    assert [one.text for one in report.findings] == []
    assert (report.left_out, report.worst) == ((), None)


# Each plants a fault for as long as the context lasts.


@contextmanager
def data_dir_closed(here: Installation) -> Iterator[None]:
    true = os.access
    with here.patch.context() as patch:
        patch.setattr(os, "access", lambda path, mode: path != here.data and true(path, mode))
        yield


@contextmanager
def data_dir_open(here: Installation) -> Iterator[None]:
    here.data.chmod(0o755)
    store.path().chmod(0o644)
    yield
    store.path().chmod(0o600)


@contextmanager
def data_dir_full(here: Installation) -> Iterator[None]:
    with here.patch.context() as patch:
        patch.setattr("aniworld.database.troubles.free_bytes", lambda _place: 0)
        yield


@contextmanager
def data_dir_low(here: Installation) -> Iterator[None]:
    with here.patch.context() as patch:
        patch.setattr("aniworld.database.troubles.free_bytes", lambda _place: data.LOW_BYTES - 1)
        yield


@contextmanager
def logs_unwritable(here: Installation) -> Iterator[None]:
    logs = here.data / "logs"
    logs.mkdir(exist_ok=True)
    here.patch.setattr("django.conf.settings.LOG_DIR", logs)
    true = os.access
    with here.patch.context() as patch:
        patch.setattr(os, "access", lambda path, mode: path != logs and true(path, mode))
        yield


@contextmanager
def set_up_missing(_here: Installation) -> Iterator[None]:
    mark.path().unlink()
    yield
    mark.make()


@contextmanager
def database_unusable_now(here: Installation) -> Iterator[None]:
    with here.patch.context() as patch:
        damaged = DatabaseUnusable(why="damaged")
        patch.setattr(database, "trouble_now", lambda: damaged)
        yield


@contextmanager
def database_log_large(here: Installation) -> Iterator[None]:
    with here.patch.context() as patch:
        patch.setattr(database, "LARGE_LOG_BYTES", -1)
        yield


@contextmanager
def config_unusable(here: Installation) -> Iterator[None]:
    before = store.path().read_text()
    for kept in (here.data / "config_backups").glob("*"):
        kept.unlink()
    store.path().write_text("{")
    yield
    for aside in store.set_aside():
        aside.unlink()
    store.path().write_text(before)


@contextmanager
def config_set_aside(here: Installation) -> Iterator[None]:
    here.configure(backup={"keep": 9})  # so that there is a backup
    store.path().write_text("{")
    yield
    for aside in store.set_aside():
        aside.unlink()


@contextmanager
def config_unwritable(here: Installation) -> Iterator[None]:
    true = os.access
    with here.patch.context() as patch:
        refused = lambda path, mode: path != store.path() and true(path, mode)  # noqa: E731
        patch.setattr(os, "access", refused)
        yield


@contextmanager
def worker_dead(here: Installation) -> Iterator[None]:
    here.beat(hours=2)
    yield
    here.beat()


@contextmanager
def web_dead(_here: Installation) -> Iterator[None]:
    """One that has run here, and was killed."""
    lock = Path(settings.RUN_DIR) / "web.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.touch()
    yield
    lock.unlink()


@contextmanager
def scan_dead(_here: Installation) -> Iterator[None]:
    host = f"{os.uname().nodename} 7"
    scan = make_scan("RUNNING", pid=4194305, host=host, heartbeat_at=timezone.now())
    yield
    ScanOperation.objects.filter(pk=scan.pk).delete()


@contextmanager
def clock_back(_here: Installation) -> Iterator[None]:
    tomorrow = timezone.now() + timedelta(days=1)
    event = OutboxEvent.objects.create(
        room="system_progress", type="system_info", data={}, created_at=tomorrow
    )
    yield
    event.delete()


@contextmanager
def clock_wrong(_here: Installation) -> Iterator[None]:
    clock.hear("site.example", time.time() + 86_400)
    yield
    clock.hear("site.example", time.time())


@contextmanager
def clock_differs(here: Installation) -> Iterator[None]:
    with here.patch.context() as patch:
        other = timezone.now() - timedelta(days=1)
        patch.setattr(machine, "_of_the_server", lambda: other)
        yield


@contextmanager
def library_missing(here: Installation) -> Iterator[None]:
    with here.patch.context() as patch:
        patch.setattr(machine, "LIBRARIES", (("no_such_module", "nothing", "does nothing"),))
        yield


@contextmanager
def no_root(here: Installation) -> Iterator[None]:
    with here.patch.context() as patch:
        patch.setattr("django.conf.settings.ANIME_DIRECTORY", "")
        yield


@contextmanager
def root_missing(here: Installation) -> Iterator[None]:
    here.library.rmdir()
    yield
    here.library.mkdir()


@contextmanager
def root_other_disk(here: Installation) -> Iterator[None]:
    LibraryRoot.objects.update(identity="1:2")
    file = make_file(AnimeSeries.objects.get(name="Show"), "Show/S01E01.mkv", root=here.root)
    yield
    MediaFile.objects.filter(pk=file.pk).delete()
    LibraryRoot.objects.update(identity="")


@contextmanager
def root_silent(here: Installation) -> Iterator[None]:
    over = threading.Event()

    def hang(told: os.statvfs_result) -> os.statvfs_result:
        over.wait(60)
        return told

    with here.says("statvfs", hang):
        yield
        over.set()


class _Told:
    """What a file system tells, but for some of it."""

    def __init__(self, told: os.statvfs_result, **other: int) -> None:
        self._told, self._other = told, other

    def __getattr__(self, name: str) -> int:
        return self._other.get(name, int(getattr(self._told, name)))


@contextmanager
def root_read_only(here: Installation) -> Iterator[None]:
    with here.says("statvfs", lambda told: _Told(told, f_flag=os.ST_RDONLY)):
        yield


@contextmanager
def root_closed(here: Installation) -> Iterator[None]:
    with here.says("access", lambda _told: False):
        yield


@contextmanager
def root_full(here: Installation) -> Iterator[None]:
    here.configure(downloads={"min_free_mb": 100_000_000})
    yield
    here.configure(downloads={"min_free_mb": 0})


@contextmanager
def root_no_names(here: Installation) -> Iterator[None]:
    with here.says("statvfs", lambda told: _Told(told, f_files=1000, f_favail=0)):
        yield


@contextmanager
def link_target_missing(here: Installation) -> Iterator[None]:
    away = here.library.parent / "away"
    here.configure(library={"link_targets": [str(away)]})
    yield
    away.mkdir()


@contextmanager
def queue_paused_itself(_here: Installation) -> Iterator[None]:
    reason = coded("disk_refuses", path="/anime", errno="EROFS")
    paused = {"is_paused": True, "pause_code": PauseCode.DISK_REFUSES}
    QueueState.objects.update(**paused, **QueueState.pause_reason.values(reason))
    yield
    QueueState.objects.update(is_paused=False, pause_code=PauseCode.NONE)


@contextmanager
def removals_wait(_here: Installation) -> Iterator[None]:
    scan = make_scan("FAILED", error_code="mass_removal", error_params={})
    yield
    ScanOperation.objects.filter(pk=scan.pk).delete()


@contextmanager
def catalogue_waits(_here: Installation) -> Iterator[None]:
    one = make_series("Other", catalogue_held=True, held=HELD)
    yield
    AnimeSeries.objects.filter(pk=one.pk).update(catalogue_held=False, held=None)


@contextmanager
def no_site(here: Installation) -> Iterator[None]:
    here.configure(providers={"sites": {"aniworld": {"enabled": False}}})
    yield
    here.configure(providers={"sites": {"aniworld": {"enabled": True}}})


@contextmanager
def site_refuses(_here: Installation) -> Iterator[None]:
    error = MarkupChanged("series", "the list of seasons")
    one = make_series("Other", refreshed_at=None, asked_at=timezone.now(), error_code=error.code)
    AnimeSeries.objects.filter(pk=one.pk).update(error_params=error.params)
    yield
    AnimeSeries.objects.filter(name="Show").update(refreshed_at=timezone.now())


@contextmanager
def host_held(_here: Installation) -> Iterator[None]:
    rate_store().hold("voe voe.example", seconds=900)
    yield
    assert release(holds()[0])


@contextmanager
def redis_unreachable(here: Installation) -> Iterator[None]:
    with here.patch.context() as patch:
        patch.setattr("django.conf.settings.REDIS_URL", f"redis://:word@127.0.0.1:{free_port()}/0")
        yield


@contextmanager
def backup_never(here: Installation) -> Iterator[None]:
    kept = here.data / backed_up.NAME
    content = kept.read_text()
    kept.unlink()
    User.objects.update(date_joined=timezone.now() - timedelta(days=40))
    yield
    kept.write_text(content)


@contextmanager
def backup_old(here: Installation) -> Iterator[None]:
    kept = here.data / backed_up.NAME
    content = kept.read_text()
    old = {"made_at": (timezone.now() - timedelta(days=31)).isoformat()}
    kept.write_text(json.dumps(json.loads(content) | old))
    yield
    kept.write_text(content)


@contextmanager
def backup_failed(here: Installation) -> Iterator[None]:
    backed_up.failed("the database is damaged")
    yield
    backed_up.made(here.data / "copy.db")


def runs(name: str, *states: str, **more: object) -> None:
    """Runs of a job, the oldest first."""
    begun = timezone.now() - timedelta(days=len(states))
    for number, state in enumerate(states):
        at = begun + number * timedelta(days=1)
        values = {"begun_at": at, "beat_at": at, "ended_at": at, "holder": "x", **more}
        JobRun.objects.create(name=name, state=state, trigger="SCHEDULE", **values)


@contextmanager
def job_fails(_here: Installation) -> Iterator[None]:
    runs("canaries", "FAILED", "FAILED")
    assert found() == []
    runs("canaries", "FAILED", error_code="job_died", error_params={"how": "SIGKILL"})
    yield
    runs("canaries", "COMPLETED")


@contextmanager
def target_fails(here: Installation) -> Iterator[None]:
    """Its server has been away for hours. A target that is off, or fails for minutes, is none."""
    address = {"kind": "WEBHOOK", "url": "http://127.0.0.1:9/"}
    off = {**address, "enabled": False}
    here.configure(notifications={"targets": {"Phone": address, "Desk": off, "Car": address}})
    now = timezone.now()
    why = {"error_code": "notify_refused", "error_params": {"host": "h", "status": 500}}
    for name, hours in (("Phone", 3), ("Desk", 3), ("Car", 0.5), ("Gone", 3)):
        since = now - timedelta(hours=hours)
        TargetState.objects.create(name=name, failures=9, failing_since=since, **why)
    yield
    TargetState.objects.filter(name="Phone").update(failures=0, failing_since=None)


@contextmanager
def schedule_late(_here: Installation) -> Iterator[None]:
    due = timezone.now() - timedelta(hours=3)
    JobState.objects.create(name="rescan", is_paused=True, planned_at=due, next_at=due)
    late = JobState.objects.create(name="canaries", planned_at=due, next_at=due)
    yield
    JobState.objects.filter(pk=late.pk).update(next_at=timezone.now())


@contextmanager
def files_damaged(_here: Installation) -> Iterator[None]:
    found = {"checked": 50, "gone": 0, "changed": 0, "damaged": 1, "files": ["Show/S01E01.mkv"]}
    runs("integrity_check", "COMPLETED", result_code="job_checked", result_params=found)
    yield
    runs("integrity_check", "COMPLETED", result_code="job_checked", result_params={"damaged": 0})


@contextmanager
def _media_server(**state: object) -> Iterator[None]:
    """One that could not be told when it was tried last."""
    services.add("attic", {"address": "http://127.0.0.1:9"})
    now = timezone.now()
    ServerState.objects.create(server="attic", failing_since=now, **state)
    yield
    with transaction.atomic():
        telling.reached("attic")


@contextmanager
def media_server_refuses(_here: Installation) -> Iterator[None]:
    with _media_server(error_code="media_server_key_refused"):
        yield


@contextmanager
def media_server_away(_here: Installation) -> Iterator[None]:
    with _media_server(error_code="media_server_busy", error_params={"status": 502}):
        assert found() == []  # it may be off for the night
        long_ago = timezone.now() - timedelta(hours=13)
        ServerState.objects.update(failing_since=long_ago)
        yield


@contextmanager
def media_server_lacks_folder(here: Installation) -> Iterator[None]:
    services.add("attic", {"kind": "PLEX", "address": "http://127.0.0.1:9"})
    now, refused = timezone.now(), FolderUnknown(folder="/media/Show").as_json()
    row = FolderToTell(
        server="attic", root="/srv", folder="Show", place="x", change="CREATED", tries=1
    )
    row.first_at, row.due_at, row.error = now, now, refused
    row.save()
    yield
    row.delete()


def _fails(here: Installation, why: ProviderError) -> None:
    here.configure(providers={"failures_until_rest": 1})
    known = Called("aniworld", host_of(SITES["aniworld"].base_url), Fault.of(why))
    monitor.DatabaseWatch().note(known)


@contextmanager
def site_down(here: Installation) -> Iterator[None]:
    _fails(here, SiteUnreachable(why="no_connection", site="AniWorld", errno="ECONNREFUSED"))
    yield
    ServiceState.objects.all().delete()


@contextmanager
def site_shut(here: Installation) -> Iterator[None]:
    _fails(here, ChallengeRequired(why="check", site="AniWorld", sign="DDoS-Guard"))
    yield
    ServiceState.objects.all().delete()


@contextmanager
def line_out(here: Installation) -> Iterator[None]:
    _fails(here, SiteUnreachable(why="no_names", site="AniWorld"))
    yield
    ServiceState.objects.all().delete()


PLANTS: dict[str, Plant] = {
    plant.__name__: plant
    for plant in (
        *(data_dir_closed, data_dir_open, data_dir_full, data_dir_low, logs_unwritable),
        *(set_up_missing, database_unusable_now, database_log_large, redis_unreachable),
        *(config_unusable, config_set_aside, config_unwritable, worker_dead),
        *(web_dead, scan_dead, clock_back, clock_wrong, clock_differs, library_missing),
        *(no_root, root_missing, root_other_disk),
        *(root_silent, root_read_only, root_closed, root_full, root_no_names),
        *(link_target_missing, queue_paused_itself, removals_wait, no_site, site_refuses),
        catalogue_waits,
        *(site_down, site_shut, line_out, host_held, backup_never, backup_old, backup_failed),
        *(media_server_refuses, media_server_away, media_server_lacks_folder),
        *(job_fails, schedule_late, files_damaged, target_fails),
    )
}
# Planted elsewhere: where there are no settings, on a share, and below.
ELSEWHERE = {"environment_unusable", "database_on_share", "examination_failed"}


@pytest.mark.parametrize("code", PLANTS)
def test_one_fault_is_one_finding_and_gone_when_mended(here: Installation, code: str) -> None:
    with PLANTS[code](here):
        assert found() == [code]
    assert found() == []


def test_every_kind_is_planted() -> None:
    assert set(PLANTS) | ELSEWHERE == set(KINDS)


def test_a_fix_is_named_that_there_is() -> None:
    assert {kind.fix for kind in KINDS.values() if kind.fix} == set(mending.FIXES)


FIXED = ("data_dir_open", "set_up_missing", "scan_dead", "queue_paused_itself", "host_held")


@pytest.mark.parametrize("code", FIXED)
def test_a_button_mends_it(here: Installation, code: str) -> None:
    plant = PLANTS[code](here)
    plant.__enter__()
    (finding,) = examine().findings
    mending.mend(finding)
    assert found() == []


def test_what_the_disk_does_not_take_is_told(here: Installation) -> None:
    with data_dir_open(here):
        (finding,) = examine().findings
        here.patch.setattr(data, "open_to_others", lambda: [here.data / "gone"])
        with pytest.raises(MendedInVain) as told:
            mending.mend(finding)
    assert text_of(told.value) == "data-dir-open could not be mended: No such file or directory."
    assert not Entry.objects.filter(action=SystemAction.MENDED).exists()


def test_what_an_examination_stumbles_over_stops_no_other(here: Installation) -> None:
    def stumble(_look: Look) -> Iterator[Finding]:
        yield from ()
        raise ZeroDivisionError("no such number")

    here.beat(hours=2)
    bad = Examination("bad", "Something", stumble)
    report = examine((bad, *EXAMINATIONS))
    said = {one.kind.code: one.text for one in report.findings}
    assert said.keys() == {"examination_failed", "worker_dead"}
    assert "no such number" in said["examination_failed"]


def test_what_stands_on_a_fault_is_left_out(here: Installation) -> None:
    here.library.rmdir()
    with database_unusable_now(here):
        report = examine()
    assert [one.kind.code for one in report.findings] == ["database_unusable_now"]
    assert {"roots", "worker", "queue"} <= set(report.left_out)


def test_a_worker_that_waits_for_the_configuration_is_no_second_fault(here: Installation) -> None:
    with config_unusable(here):
        here.beat(hours=2)
        assert found() == ["config_unusable"]


def test_of_two_folders_on_one_full_disk_one_is_named(here: Installation, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    here.configure(library={"directories": [str(here.library), str(other)]})
    with root_full(here):
        assert found() == ["root_full"]
    other.rmdir()
    here.library.rmdir()
    assert found() == ["root_missing", "root_missing"]
    assert len({one.id for one in examine().findings}) == 2


@pytest.mark.parametrize("code", ["root_full", "root_missing", "root_read_only"])
def test_what_the_queue_paused_for_is_told_once(here: Installation, code: str) -> None:
    with queue_paused_itself(here):
        with PLANTS[code](here):
            assert found() == [code]
        assert found() == ["queue_paused_itself"]


def test_a_queue_that_waits_for_quiet_hours_is_no_fault(here: Installation) -> None:
    QueueState.objects.update(is_running=True)
    here.configure(downloads={"quiet_hours": ["daily 00:00-00:00=closed"]})
    assert queue.status()["status"]["quiet"]["is_closed"]
    assert found() == []


def test_each_catalogue_that_waits_is_told_of_and_not_thousands(here: Installation) -> None:
    for number in range(25):
        make_series(f"Held {number}", catalogue_held=True, held=HELD)
    make_series("Gone", catalogue_held=True, held=HELD, deleted_at=timezone.now())
    findings = examine().findings
    assert [one.said["code"] for one in findings] == ["catalogue_waits"] * 20
    assert "Gone" not in str([one.text for one in findings])
    assert {page_of(one) for one in findings} == {"/?show=held"}


def _stop_a_scan_at(root: LibraryRoot) -> None:
    """One that has found a root empty: as it leaves it."""
    stopped = RootChanged(why="empty", path=root.path, known=1)
    LibraryRoot.objects.filter(pk=root.pk).update(
        frozen_reason=stopped.frozen_reason, **LibraryRoot.error.values(stopped.as_json())
    )
    make_scan("FAILED", **ScanOperation.error.values(stopped.as_json()))


def test_a_disk_that_a_scan_has_found_away_is_told_once(here: Installation) -> None:
    """And is mended by what mends it: no scan is needed."""
    with root_other_disk(here):
        _stop_a_scan_at(here.root)
        assert found() == ["root_other_disk"]
        (here.library / "Show").mkdir()
        (here.library / "Show/S01E01.mkv").touch()
        assert found() == []
        shutil.rmtree(here.library)
        assert found() == ["root_missing"]
        here.library.mkdir()


def test_a_folder_that_was_emptied_waits_for_the_word(here: Installation) -> None:
    """Nothing says that it is another disk."""
    _stop_a_scan_at(here.root)
    assert found() == ["removals_wait"]


def test_files_that_are_held_since_their_disk_was_away_are_told_after_it(
    here: Installation,
) -> None:
    """As a pause of the queue is: while the disk is away, that is the fault."""
    lost = {"gone": 1, "known": 1, "roots": [{"path": here.root.path}]}
    make_scan("FAILED", error_code="mass_removal", error_params=lost)
    with root_other_disk(here):
        assert found() == ["root_other_disk"]
    assert found() == ["removals_wait"]


def test_a_clock_that_was_ahead_and_is_right_is_no_fault(here: Installation) -> None:
    """What was done meanwhile lies ahead for a day; a site says that the clock is right now."""
    with clock_back(here):
        clock.hear("site.example", time.time())
        assert found() == []


def test_a_site_that_lets_nobody_in_is_told_once(here: Installation) -> None:
    """Whatever the last series that was asked for had to hear of it."""
    with site_refuses(here):
        assert found() == ["site_refuses"]
        with site_shut(here):
            assert found() == ["site_shut"]


def test_one_page_that_failed_is_no_fault_of_its_site(here: Installation) -> None:
    with site_refuses(here):
        make_series("Read since", refreshed_at=timezone.now())
        assert found() == []


def test_commands_stay_one_word_whatever_a_path_holds(here: Installation) -> None:
    path = str(here.library / "a; rm -rf b")
    here.configure(library={"directories": [path]})
    (finding,) = examine().findings
    assert finding.kind.code == "root_missing"
    read_only = KINDS["root_read_only"]
    told = type(finding)(read_only, coded("root_read_only", path=path)).command
    assert told == f"mount -o remount,rw '{path}'"


def test_a_password_of_redis_is_not_told(here: Installation) -> None:
    with redis_unreachable(here):
        (finding,) = examine().findings
        assert "word" not in json.dumps(finding.said)
