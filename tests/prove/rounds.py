"""Faults in rounds, for ``test_repairs``: such as do not touch each other are planted together."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.product import wait_until
from tests.prove.faulty import OTHER, SHOW, Installation, plug_in, pull_out, start_worker

Act = Callable[[Installation], object]
DAY = 86_400


class Fault(NamedTuple):
    """What is done to the installation, and what mends that."""

    plant: Act
    mend: Act


# --- disks


def _leave_the_mount_point(here: Installation) -> None:
    """A scan that stops at it is no second fault, nor is one needed to mend it."""
    pull_out(here.work, "exchanged")
    here.manage("rescan", "--no-provider", code=1)


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


def fill(folder: Path, *, leave: int) -> None:
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


def unfill(folder: Path) -> None:
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
        lambda h: fill(h.root("full"), leave=1_000_000), lambda h: unfill(h.root("full"))
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
    "logs_unwritable": Fault(
        lambda h: (h.data / "logs").chmod(0o500), lambda h: (h.data / "logs").chmod(0o700)
    ),
    "backup_failed": Fault(_fail_a_backup, _make_a_backup),
    "redis_unreachable": Fault(lambda h: h.redis.stop(), lambda h: h.redis.start()),
    "database_log_large": Fault(_grow_the_log, lambda h: h.press("database_log_large")),
    "data_dir_low": Fault(lambda h: fill(h.data, leave=50_000_000), lambda h: unfill(h.data)),
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
    """All that are known in a folder that is not empty for it."""
    (here.root("whole") / "notes.txt").touch()
    (here.root("whole") / OTHER.title()).rename(here.work / "lost")
    here.manage("rescan", "--no-provider", code=1)


def _find_files(here: Installation) -> None:
    (here.work / "lost").rename(here.root("whole") / OTHER.title())
    here.manage("rescan", "--no-provider")
    (here.root("whole") / "notes.txt").unlink()


def _age_the_backup(here: Installation) -> None:
    path = here.data / "last_backup.json"
    told = json.loads(path.read_text())
    told["made_at"] = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    path.write_text(json.dumps(told))


def _break_the_file(here: Installation) -> None:
    """A backup takes its place at once."""
    here.product.api("POST", "config/backups", expect=201)
    (here.data / "config.json").write_text("{")


def delete_what_was_set_aside(here: Installation) -> None:
    for aside in here.data.glob("config.json.broken-*"):
        aside.unlink()


def _worker(number: signal.Signals) -> Act:
    return lambda here: here.product.processes["worker"].send_signal(number)


WORK = {
    "removals_wait": Fault(_lose_files, _find_files),
    "site_refuses": Fault(_change_pages, _update),
    "backup_old": Fault(_age_the_backup, lambda h: h.manage("backup")),
    "config_set_aside": Fault(_break_the_file, delete_what_was_set_aside),
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
    # A worker that lives would end it at once; what is planted last is mended first.
    "scan_dead": Fault(lambda h: h.scan_that_is_killed(), lambda h: h.press("scan_dead")),
}


def _clock(seconds: int) -> Act:
    """Before any site has said what time it is, and after."""
    return lambda here: here.clock.put(seconds)


# --- such as leave room for nothing else


def _break_the_configuration(here: Installation) -> None:
    shutil.copy(here.data / "config.json", here.data / "kept.json")
    break_beyond_repair(here)


def break_beyond_repair(here: Installation) -> None:
    """There is no copy that could take its place."""
    shutil.rmtree(here.data / "config_backups", ignore_errors=True)
    (here.data / "config.json").write_text("{")


def _mend_the_configuration(here: Installation) -> None:
    delete_what_was_set_aside(here)
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
