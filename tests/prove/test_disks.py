"""Scans of real file systems: what comes and goes is seen by the next scan, by its process."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prove.mounting import KINDS, Disk, needs_root, pooled, shown_frozen, tmpfs
from tests.prove.owner import LONG_AGO, Owner, on_disk, put, settle

pytestmark = needs_root


@pytest.fixture(params=list(KINDS))
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    with KINDS[request.param](tmp_path) as mounted:
        yield mounted


def furnish(*parts: Path, shows: int = 3, episodes: int = 6) -> None:
    """Some series with their key files; the episodes are spread over the parts in turn."""
    for show in range(shows):
        for part in parts:
            put(part / f"Show {show}/Season 1/readme.txt")
        (parts[0] / f"Show {show}/key").write_text(f"show-{show}")
        for number in range(1, episodes + 1):
            part = parts[number % len(parts)]
            put(part / f"Show {show}/Season 1/S01E{number:02}.mkv")
    settle(*parts)


@pytest.mark.parametrize("keeps", ["times as they are", "times put back"])
def test_what_comes_and_goes_is_seen_by_the_next_scan(
    disk: Disk, tmp_path: Path, keeps: str
) -> None:
    furnish(*disk.parts)
    owner = Owner(tmp_path / "data", (disk.root,))
    assert owner.rescan().counts == (18, 0, 0)
    (mount,) = owner.mounts()
    assert (mount["kind"], mount["trusted"]) == (disk.kind, disk.is_believed)
    last = disk.parts[-1]
    season = last / "Show 1/Season 1"

    def after(*changed: Path) -> tuple[int, int, int]:
        if keeps == "times put back":
            for directory in changed:
                os.utime(directory, (LONG_AGO, LONG_AGO))
        counts = owner.rescan().counts
        assert owner.files() == on_disk(disk.root).keys()
        return counts

    put(season / "S01E07.mkv")
    assert after(season) == (1, 0, 0)
    assert after() == (0, 0, 0)
    next(season.glob("S01E0[1-6].mkv")).unlink()
    assert after(season) == (0, 0, 1)
    (season / "S01E07.mkv").rename(season / "S01E08.mkv")
    assert after(season) == (0, 1, 0)
    put(last / "Show 1/Season 2/S02E01.mkv")
    assert after(last / "Show 1", last / "Show 1/Season 2") == (1, 0, 0)
    shutil.rmtree(last / "Show 1/Season 2")
    assert after(last / "Show 1") == (0, 0, 1)
    put(last / "Show 9/S01E01.mkv")
    assert after(last / "Show 9") == (1, 0, 0)
    put(season / "S01E08.mkv", size=2000)  # under its name: a full look's affair
    owner.rescan("--full")
    assert owner.sizes() == on_disk(disk.root)


def test_what_is_believed_is_decided_for_each_mount_below_a_root(tmp_path: Path) -> None:
    root, source = tmp_path / "library", tmp_path / "source"
    furnish(root)
    put(source / "Season 1/S01E01.mkv")
    settle(source)
    owner = Owner(tmp_path / "data", (root,))
    with (
        tmpfs(tmp_path) as other,
        shown_frozen(source, tmp_path / "remote") as (remote, _),
    ):
        furnish(other.root, shows=1)
        (root / "By link").symlink_to(remote)
        (root / "On tmpfs").symlink_to(other.root / "Show 0")
        settle(root)
        owner.rescan()
        believed = {mount["kind"]: mount["trusted"] for mount in owner.mounts()}
        assert believed.pop("fuse") is False
        assert set(believed.values()) == {True}
        assert len(believed) == 2
        put(source / "Season 1/S01E02.mkv")
        assert owner.rescan().counts == (1, 0, 0)
        assert owner.files() == on_disk(root).keys()


@pytest.mark.parametrize("death", ["unmounted", "killed"])
@pytest.mark.parametrize("what", ["files", "folders"])
def test_mount_that_is_gone_behind_links_waits_for_the_owners_word(
    tmp_path: Path, what: str, death: str
) -> None:
    """A remote disk, whose process is killed or which is unmounted."""
    root, source = tmp_path / "library", tmp_path / "source"
    furnish(root)
    for show in (4, 5, 6):
        for number in range(1, 5):
            put(source / f"Show {show}/S01E{number:02}.mkv")
        (source / f"Show {show}/key").write_text(f"show-{show}")
    settle(source)
    owner = Owner(tmp_path / "data", (root,))
    owner.allow_links_to(tmp_path / "remote")
    with shown_frozen(source, tmp_path / "remote") as (remote, process):
        for folder in sorted(remote.iterdir()):
            if what == "folders":
                (root / folder.name).symlink_to(folder)
                continue
            for file in folder.iterdir():
                (root / folder.name).mkdir(exist_ok=True)
                (root / folder.name / file.name).symlink_to(file)
        settle(root)
        assert owner.rescan().counts == (30, 0, 0)
        assert owner.rescan().counts == (0, 0, 0)
        if death == "killed":
            process.send_signal(signal.SIGKILL)
            process.wait()
            for _ in range(2):
                scanned = owner.rescan()
                assert scanned.answer["error"]["code"] == "mass_removal"
                assert (len(owner.files()), len(owner.files("UNAVAILABLE"))) == (18, 12)
    if death == "unmounted":
        scanned = owner.rescan()
        assert scanned.answer["error"]["code"] == "mass_removal"
        assert (len(owner.files()), len(owner.files("UNAVAILABLE"))) == (18, 12)
    with shown_frozen(source, tmp_path / "remote"):
        assert owner.rescan().code == 0
        assert len(owner.files()) == 30
    assert owner.rescan().code == 1
    assert owner.rescan("--accept-removals").code == 0
    assert (len(owner.files()), owner.files("UNAVAILABLE")) == (18, set())
    assert owner.rescan().code == 0


def test_mounts_below_a_root_whose_processes_died_are_away(tmp_path: Path) -> None:
    root = tmp_path / "library"
    furnish(root)
    owner = Owner(tmp_path / "data", (root,))
    with contextlib.ExitStack() as stack:
        processes = []
        for show in (4, 5):
            source = tmp_path / f"source{show}"
            for number in range(1, 5):
                put(source / f"Season 1/S01E{number:02}.mkv")
            (source / "key").write_text(f"show-{show}")
            settle(source)
            shown = shown_frozen(source, root / f"Show {show}")
            processes.append(stack.enter_context(shown)[1])
        assert owner.rescan().counts == (26, 0, 0)
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
        for _ in range(2):
            assert owner.rescan().answer["error"]["code"] == "mass_removal"
            assert (len(owner.files()), len(owner.files("UNAVAILABLE"))) == (18, 8)


def test_library_on_a_mount_whose_process_died_changes_nothing(tmp_path: Path) -> None:
    source = tmp_path / "source"
    furnish(source)
    owner = Owner(tmp_path / "data", (tmp_path / "remote",))
    with shown_frozen(source, tmp_path / "remote") as (_, process):
        assert owner.rescan().counts == (18, 0, 0)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert owner.rescan().answer["error"]["code"] == "root_unavailable"
        assert len(owner.files()) == 18
    assert owner.rescan().answer["error"]["code"] == "root_unavailable"  # an empty mount point
    assert len(owner.files()) == 18


def test_pool_without_one_of_its_three_disks_waits_for_the_owners_word(tmp_path: Path) -> None:
    parts = tuple(tmp_path / f"branch{number}" for number in range(3))
    furnish(*parts, shows=8, episodes=12)
    pool = tmp_path / "pool"
    owner = Owner(tmp_path / "data", (pool,))
    with pooled(pool, parts):
        assert owner.rescan().counts == (96, 0, 0)
        assert owner.rescan().counts == (0, 0, 0)
    with pooled(pool, parts[:2]):
        for _ in range(2):
            assert owner.rescan().answer["error"]["code"] == "mass_removal"
            assert (len(owner.files()), len(owner.files("UNAVAILABLE"))) == (64, 32)
    with pooled(pool, parts):
        assert owner.rescan().code == 0
        assert len(owner.files()) == 96


NOBODY = 65534


def test_disk_that_another_user_mounted_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """FUSE shows a mount to nobody but who made it, unless it is told to."""
    from tests.integration.test_library_guards_process import python_for

    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    python = python_for(user)
    source = tmp_path / "source"
    furnish(source)
    for parent in (tmp_path, *tmp_path.parents[:4]):
        parent.chmod(0o755)
    root = tmp_path / "library"
    furnish(root, shows=1)
    packages = {"PYTHONPATH": sysconfig.get_path("purelib")}
    owner = Owner(tmp_path / "data", (root,), python, user, packages)
    (root / "By link").symlink_to(source / "Show 1")
    settle(root)
    assert owner.rescan().counts == (12, 0, 0)
    (root / "By link").unlink()
    with shown_frozen(source, tmp_path / "remote") as (remote, _):
        (root / "By link").symlink_to(remote / "Show 1")
        scanned = owner.rescan()
        assert (scanned.code, scanned.answer["result"]["gone"]) == (0, 0)
        assert len(owner.files()) == 12
        said = owner.manage("rescan", "--no-provider").stdout
        assert "By link: cannot be read: Permission denied" in said
