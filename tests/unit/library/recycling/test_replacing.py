"""A file takes the place of another by way of the bin; and the two change places again."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from library import moving
from library.errors import NotBinned
from library.models import AnimeSeries, BinnedFile, MediaFile
from library.recycling.recover import recover
from library.recycling.replacing import Replacement, check_bin, plan
from library.recycling.restore import Taken
from library.renaming.disks import Disks
from library.services import episode_arrived
from tests.unit.library.conftest import rescan, result
from tests.unit.library.recycling.conftest import FIRST, FIRST_FILES, facts, in_bin, only
from tests.unit.library.recycling.test_restore import bring_back, undo

pytestmark = pytest.mark.django_db
OTHER = f"{FIRST} [German Dub].mkv"


@pytest.fixture(params=["links", "no links"])
def with_and_without(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "no links":

        def refuse(*_: Any, **__: Any) -> None:
            raise OSError(errno.EPERM, "no links here")

        monkeypatch.setattr(os, "link", refuse)


def begun(root: Path, target: str = f"{FIRST}.mkv") -> Replacement:
    source = root / ".aniworld/7/finished.mkv"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text("the new one")
    series = AnimeSeries.objects.get()
    assert series.root is not None
    replacement = plan(
        old=root / f"{FIRST}.mkv",
        source=source,
        target=root / target,
        root=series.root,
        series=series,
    )
    assert replacement is not None
    return replacement


def settle(replacement: Replacement, root: Path, target: str = f"{FIRST}.mkv") -> None:
    facts = (root / target).stat()
    with transaction.atomic():
        episode_arrived(
            series=AnimeSeries.objects.get(),
            season=1,
            episode=1,
            path=root / target,
            size=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
        )
        replacement.settle()
    assert text(root / counting()), "what counts is not there"
    replacement.finish(Disks())


def counting() -> str:
    return AnimeSeries.objects.get().episodes.get(season=1, episode_number=1).file_path


def text(path: Path) -> str:
    return path.read_text() if os.path.lexists(path) else ""


@pytest.mark.usefixtures("with_and_without")
def test_a_file_of_the_same_name_takes_the_place(home: Path) -> None:
    replacement = begun(home)
    assert counting() == f"{FIRST}.mkv"
    replacement.carry_out()
    settle(replacement, home)
    assert text(home / f"{FIRST}.mkv") == "the new one"
    assert {f"{FIRST}{end}" for end in (".mkv", ".de.srt", ".nfo", "-thumb.jpg")} >= FIRST_FILES
    assert (home / f"{FIRST}.nfo").exists(), "what lies beside it fits the new one"
    assert in_bin(home) == {f"{FIRST}.mkv"}
    assert (only().reason, only().state) == ("REPLACED", "BINNED")
    assert (counting(), MediaFile.objects.get(path=f"{FIRST}.mkv").size) == (f"{FIRST}.mkv", 11)
    found = rescan(full=True)
    assert [result(found)[name] for name in ("new", "changed", "gone")] == [0, 0, 0]


@pytest.mark.usefixtures("with_and_without")
def test_a_file_of_another_name_takes_the_place(home: Path) -> None:
    replacement = begun(home, OTHER)
    replacement.carry_out()
    assert counting() == f"{FIRST}.mkv"
    settle(replacement, home, OTHER)
    assert in_bin(home) == FIRST_FILES
    assert counting() == OTHER
    assert MediaFile.objects.filter(path=f"{FIRST}.mkv").count() == 0


@pytest.mark.usefixtures("with_and_without")
@pytest.mark.parametrize("target", [f"{FIRST}.mkv", OTHER])
def test_undo_lets_them_change_places(
    home: Path, target: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    known = facts(f"{FIRST}.mkv")
    replacement = begun(home, target)
    replacement.carry_out()
    settle(replacement, home, target)
    undo("series.file_replaced", django_capture_on_commit_callbacks)
    assert text(home / f"{FIRST}.mkv") == f"{FIRST}.mkv"
    assert (home / f"{FIRST}.nfo").exists()
    assert (facts(f"{FIRST}.mkv"), counting()) == (known, f"{FIRST}.mkv")
    assert in_bin(home) == {target}
    assert (only().reason, only().state) == ("SWAPPED_BACK", "BINNED")
    assert not BinnedFile.objects.exclude(pk=only().pk).exists()
    # And once more: the new one again.
    assert bring_back(Taken.SWAPPED).videos == 1
    assert (text(home / target), counting()) == ("the new one", target)


def test_a_restore_that_does_not_swap_leaves_the_new_one(home: Path) -> None:
    replacement = begun(home)
    replacement.carry_out()
    settle(replacement, home)
    assert bring_back().videos == 0
    assert text(home / f"{FIRST}.mkv") == "the new one"


@pytest.mark.usefixtures("with_and_without")
@pytest.mark.parametrize("target", [f"{FIRST}.mkv", OTHER])
def test_it_can_be_taken_back(home: Path, target: str) -> None:
    replacement = begun(home, target)
    replacement.carry_out()
    replacement.take_back()
    assert text(home / f"{FIRST}.mkv") == f"{FIRST}.mkv"
    assert text(home / ".aniworld/7/finished.mkv") == "the new one"
    assert (in_bin(home), counting()) == (set(), f"{FIRST}.mkv")
    assert not BinnedFile.objects.exists()


class Killed(BaseException):
    """As if the process ended here."""


def steps(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[None]:
    """Let the process end before its change of that number on the disk."""
    left = iter(range(number))

    def dying(real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            if next(left, None) is None:
                raise Killed
            return real(*args, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr("library.recycling.carry.os.link", dying(os.link))
        patch.setattr("pathlib.Path.replace", dying(Path.replace))
        patch.setattr("library.moving._renameat2", dying(moving._renameat2))
        patch.setattr("pathlib.Path.mkdir", dying(Path.mkdir))
        yield


@pytest.mark.usefixtures("with_and_without")
@pytest.mark.parametrize("target", [f"{FIRST}.mkv", OTHER])
@pytest.mark.parametrize("number", range(12))
def test_wherever_it_ends_one_good_file_counts(
    home: Path, monkeypatch: pytest.MonkeyPatch, target: str, number: int
) -> None:
    replacement = begun(home, target)
    for _ in steps(monkeypatch, number):
        with contextlib.suppress(Killed):
            replacement.carry_out()
            settle(replacement, home, target)
    recover(Disks(), of_worker=True)
    new, old = text(home / target), text(home / f"{FIRST}.mkv")
    if BinnedFile.objects.exists():
        assert (only().state, new) == ("BINNED", "the new one")
        assert f"{FIRST}.mkv" in in_bin(home)
    else:
        assert (old, text(home / ".aniworld/7/finished.mkv")) == (f"{FIRST}.mkv", "the new one")
        assert in_bin(home) == set()
        assert counting() == f"{FIRST}.mkv"
    assert text(home / counting()) in (f"{FIRST}.mkv", "the new one")


def test_a_new_file_that_nobody_has_said_to_count_goes_back(home: Path) -> None:
    begun(home, OTHER).carry_out()
    assert text(home / OTHER) == "the new one"
    recover(Disks(), of_worker=True)
    assert (counting(), text(home / counting())) == (f"{FIRST}.mkv", f"{FIRST}.mkv")
    assert text(home / ".aniworld/7/finished.mkv") == "the new one"
    assert (in_bin(home), BinnedFile.objects.count()) == (set(), 0)


def test_the_bin_is_looked_at_before_anything_is_fetched(home: Path, tmp_path: Path) -> None:
    series = AnimeSeries.objects.get()
    assert series.root is not None
    check_bin(series.root, home / f"{FIRST}.mkv")
    (tmp_path / "elsewhere").mkdir()
    (home / ".aniworld/bin").rename(tmp_path / "elsewhere/bin")
    (home / ".aniworld/bin").symlink_to(tmp_path / "elsewhere/bin")
    with pytest.raises(NotBinned):
        check_bin(series.root, home / f"{FIRST}.mkv")


def test_where_nothing_is_there_nothing_is_replaced(home: Path) -> None:
    source = home / "new.mkv"
    source.write_text("new")
    series = AnimeSeries.objects.get()
    assert series.root is not None
    target = home / "Show (2013)/nothing.mkv"
    assert plan(old=target, source=source, target=target, root=series.root, series=series) is None


def test_where_the_disk_refuses_nothing_is_done_and_nothing_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replacement = begun(home)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(OSError, match="full"):
        replacement.carry_out()
    assert text(home / f"{FIRST}.mkv") == f"{FIRST}.mkv"
    assert not BinnedFile.objects.exists()


@pytest.mark.parametrize("target", [f"{FIRST}.mkv", OTHER])
def test_undo_leaves_a_file_that_came_later(
    home: Path, target: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """What has replaced the old one has gone; another one, maybe of another episode, has its
    name."""
    replacement = begun(home, target)
    replacement.carry_out()
    settle(replacement, home, target)
    (home / target).unlink()
    (home / "later").write_text("came later")
    (home / "later").rename(home / target)
    if target == OTHER:
        undo("series.file_replaced", django_capture_on_commit_callbacks)
        assert text(home / f"{FIRST}.mkv") == f"{FIRST}.mkv"
    else:
        with pytest.raises(NotBinned) as refused:
            undo("series.file_replaced", django_capture_on_commit_callbacks)
        assert refused.value.params["why"] == "taken"
        assert in_bin(home) == {f"{FIRST}.mkv"}
    assert text(home / target) == "came later"


def test_undo_knows_its_file_on_a_disk_that_was_copied(
    home: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    replacement = begun(home)
    replacement.carry_out()
    settle(replacement, home)
    new = home / f"{FIRST}.mkv"
    shutil.copy2(new, home / "copy")
    (home / "copy").rename(new)
    undo("series.file_replaced", django_capture_on_commit_callbacks)
    assert text(new) == f"{FIRST}.mkv"
