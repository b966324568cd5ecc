"""Placing files, and the work folders they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from downloads.errors import FileExists, RootUnavailable
from downloads.worker import workspace
from library import moving


def test_a_file_is_placed_once_and_never_over_another(tmp_path: Path) -> None:
    source, target = tmp_path / "finished.mp4", tmp_path / "lib/Season 01/E01.mp4"
    source.write_text("new")
    workspace.place(source, target, root=tmp_path)
    assert (target.read_text(), source.exists()) == ("new", False)
    source.write_text("newer")
    with pytest.raises(FileExists):
        workspace.place(source, target, root=tmp_path)
    assert (target.read_text(), source.read_text()) == ("new", "newer")


@pytest.mark.parametrize("has_links", [True, False])
def test_placing_works_without_the_system_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    def no_links(*_arguments: object, **_options: object) -> None:
        raise PermissionError(1, "not on this file system")

    monkeypatch.setattr(moving, "_renameat2", lambda *_arguments: False)
    if not has_links:
        monkeypatch.setattr("os.link", no_links)
    source, target = tmp_path / "finished.mp4", tmp_path / "lib/E01.mp4"
    source.write_text("new")
    workspace.place(source, target, root=tmp_path)
    assert (target.read_text(), source.exists()) == ("new", False)
    source.write_text("newer")
    with pytest.raises(FileExists):
        workspace.place(source, target, root=tmp_path)
    assert target.read_text() == "new"


def test_work_folders_are_swept_but_those_still_wanted(tmp_path: Path) -> None:
    for number in (1, 2):
        (workspace.work_dir(tmp_path, number) / "part").write_text("x")
    workspace.sweep(tmp_path, keep={2})
    assert [path.name for path in (tmp_path / ".aniworld").iterdir()] == ["2"]
    workspace.discard(tmp_path, 2)
    assert not (tmp_path / ".aniworld").exists()
    with pytest.raises(RootUnavailable):
        workspace.work_dir(tmp_path / "unmounted", 1)


def test_nothing_is_deleted_behind_a_link(tmp_path: Path) -> None:
    elsewhere, library = tmp_path / "elsewhere", tmp_path / "library"
    (elsewhere / "7").mkdir(parents=True)
    (elsewhere / "7/photo.jpg").touch()
    library.mkdir()
    (library / ".aniworld").symlink_to(elsewhere)
    workspace.sweep(library, keep=())
    workspace.discard(library, 7)
    assert (elsewhere / "7/photo.jpg").exists()
