"""What is in the recycle bin goes when its time is up, and the rows follow the disk."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from aniworld.config import store
from aniworld.journal.models import Entry
from library.errors import NotInBin
from library.models import BinnedFile, MediaFile
from library.recycling import emptying, folder
from library.recycling.emptying import bytes_in_bin, delete_for_good, empty, empty_old
from library.recycling.recover import recover
from library.renaming.disks import Disks
from tests.unit.library.conftest import rescan
from tests.unit.library.recycling.conftest import FIRST, SECOND, delete, in_bin, only

pytestmark = pytest.mark.django_db


def test_only_what_is_old_enough_goes(home: Path) -> None:
    delete(episodes=(1,))
    BinnedFile.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    delete(episodes=(2,))
    outcome = empty_old(timezone.now())
    assert outcome.videos == 1
    assert in_bin(home) == {f"{SECOND}.mp4"}
    assert Entry.objects.get(action="bin.emptied").before["count"] == 1
    assert bytes_in_bin() == only().size


def test_all_goes_by_its_owners_word(home: Path) -> None:
    delete(episodes=None)
    assert empty().videos == 2
    assert not (home / ".aniworld").exists()
    with pytest.raises(NotInBin):
        empty()


def test_a_folder_of_no_row_goes_when_it_is_as_old_as_any_may_be(home: Path) -> None:
    delete()
    now = timezone.now()
    old, new = (folder.folder_name(now - timedelta(days=days), 77) for days in (15, 13))
    strange = [".aniworld/bin/mine", ".aniworld/bin/20261399T000000-1", ".aniworld/5"]
    for name in (*(f".aniworld/bin/{one}" for one in (old, new)), *strange):
        (home / name).mkdir(parents=True)
    empty_old(now)
    left = {one.name for one in (home / ".aniworld/bin").iterdir()}
    assert left == {new, only().folder, "mine", "20261399T000000-1", ".ignore", ".nomedia"}


def test_rows_of_a_bin_that_was_deleted_by_hand_are_forgotten(home: Path) -> None:
    delete(episodes=None)
    (home / ".aniworld").rename(home.with_name("thrown-away"))
    empty_old(timezone.now())
    assert not BinnedFile.objects.exists()


def test_of_a_disk_that_is_away_nothing_is_forgotten(home: Path) -> None:
    delete(episodes=None)
    BinnedFile.objects.filter(path=f"{FIRST}.mkv").update(kept_until=timezone.now())
    home.rename(home.with_name("away"))
    assert [error.params["why"] for _, error in empty_old(timezone.now()).left] == ["root_away"]
    assert BinnedFile.objects.count() == 2
    home.with_name("away").rename(home)
    assert empty_old(timezone.now()).videos == 1
    assert in_bin(home) == {f"{SECOND}.mp4"}


def test_a_root_that_left_the_settings_keeps_its_bin(home: Path, tmp_path: Path) -> None:
    delete()
    BinnedFile.objects.update(kept_until=timezone.now())
    (tmp_path / "other").mkdir()
    store.update(lambda data: data["library"].update(directories=[str(tmp_path / "other")]))
    assert empty_old(timezone.now()).videos == 0
    assert f"{FIRST}.mkv" in in_bin(home)
    store.update(lambda data: data["library"].update(directories=[str(home)]))
    assert empty_old(timezone.now()).videos == 1


def test_a_link_in_the_bin_is_deleted_and_not_followed(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_text("secret")
    delete()
    row = only()
    (home / ".aniworld/bin" / row.folder / "link").symlink_to(secret)
    delete_for_good([row.pk])
    assert (secret / "file").read_text() == "secret"
    delete(episodes=(2,))
    row = only()
    there = home / ".aniworld/bin" / row.folder
    there.rename(tmp_path / "moved")
    there.symlink_to(secret)
    delete_for_good([row.pk])
    assert (secret / "file").read_text() == "secret"
    assert not there.is_symlink()


def test_a_scan_puts_right_what_a_dead_process_has_left(home: Path) -> None:
    delete()
    row = only()
    BinnedFile.objects.update(state="MOVING")  # as if it had died before it said so
    MediaFile.objects.create(
        root=row.root,
        series=row.series,
        path=row.path,
        seen_at=timezone.now(),
        folder="Show (2013)",
    )
    assert recover(Disks()) == 0, "the worker's"
    assert recover(Disks(), of_worker=True) == 1
    assert only().state == "BINNED"
    assert not MediaFile.objects.filter(path=row.path).exists()
    assert rescan().state == "COMPLETED"


def test_what_is_restored_between_the_look_and_the_claim_stays(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete(episodes=None)
    BinnedFile.objects.update(kept_until=timezone.now())
    wanted, over = BinnedFile.objects.get(path=f"{FIRST}.mkv").pk, emptying._over

    def meanwhile(due: Sequence[BinnedFile]) -> list[BinnedFile]:
        BinnedFile.objects.filter(pk=wanted).update(state="RESTORING")
        return over(due)

    monkeypatch.setattr(emptying, "_over", meanwhile)
    assert empty_old(timezone.now()).videos == 1
    assert f"{FIRST}.mkv" in in_bin(home)
    assert only().state == "RESTORING"


@pytest.mark.parametrize("at_once", [1, 200])
def test_one_that_cannot_be_deleted_keeps_no_other_from_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    delete(episodes=None)
    BinnedFile.objects.update(kept_until=timezone.now())
    first, second = BinnedFile.objects.order_by("pk")
    monkeypatch.setattr(emptying, "AT_ONCE", at_once)
    real = folder.delete

    def refuses_one(root: Path, name: str) -> None:
        if name == first.folder:
            raise PermissionError(errno.EPERM, "not this one")  # as of an immutable file
        real(root, name)

    monkeypatch.setattr(folder, "delete", refuses_one)
    outcome = empty_old(timezone.now())
    assert (outcome.videos, [path for path, _ in outcome.left]) == (1, [first.path])
    assert list(BinnedFile.objects.values_list("pk", "state")) == [(first.pk, "DELETING")]
    assert second.path not in in_bin(home)
    monkeypatch.undo()
    assert empty_old(timezone.now()).videos == 1, "it was forgotten"


def test_what_no_row_knows_stays_a_week_where_the_bin_is_off(home: Path) -> None:
    store.update(lambda data: data["library"].update(bin_days=0))
    now = timezone.now()
    old, new = (folder.folder_name(now - timedelta(days=days), 77) for days in (8, 6))
    for name in (old, new):
        (home / ".aniworld/bin" / name).mkdir(parents=True)
    empty_old(now)
    assert [one.name for one in (home / ".aniworld/bin").iterdir()] == [new]


def test_many_go_by_one_word(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    delete(episodes=None)
    monkeypatch.setattr(emptying, "AT_ONCE", 1)
    assert empty().videos == 2
    assert [entry.before["count"] for entry in Entry.objects.filter(action="bin.deleted")] == [1, 1]
