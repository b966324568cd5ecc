"""Faults planted in a running installation are told within thirty seconds, each exactly once and
with no page open, and are gone within thirty of being mended.

Such as do not touch each other are planted together. Pages, API and ``manage.py doctor`` tell the
same.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from aniworld.system.kinds import KINDS
from aniworld.system.unstarted import EXIT_CODES
from tests.product import wait_until
from tests.prove.conftest import Prove
from tests.prove.faulty import (
    OTHER,
    SECONDS,
    SHOW,
    Installation,
    installation,
    plug_in,
    pull_out,
    start_worker,
)
from tests.prove.mounting import needs_root

pytestmark = [
    needs_root,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("repairs"),  # one installation for all
]

Act = Callable[[Installation], object]
DAY = 86_400


class Fault(NamedTuple):
    """What is done to the installation, and what mends that."""

    plant: Act
    mend: Act


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("faults")) as made:
        yield made


# --- disks


def _leave_the_mount_point(here: Installation) -> None:
    pull_out(here.work, "exchanged")


def _take_the_root_away(here: Installation) -> None:
    pull_out(here.work, "missing")
    here.root("missing").rmdir()


def _make_read_only(here: Installation) -> None:
    """The queue pauses for it, which is no second fault."""
    here.refresh(SHOW, is_well=True)
    _remount(here.root("read_only"), "ro")
    episodes = {"episodes": [{"season": 1, "episode": 1}]}
    here.product.api("POST", f"v1/anime/{SHOW}/download", episodes, expect=201)
    here.product.api("POST", "queue/start", expect=200)
    wait_until(lambda: _is_paused(here), seconds=60, what="the queue's pause")


def _is_paused(here: Installation) -> bool:
    return bool(here.database.value("SELECT is_paused FROM downloads_queuestate"))


def _remount(root: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", root], check=True)


def _fill(folder: Path, *, leave: int) -> None:
    """Take a disk's room but for so many bytes; 0 leaves nothing at all."""
    with (folder / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while (free := shutil.disk_usage(folder).free) > leave or not leave:
            file.write(bytes(max(1, min(free - leave, 1_000_000))))


def _take_all_names(here: Installation) -> None:
    with suppress(OSError):
        for number in range(1000):
            (here.root("no_names") / str(number)).touch()


def _give_names(here: Installation) -> None:
    for path in here.root("no_names").iterdir():
        path.unlink()


def _unfill(folder: Path) -> None:
    (folder / "filler").unlink()


def _never_back_up(here: Installation) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=40)
    here.database.rows("UPDATE auth_user SET date_joined = ?", long_ago.isoformat(" "))


DISKS = {
    "root_other_disk": Fault(_leave_the_mount_point, lambda h: plug_in(h.work, "exchanged")),
    "root_missing": Fault(_take_the_root_away, lambda h: plug_in(h.work, "missing")),
    "root_read_only": Fault(_make_read_only, lambda h: _remount(h.root("read_only"), "rw")),
    "root_closed": Fault(
        lambda h: h.root("closed").chmod(0), lambda h: h.root("closed").chmod(0o755)
    ),
    "root_full": Fault(
        lambda h: _fill(h.root("full"), leave=1_000_000), lambda h: _unfill(h.root("full"))
    ),
    "root_no_names": Fault(_take_all_names, _give_names),
    "root_silent": Fault(
        lambda h: h.pool.send_signal(signal.SIGSTOP), lambda h: h.pool.send_signal(signal.SIGCONT)
    ),
    "link_target_missing": Fault(
        lambda h: (h.work / "target").rmdir(), lambda h: (h.work / "target").mkdir()
    ),
    "backup_never": Fault(_never_back_up, lambda h: h.manage("backup")),
}

# --- what lies in the data directory


def _lay_open(here: Installation) -> None:
    here.data.chmod(0o755)
    (here.data / "secret_key").chmod(0o644)


def _close(here: Installation) -> None:
    here.press("data_dir_open")
    here.data.chmod(0o700)


def _fail_a_backup(here: Installation) -> None:
    (here.data / "backups").chmod(0o500)
    here.manage("backup", code=1)


def _make_a_backup(here: Installation) -> None:
    (here.data / "backups").chmod(0o700)
    here.manage("backup")


def _grow_the_log(here: Installation) -> None:
    """What is written and taken back stays in it."""
    with closing(sqlite3.connect(here.data / "aniworld.db", isolation_level=None)) as opened:
        opened.execute("PRAGMA cache_size = 10")
        opened.execute("BEGIN IMMEDIATE")
        opened.execute("CREATE TABLE scratch (content BLOB)")
        for _ in range(27):
            opened.execute("INSERT INTO scratch VALUES (zeroblob(10000000))")
        opened.execute("ROLLBACK")


