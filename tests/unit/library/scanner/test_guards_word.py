"""The owner's word: what it is about, and what it is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from aniworld.config import store
from aniworld.web.texts import text_of
from library.models import (
    MediaFile,
)
from tests.unit.library.conftest import Put, how_many, rescan, result
from tests.unit.library.fakes import FakeSite
from tests.unit.library.refused import refuses, snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def empty(shelf: Path) -> None:
    for folder in shelf.iterdir():
        shutil.rmtree(folder)


def exchange(shelf: Path) -> None:
    shelf.rename(shelf.with_name("elsewhere"))
    shelf.mkdir()
    (shelf / "readme.txt").write_text("the disk goes here")


def lose_a_series(shelf: Path) -> None:
    shutil.rmtree(shelf / "Alpha")


@pytest.mark.parametrize("lose", [empty, exchange, lose_a_series])
def test_what_waits_for_the_owner_says_how_to_confirm_it(
    shelf: Path, lose: Callable[[Path], None]
) -> None:
    lose(shelf)
    error = text_of(rescan().error)
    assert "manage.py rescan --accept-removals" in error
    assert 'press "They were removed on purpose" on the library page' in error


def test_truly_emptied_root_can_be_confirmed(shelf: Path) -> None:
    for folder in shelf.iterdir():
        shutil.rmtree(folder)
    refuses("root_unavailable", frozen="root_changed")
    operation = rescan(accept_removals=True)
    assert (operation.state, result(operation)["gone"]) == ("COMPLETED", 60)
    assert (how_many("MISSING"), MediaFile.objects.count()) == (60, 0)
    assert rescan().state == "COMPLETED"


def empties(second: Path) -> None:
    shutil.move(second, second.with_name("disk"))
    second.mkdir()


def leaves_a_stray_file(second: Path) -> None:
    empties(second)
    (second / "readme.txt").write_text("the disk goes here")


def loses_a_series(second: Path) -> None:
    shutil.rmtree(second / "Psi")


@pytest.fixture
def second(shelf: Path, put: Put, tmp_path: Path, site: FakeSite) -> Path:
    """Another root, with two series of its own."""
    root = tmp_path / "second"
    store.update(lambda data: data["library"].update(directories=[str(shelf), str(root)]))
    for name in ("Psi", "Omega"):
        site.add(name.lower(), name, {1: 10})
        put(*(f"{name}/Season 1/S01E{n:02}.mkv" for n in range(1, 11)), root=root)
    put("Eta/Season 1/S01E01.mkv", root=root)
    assert (rescan().state, how_many("PRESENT")) == ("COMPLETED", 80)
    return root


@pytest.mark.parametrize("lose", [empties, leaves_a_stray_file, loses_a_series])
def test_owners_word_is_about_what_was_held_when_it_was_given(
    shelf: Path, second: Path, lose: Callable[[Path], None]
) -> None:
    shutil.rmtree(shelf / "Beta")
    assert rescan().error_code == "mass_removal"
    lose(second)
    operation = rescan(accept_removals=True)
    lost = 10 if lose is loses_a_series else 20
    if lose is empties:  # a root that is empty ends a scan before anything is changed
        assert operation.error_code == "root_unavailable"
        assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (10, 0)
    else:
        assert operation.error_code == "mass_removal"
        assert "Psi" in text_of(operation.error)
        assert "Beta" not in text_of(operation.error)
        assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (lost, 10)
    assert rescan(accept_removals=True).state == "COMPLETED"  # that was shown now
    assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (0, 10 + lost)
    assert rescan().state == "COMPLETED"


def test_owners_word_is_not_about_what_a_held_series_has_lost_since(shelf: Path) -> None:
    for number in range(1, 8):
        (shelf / f"Beta/Season 1/S01E{number:02}.mkv").unlink()
    assert rescan().error_code == "mass_removal"
    shutil.rmtree(shelf / "Beta")
    assert rescan(accept_removals=True).error_code == "mass_removal"
    assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (3, 7)
    assert rescan(accept_removals=True).state == "COMPLETED"
    assert (how_many("UNAVAILABLE"), how_many("MISSING")) == (0, 10)


def test_missing_root_cannot_be_confirmed(shelf: Path) -> None:
    shelf.rename(shelf.with_name("elsewhere"))
    before = snapshot()
    operation = rescan(accept_removals=True)
    assert (operation.error_code, snapshot()) == ("root_unavailable", before)
