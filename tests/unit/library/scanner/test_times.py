"""Directories whose time does not move: on a disk that is believed, and on one that is not.

That a directory is given its old time back after a change imitates a file system that never moves
it. Real ones: ``tests/prove``.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from aniworld.config import mounts, store
from aniworld.config.mounts import Mount
from library.models import AnimeSeries, LibraryRoot, MediaFile, ScannedDirectory
from library.models.files import StoredMount
from library.scanner import trust
from tests.unit.library.conftest import (
    LONG_AGO,
    Put,
    only_series,
    rescan,
    result,
    states,
)
from tests.unit.library.fakes import FakeSite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_ways")]


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kind of file system that everything lies on; the last one counts."""
    kinds = ["ext4"]
    monkeypatch.setattr(mounts.Mounts, "of", lambda *_: Mount("/", kinds[-1], "/dev/disk"))
    return kinds


def mount_of_root() -> StoredMount:
    (mount,) = LibraryRoot.objects.get().mounts
    stored: StoredMount = mount
    return stored


def looked_at() -> datetime:
    when = LibraryRoot.objects.get().full_look_at
    assert when is not None
    return when


def keep_time(directory: Path, change: object) -> None:
    """Give a directory its old time back after a change in it."""
    before = directory.stat()
    assert callable(change)
    change()
    os.utime(directory, ns=(before.st_atime_ns, before.st_mtime_ns))


def add(path: Path) -> None:
    path.write_bytes(b"x" * 1000)
    os.utime(path, (LONG_AGO, LONG_AGO))


SEASON = "Show/Season 1"
MOST = [f"{SEASON}/S01E01.mkv", f"{SEASON}/S01E02.mkv", "Show/Season 2/S02E01.mkv"]


@pytest.mark.parametrize("name", ["fuse.mergerfs", "exfat", "cifs", "nfs4", "overlay", "strange"])
def test_names_are_read_where_times_are_not_believed(
    show: FakeSite, put: Put, library: Path, kind: list[str], name: str
) -> None:
    kind.append(name)
    put(*MOST)
    rescan()
    season = library / SEASON
    keep_time(season, lambda: add(season / "S01E03.mkv"))
    assert result(rescan())["new"] == 1
    keep_time(season, (season / "S01E01.mkv").unlink)
    assert result(rescan())["gone"] == 1
    keep_time(season, lambda: (season / "S01E02.mkv").rename(season / "S01E01.mkv"))
    rescan()
    assert states(only_series()) == {
        (0, 1): "MISSING",
        (1, 1): "PRESENT",
        (1, 2): "MISSING",
        (1, 3): "PRESENT",
        (2, 1): "PRESENT",
        (2, 2): "MISSING",
        (2, 3): "ANNOUNCED",
    }
    assert mount_of_root()["trusted"] is False


def test_unchanged_names_are_left_alone_where_times_are_not_believed(
    show: FakeSite, put: Put, library: Path, kind: list[str]
) -> None:
    kind.append("fuse.mergerfs")
    put(*MOST)
    rescan()
    read = dict(ScannedDirectory.objects.values_list("path", "scanned_at"))
    (library / MOST[0]).write_bytes(b"longer" * 1000)  # its size is a full look's affair
    assert result(rescan())["changed"] == 0
    assert dict(ScannedDirectory.objects.values_list("path", "scanned_at")) == read