def _choose_sites(*, enabled: bool) -> Act:
    def choose(here: Installation) -> None:
        sites = here.product.api("GET", "config/section/providers", expect=200)["sites"]
        sites["aniworld"]["enabled"] = enabled
        here.configure("providers", sites=sites)

    return choose


DATA = {
    "no_site": Fault(_choose_sites(enabled=False), _choose_sites(enabled=True)),
    "set_up_missing": Fault(
        lambda h: (h.data / "set_up").unlink(), lambda h: h.press("set_up_missing")
    ),
    "data_dir_open": Fault(_lay_open, _close),
    "logs_unwritable": Fault(
        lambda h: (h.data / "logs").chmod(0o500), lambda h: (h.data / "logs").chmod(0o700)
    ),
    "backup_failed": Fault(_fail_a_backup, _make_a_backup),
    "redis_unreachable": Fault(lambda h: h.redis.stop(), lambda h: h.redis.start()),
    "scan_dead": Fault(lambda h: h.scan_that_is_killed(), lambda h: h.press("scan_dead")),
    "database_log_large": Fault(_grow_the_log, lambda h: h.press("database_log_large")),
    "data_dir_low": Fault(lambda h: _fill(h.data, leave=50_000_000), lambda h: _unfill(h.data)),
}

# --- processes, sites and scans


def _change_pages(here: Installation) -> None:
    here.world.fail("changed_markup", {"what": "stream"}, side="catalogue")
    here.refresh(SHOW, is_well=False)


def _challenge(here: Installation) -> None:
    here.world.fail("ddos_guard", side="catalogue")
    here.refresh(SHOW, is_well=False)


def _update(here: Installation) -> None:
    """The site is as it was, and read anew."""
    here.world.mend_all()
    here.refresh(SHOW, is_well=True)


def _ask_for_a_pause(here: Installation) -> None:
    here.world.fail_status(429, retry_after=900, side="catalogue")
    here.refresh(OTHER, is_well=False)


def _lose_files(here: Installation) -> None:
    (here.root("whole") / OTHER.title()).rename(here.work / "lost")
    here.manage("rescan", "--no-provider", code=1)


def _find_files(here: Installation) -> None:
    (here.work / "lost").rename(here.root("whole") / OTHER.title())
    here.manage("rescan", "--no-provider")


def _age_the_backup(here: Installation) -> None:
    path = here.data / "last_backup.json"
    told = json.loads(path.read_text())
    told["made_at"] = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    path.write_text(json.dumps(told))


def _break_the_file(here: Installation) -> None:
    """A backup takes its place at once."""
    here.product.api("POST", "config/backups", expect=201)
    (here.data / "config.json").write_text("{")


def _delete_what_was_set_aside(here: Installation) -> None:
    for aside in here.data.glob("config.json.broken-*"):
        aside.unlink()


def _worker(number: signal.Signals) -> Act:
    return lambda here: here.product.processes["worker"].send_signal(number)


WORK = {
    "removals_wait": Fault(_lose_files, _find_files),
    "site_refuses": Fault(_change_pages, _update),
    "backup_old": Fault(_age_the_backup, lambda h: h.manage("backup")),
    "config_set_aside": Fault(_break_the_file, _delete_what_was_set_aside),
    "worker_dead": Fault(_worker(signal.SIGSTOP), _worker(signal.SIGCONT)),
}
MORE_WORK = {
    "site_refuses": Fault(_challenge, _update),
    "host_held": Fault(_ask_for_a_pause, lambda h: h.press("host_held")),
    "config_unwritable": Fault(
        lambda h: (h.data / "config.json").chmod(0o400),
        lambda h: (h.data / "config.json").chmod(0o600),
    ),
    "worker_dead": Fault(lambda h: h.product.stop("worker", by=signal.SIGKILL), start_worker),
}


def _clock(seconds: int) -> Act:
    """Before any site has said what time it is, and after."""
    return lambda here: here.clock.put(seconds)


# --- such as leave room for nothing else


def _break_the_configuration(here: Installation) -> None:
    shutil.copy(here.data / "config.json", here.data / "kept.json")
    shutil.rmtree(here.data / "config_backups")
    (here.data / "config.json").write_text("{")


def _mend_the_configuration(here: Installation) -> None:
    _delete_what_was_set_aside(here)
    content = (here.data / "kept.json").read_bytes()
    (here.data / "config.json").write_bytes(content)


