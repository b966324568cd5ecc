"""Faults planted in a running installation are told within thirty seconds, each exactly once and
with no page open, and are gone within thirty of being mended.

Pages, API and ``manage.py doctor`` tell the same.
"""

from __future__ import annotations

import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from aniworld.system.kinds import KINDS
from aniworld.system.unstarted import EXIT_CODES
from tests.product import wait_until
from tests.prove.conftest import Prove
from tests.prove.faulty import SECONDS, Installation, installation
from tests.prove.mounting import needs_root
from tests.prove.rounds import (
    DATA,
    DISKS,
    ROUNDS,
    Act,
    break_beyond_repair,
    delete_what_was_set_aside,
    fill,
    unfill,
)

pytestmark = [
    needs_root,
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("faults")) as made:
        yield made


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


# --- one that each start of a process mends, and so the doctor's as well


def _lay_open(here: Installation) -> None:
    here.data.chmod(0o755)
    (here.data / "secret_key").chmod(0o644)


@pytest.mark.parametrize(
    "close", [lambda h: h.press("data_dir_open"), lambda h: h.doctor()], ids=["button", "doctor"]
)
def test_an_open_data_directory_is_told_once(here: Installation, close: Act, proved: Prove) -> None:
    _lay_open(here)
    here.told(["data_dir_open"])
    here.shown(["data_dir_open"])
    close(here)
    here.told([])
    here.shown([])
    assert here.doctor() == ([], 0)
    here.data.chmod(0o700)
    proved(
        "faults: an open data directory is told once, and gone when a button or a start closes it"
    )


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
    fill(here.data, leave=0)
    _found_in_time(here, ["data_dir_full"])
    assert here.doctor() == (["data_dir_full"], 2)
    unfill(here.data)
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
    # The worker once its sign of life has grown old.
    expected = Counter([*faults, "web_dead", "worker_dead"])
    wait_until(lambda: Counter(here.doctor()[0]) == expected, seconds=SECONDS, what=str(expected))
    assert here.doctor()[1] == 2
    for fault in faults.values():
        fault.mend(here)
    assert here.doctor() == (["web_dead", "worker_dead"], 2)
    config = here.data / "config.json"
    content = config.read_bytes()
    break_beyond_repair(here)
    assert here.doctor() == (["config_unusable", "web_dead"], 2)
    delete_what_was_set_aside(here)
    config.write_bytes(content)
    here.data.chmod(0)
    assert here.doctor() == (["environment_unusable"], 2)
    here.data.chmod(0o700)
    proved("faults: the doctor tells the same with web server and worker dead")