def test_one_lie_ends_the_trust_and_everything_is_read_in_the_same_scan(
    show: FakeSite, put: Put, library: Path, kind: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(*MOST)
    rescan()
    assert mount_of_root()["trusted"] is True
    one, other = library / SEASON, library / "Show/Season 2"
    keep_time(one, lambda: add(one / "S01E03.mkv"))
    keep_time(other, lambda: add(other / "S02E02.mkv"))
    in_sample = library / SEASON
    monkeypatch.setattr(
        trust.RootTrust, "samples", lambda _self, _device, path: library / path == in_sample
    )
    assert result(rescan())["new"] == 2
    mount = mount_of_root()
    assert (mount["trusted"], mount["reason"]) == (
        False,
        {"code": "times_lied", "params": {"path": str(one)}},
    )
    keep_time(other, lambda: add(other / "S02E03.mkv"))
    assert result(rescan())["new"] == 1  # and it is not forgotten


def test_lie_is_known_to_every_root_on_that_mount(
    show: FakeSite, put: Put, library: Path, kind: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = library.parent / "other"
    put(*MOST)
    put("Other/Season 1/S01E01.mkv", root=other)
    store.update(lambda data: data["library"].update(directories=[str(library), str(other)]))
    rescan()
    season, hidden = library / SEASON, other / "Other/Season 1"
    keep_time(season, lambda: add(season / "S01E03.mkv"))
    keep_time(hidden, lambda: add(hidden / "S01E02.mkv"))
    monkeypatch.setattr(
        trust.RootTrust, "samples", lambda self, _device, _path: self._root == str(library)
    )
    assert result(rescan())["new"] == 2
    assert {root.mounts[0]["trusted"] for root in LibraryRoot.objects.all()} == {False}


@pytest.mark.parametrize("order", [1, -1])
def test_lie_that_one_root_keeps_holds_for_what_another_one_keeps(order: int) -> None:
    """A scan of one series writes to one root alone."""
    mount = Mount("/mnt", "ext4", "x")
    honest = trust._Part(trust.MountTrust(mount, kept=trust.ENOUGH)).as_json()
    lying = trust._Part(trust.MountTrust(mount, kept=1, lied="/mnt/Show")).as_json()
    known = trust.Trust([honest, lying][::order])._known[mount]
    assert (known.is_trusted, known.kept, known.lied) == (False, 1, "/mnt/Show")


def test_every_directory_has_its_turn_in_the_sample() -> None:
    number = trust.LONGEST_TURN * trust.SAMPLE * 2
    paths = [f"Show {n}" for n in range(number)]
    part = trust._Part(trust.MountTrust(Mount("/", "ext4", "")), directories=number)
    seen: set[str] = set()
    for turn in range(trust.LONGEST_TURN):
        part.number = turn
        of_turn = {path for path in paths if part.is_in_sample(path)}
        assert trust.SAMPLE < len(of_turn) < number / 10
        seen |= of_turn
    assert seen == set(paths)


@pytest.mark.parametrize("name", ["strange", "nfs"])
def test_trust_is_earned_where_the_kind_is_not_known(
    show: FakeSite, put: Put, library: Path, kind: list[str], name: str
) -> None:
    is_earned = name == "strange"
    kind.append(name)
    put(*(f"Show/Season {n}/S{n:02}E01.mkv" for n in range(1, trust.ENOUGH + 2)))
    rescan()
    assert mount_of_root()["reason"]["code"] == ("times_unknown" if is_earned else "times_of_kind")
    put(*(f"Show/Season {n}/S{n:02}E02.mkv" for n in range(1, trust.ENOUGH + 2)))
    rescan()
    rescan()
    assert mount_of_root()["trusted"] is is_earned
    season = library / "Show/Season 1"
    keep_time(season, lambda: add(season / "S01E03.mkv"))
    assert result(rescan())["new"] == 1  # a small library is all sample
    assert mount_of_root()["trusted"] is False


def test_trust_that_was_lost_is_earned_again(
    show: FakeSite, put: Put, library: Path, kind: list[str]
) -> None:
    put(*(f"Show/Season {n}/S{n:02}E01.mkv" for n in range(1, trust.ENOUGH + 2)))
    rescan()
    season = library / "Show/Season 1"
    keep_time(season, lambda: add(season / "S01E03.mkv"))
    rescan()
    assert mount_of_root()["trusted"] is False
    put(*(f"Show/Season {n}/S{n:02}E02.mkv" for n in range(1, trust.ENOUGH + 2)))
    rescan()
    assert mount_of_root()["trusted"] is False  # not within the scan that saw it
    rescan()
    assert mount_of_root()["reason"]["code"] == "times_earned"


def test_full_look_happens_by_itself_at_its_age(
    show: FakeSite, put: Put, library: Path, kind: list[str]
) -> None:
    put(*MOST)
    rescan()
    looked = looked_at()
    file = library / MOST[0]
    file.write_bytes(b"longer" * 1000)
    os.utime(file, (LONG_AGO, LONG_AGO))
    assert result(rescan())["changed"] == 0
    assert looked_at() == looked
    store.update(lambda data: data["library"].update(full_look_days=3))
    LibraryRoot.objects.update(full_look_at=timezone.now() - timedelta(days=3, minutes=1))
    assert result(rescan(series="show"))["changed"] == 1  # which looks into one folder
    assert looked_at() < looked
    MediaFile.objects.filter(path=MOST[0]).update(size=5)
    show.asked.clear()
    assert result(rescan())["changed"] == 1
    assert looked_at() > looked
    assert show.asked == []  # what the sites know has nothing to do with it


def test_directories_remembered_before_their_names_were_are_read_once(
    show: FakeSite, put: Put, library: Path, kind: list[str]
) -> None:
    kind.append("exfat")
    put(*MOST)
    rescan()
    ScannedDirectory.objects.update(names=None)
    assert (result(rescan())["new"], result(rescan())["gone"]) == (0, 0)
    assert not ScannedDirectory.objects.filter(names=None).exists()


def test_a_full_look_from_a_clock_that_was_set_back_is_due(
    show: FakeSite, put: Put, library: Path, kind: list[str]
) -> None:
    """By that clock it would have been due in years."""
    put(*MOST)
    rescan()
    ahead = timezone.now() + timedelta(days=3650)
    LibraryRoot.objects.update(full_look_at=ahead)
    rescan()
    assert looked_at() < ahead


def test_a_catalogue_read_by_a_clock_that_was_set_back_is_read_anew(
    show: FakeSite, put: Put, library: Path, kind: list[str]
) -> None:
    put(*MOST)
    rescan()
    known = AnimeSeries.objects.filter(refreshed_at__isnull=False)
    usual = timedelta(days=1)
    assert known.exists()
    assert not known.due(usual).exists()
    known.update(refreshed_at=timezone.now() + timedelta(days=3650))
    assert known.due(usual).exists()