def _take_roots_away(here: Installation) -> None:
    library = here.product.api("GET", "config/section/library", expect=200)
    (here.work / "roots.json").write_text(json.dumps(library["directories"]))
    here.configure("library", directories=[])


def _give_roots_back(here: Installation) -> None:
    here.configure("library", directories=json.loads((here.work / "roots.json").read_text()))


CLOCK: dict[str, dict[str, Fault]] = {
    "clock a day back": {"clock_wrong": Fault(_clock(-DAY), _clock(0))},
    "clock a day ahead": {"clock_wrong": Fault(_clock(DAY), _clock(0))},
}
ROUNDS: dict[str, dict[str, Fault]] = {
    "clock back, unheard": {"clock_back": Fault(_clock(-DAY), _clock(0))},
    "disks": DISKS,
    "data directory": DATA,
    "work": WORK,
    "more work": MORE_WORK,
    "configuration": {"config_unusable": Fault(_break_the_configuration, _mend_the_configuration)},
    **CLOCK,
    "no folder": {"no_root": Fault(_take_roots_away, _give_roots_back)},
}


def test_an_installation_that_is_well_tells_nothing(here: Installation) -> None:
    wait_until(lambda: not here.repairs(), seconds=SECONDS, what=f"nothing, not {here.repairs()}")
    assert here.doctor() == ([], 0)


@pytest.mark.parametrize("name", ROUNDS)
def test_faults_are_told_once_each_and_gone_in_time(
    here: Installation, name: str, proved: Prove
) -> None:
    faults = ROUNDS[name]
    with ExitStack() as planted:
        for fault in faults.values():
            fault.plant(here)
            planted.callback(fault.mend, here)
        here.told(list(faults))
        here.shown(list(faults))
        told, exit_code = here.doctor()
        assert Counter(told) == Counter(list(faults))
        assert exit_code == max(EXIT_CODES[KINDS[code].severity] for code in faults)
    if "root_read_only" in faults:  # it lets nobody go on by itself
        here.told(["queue_paused_itself"])
        here.press("queue_paused_itself")
    here.told([])
    here.shown([])
    proved(f"faults ({name}): {', '.join(sorted(faults))}: each told once, and gone when mended")


# --- such as no browser can be told of: the event could not be written


def _lock_the_database(here: Installation) -> sqlite3.Connection:
    opened = sqlite3.connect(here.data / "aniworld.db", isolation_level=None)
    opened.execute("BEGIN IMMEDIATE")
    return opened


def _found_in_time(here: Installation, codes: list[str]) -> None:
    """By whoever asks."""
    wait_until(
        lambda: [one["code"] for one in here.repairs()] == codes, seconds=SECONDS, what=str(codes)
    )


def test_a_locked_database_is_told_once(here: Installation, proved: Prove) -> None:
    """The worker cannot give a sign of life, which is no second fault."""
    locked = _lock_the_database(here)
    _found_in_time(here, ["database_unusable_now"])
    assert here.doctor() == (["database_unusable_now"], 2)
    locked.close()
    _found_in_time(here, [])
    proved("faults: a database that another program has locked is told once, and gone in time")


def test_a_full_data_directory_is_told_once(here: Installation, proved: Prove) -> None:
    with closing(sqlite3.connect(here.data / "aniworld.db")) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # no room in a file it has already
    _fill(here.data, leave=0)
    _found_in_time(here, ["data_dir_full"])
    assert here.doctor() == (["data_dir_full"], 2)
    _unfill(here.data)
    _found_in_time(here, [])
    proved("faults: a full data directory is told once, and gone in time")


# --- with nobody there who could tell


def test_the_doctor_tells_the_same_with_everything_dead(here: Installation, proved: Prove) -> None:
    for name in ("worker", "web"):
        here.product.stop(name, by=signal.SIGKILL)
    faults = {code: DISKS[code] for code in ("root_missing", "root_closed", "root_full")}
    faults["data_dir_low"] = DATA["data_dir_low"]
    for fault in faults.values():
        fault.plant(here)
    told, exit_code = here.doctor()
    assert Counter(told) == Counter([*faults, "worker_dead"])
    assert exit_code == 2
    for fault in faults.values():
        fault.mend(here)
    assert here.doctor() == (["worker_dead"], 2)
    config = here.data / "config.json"
    content = config.read_bytes()
    shutil.rmtree(here.data / "config_backups")
    config.write_text("{")
    assert here.doctor() == (["config_unusable"], 2)
    _delete_what_was_set_aside(here)
    config.write_bytes(content)
    here.data.chmod(0)
    assert here.doctor() == (["environment_unusable"], 2)
    here.data.chmod(0o700)
    proved("faults: the doctor tells the same with web server and worker dead")
