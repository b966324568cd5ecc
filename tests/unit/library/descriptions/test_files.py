"""Files of our own are written and taken away; those of anybody else are not touched."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from library.borders import Borders, Outside
from library.descriptions import files
from library.descriptions.marks import marked_xml

OURS, NEWER = marked_xml(b"<tvshow/>\n"), marked_xml(b"<tvshow><year>1</year></tvshow>\n")
FOREIGN = b"<tvshow><title>Mine</title></tvshow>"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "Show").mkdir()
    return tmp_path / "Show/tvshow.nfo"


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture
def borders(tmp_path: Path) -> Borders:
    return Borders((str(tmp_path),))


@pytest.fixture(params=["exchange", "aside"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the disk can let two names change places."""
    if request.param == "aside":

        def cannot(_one: Path, _other: Path) -> None:
            raise OSError(errno.ENOTSUP, "no")

        monkeypatch.setattr(files, "exchange", cannot)
    return str(request.param)


def test_one_is_written_once_and_anew_where_it_differs(
    place: Path, borders: Borders, disk: str
) -> None:
    assert files.write(place, OURS, borders)
    assert not files.write(place, OURS, borders)
    assert files.write(place, NEWER, borders)
    assert place.read_bytes() == NEWER
    assert names(place.parent) == [place.name]
    assert place.stat().st_mode & 0o777 == 0o666 & ~_umask()
    assert files.take_away(place, borders)
    assert not files.take_away(place, borders)
    assert names(place.parent) == []


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def foreign_file(place: Path) -> None:
    place.write_bytes(FOREIGN)


def changed_file(place: Path) -> None:
    place.write_bytes(OURS + b"<!-- my own words -->")


def link(place: Path) -> None:
    (place.parent / "elsewhere").write_bytes(OURS)
    place.symlink_to("elsewhere")


def dangling_link(place: Path) -> None:
    place.symlink_to("nowhere")


def folder(place: Path) -> None:
    place.mkdir()


def pipe(place: Path) -> None:
    os.mkfifo(place)


@pytest.mark.parametrize("there", [foreign_file, changed_file, link, dangling_link, folder, pipe])
def test_what_is_not_ours_stays(
    there: Callable[[Path], None], place: Path, borders: Borders, disk: str
) -> None:
    there(place)
    before, beside = place.lstat(), names(place.parent)
    assert not files.write(place, NEWER, borders)
    assert not files.take_away(place, borders)
    after = place.lstat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert names(place.parent) == beside


def test_what_somebody_puts_there_in_between_stays(
    place: Path, borders: Borders, disk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_bytes(OURS)
    true = files._fill

    def fill(draft: Path, content: bytes) -> None:
        true(draft, content)
        place.write_bytes(FOREIGN)

    monkeypatch.setattr(files, "_fill", fill)
    assert not files.write(place, NEWER, borders)
    assert place.read_bytes() == FOREIGN
    assert names(place.parent) == [place.name]


def test_what_somebody_puts_where_one_is_taken_away_stays(
    place: Path, borders: Borders, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_bytes(OURS)
    true = files._draft

    def draft(at: Path) -> Path:
        place.write_bytes(FOREIGN)
        return true(at)

    monkeypatch.setattr(files, "_draft", draft)
    assert not files.take_away(place, borders)
    assert place.read_bytes() == FOREIGN


def test_nothing_is_written_where_a_link_leads_out(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "Season 1").symlink_to(outside)
    (outside / "there.nfo").write_bytes(OURS)
    borders = Borders((str(inside),))
    with pytest.raises(Outside):
        files.write(inside / "Season 1/a.nfo", OURS, borders)
    with pytest.raises(Outside):
        files.take_away(inside / "Season 1/there.nfo", borders)
    assert names(outside) == ["there.nfo"]


def test_a_full_disk_leaves_nothing_behind(
    place: Path, borders: Borders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(draft: Path, content: bytes) -> None:
        draft.write_bytes(content[:3])
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(files, "_fill", full)
    with pytest.raises(OSError, match="full"):
        files.write(place, OURS, borders)
    assert names(place.parent) == []


def test_drafts_of_the_dead_are_cleared_away(place: Path) -> None:
    dead, alive, other = (
        place.parent / name
        for name in (f".aniworld-{'a' * 16}.part", f".aniworld-{'b' * 16}.part", ".aniworld-x.part")
    )
    for one in (dead, alive, other):
        one.write_bytes(b"x")
    old = time.time() - 2 * files.LEFT_OVER
    for one in (dead, other):
        os.utime(one, (old, old))
    files.clear(place.parent, names(place.parent))
    assert names(place.parent) == sorted([alive.name, other.name])
