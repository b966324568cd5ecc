"""Whether the disk of a library folder is the one that was there, as far as a few looks tell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from library.models import LibraryRoot
from library.services.roots import Absence, absence_of, identity_of
from tests.factories import make_file, make_series

pytestmark = pytest.mark.django_db
SHOWS = ("Alpha", "Beta", "Gamma", "Delta")


def root_at(path: Path, shows: tuple[str, ...] = SHOWS) -> LibraryRoot:
    """A folder as a scan has left it, with an episode of each show."""
    path.mkdir()
    root = LibraryRoot.objects.create(path=str(path), identity=identity_of(str(path)))
    for name in shows:
        add(root, f"{name}/S01E01.mkv")
    return root


def add(root: LibraryRoot, name: str) -> None:
    file = root.directory / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"film")
    folder = name.partition("/")[0]
    make_file(make_series(folder, root=root), name, folder=folder, root=root)


def swap(one: Path, two: Path) -> None:
    one.rename(one.with_name("between"))
    two.rename(one)
    one.with_name("between").rename(two)


@pytest.fixture
def one(tmp_path: Path) -> LibraryRoot:
    return root_at(tmp_path / "one")


@pytest.fixture
def emptied(one: LibraryRoot) -> Path:
    """Another disk that has got the same numbers: a stick in the same socket, a share mounted
    anew. As if: the directory stays, and all in it is gone."""
    for entry in one.directory.iterdir():
        shutil.rmtree(entry)
    assert identity_of(one.path) == one.identity
    return one.directory


def test_the_right_disk_is_at_hand(one: LibraryRoot) -> None:
    assert absence_of(one) is None
    for name in SHOWS[1:]:  # whatever its owner has deleted
        shutil.rmtree(one.directory / name)
    assert absence_of(one) is None
    (one.directory / "Alpha/S01E01.mkv").unlink()
    assert absence_of(one) is None


def test_another_disk_with_the_same_numbers_is_another_one(one: LibraryRoot, emptied: Path) -> None:
    assert absence_of(one) is Absence.OTHER_DISK
    (emptied / "Holidays").mkdir()
    (emptied / ".aniworld").mkdir()
    assert absence_of(one) is Absence.OTHER_DISK


def test_where_there_was_one_series_it_may_have_been_deleted(tmp_path: Path) -> None:
    root = root_at(tmp_path / "small", ("Alpha",))
    (root.directory / ".aniworld").mkdir()
    shutil.rmtree(root.directory / "Alpha")
    assert absence_of(root) is None
    (root.directory / ".aniworld").rmdir()  # not even we have been here
    assert absence_of(root) is Absence.OTHER_DISK


def test_a_root_in_which_nothing_was_found_may_be_empty(tmp_path: Path) -> None:
    assert absence_of(root_at(tmp_path / "new", ())) is None


def test_two_roots_that_are_exchanged_are_not_at_hand(one: LibraryRoot, tmp_path: Path) -> None:
    two = root_at(tmp_path / "two", ("Epsilon", "Zeta"))
    swap(one.directory, two.directory)
    assert (absence_of(one), absence_of(two)) == (Absence.OTHER_DISK, Absence.OTHER_DISK)
    swap(one.directory, two.directory)
    assert (absence_of(one), absence_of(two)) == (None, None)


def test_what_both_hold_hides_no_exchange(one: LibraryRoot, tmp_path: Path) -> None:
    two = root_at(tmp_path / "two", ("Epsilon",))
    for root in (one, two):
        add(root, "Both/S01E01.mkv")  # the newest of either
    swap(one.directory, two.directory)
    assert (absence_of(one), absence_of(two)) == (Absence.OTHER_DISK, Absence.OTHER_DISK)


def test_a_copy_in_its_place_is_as_good(one: LibraryRoot, tmp_path: Path) -> None:
    shutil.copytree(one.directory, tmp_path / "copy")
    one.directory.rename(tmp_path / "old")
    (tmp_path / "copy").rename(one.directory)
    assert identity_of(one.path) != one.identity
    assert absence_of(one) is None


def test_where_two_hold_all_the_same_either_is_known_by_it(
    one: LibraryRoot, tmp_path: Path
) -> None:
    """A disk and its copy, both in the library, under other numbers after a start."""
    root_at(tmp_path / "two")
    one.identity = "1:2"
    assert absence_of(one) is None
