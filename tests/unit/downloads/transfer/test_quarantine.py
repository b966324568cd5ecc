"""What is kept aside in a work folder: one file with its note, on a disk others may write to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from downloads.transfer import quarantine
from downloads.transfer.messages import Delivered

REASON = {"seconds": 610, "usual": 1420}


def finished(folder: Path, *, seconds: float, extension: str = ".mp4", size: int = 90) -> Delivered:
    path = folder / f"finished{extension}"
    path.write_bytes(b"m" * size)
    return Delivered(
        path=str(path),
        extension=extension,
        size=size,
        duration=seconds,
        source=f"voe-{seconds}",
        url="https://voe.example/e/1",
        hoster="voe",
        language="German Dub",
        seen={"container": extension[1:]},
    )


def keep(folder: Path, **file: Any) -> None:
    quarantine.keep(folder, finished(folder, **file), "too_short", REASON)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_kept_with_what_is_known_of_it(tmp_path: Path) -> None:
    keep(tmp_path, seconds=610.5)
    kept = quarantine.read(tmp_path)
    assert kept is not None
    assert (kept.duration, kept.code, kept.params) == (610.5, "too_short", REASON)
    assert names_in(tmp_path) == ["quarantine.json", "quarantine.mp4"]
    again = kept.delivered(tmp_path)
    assert (again.path, again.size) == (str(tmp_path / "quarantine.mp4"), 90)


def test_the_longer_of_two_stays(tmp_path: Path) -> None:
    keep(tmp_path, seconds=600)
    keep(tmp_path, seconds=700, extension=".mkv", size=80)
    keep(tmp_path, seconds=650)
    kept = quarantine.read(tmp_path)
    assert kept is not None
    assert (kept.duration, kept.size) == (700, 80)
    assert names_in(tmp_path) == ["quarantine.json", "quarantine.mkv"]


def test_what_is_dropped_is_gone(tmp_path: Path) -> None:
    keep(tmp_path, seconds=600)
    quarantine.drop(tmp_path)
    quarantine.drop(tmp_path)
    assert quarantine.read(tmp_path) is None
    assert names_in(tmp_path) == []


def test_a_crash_before_the_note_leaves_nothing_that_counts(tmp_path: Path) -> None:
    keep(tmp_path, seconds=600)
    (tmp_path / "quarantine.json").rename(tmp_path / "quarantine.json.new")
    assert quarantine.read(tmp_path) is None
    keep(tmp_path, seconds=500)
    kept = quarantine.read(tmp_path)
    assert kept is not None
    assert kept.duration == 500


def changed(**facts: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        note = folder / "quarantine.json"
        note.write_text(json.dumps({**json.loads(note.read_text()), **facts}))

    return change


def a_link(folder: Path) -> None:
    note = folder / "quarantine.json"
    note.rename(folder / "elsewhere")
    note.symlink_to(folder / "elsewhere")


def a_pipe(folder: Path) -> None:
    (folder / "quarantine.json").unlink()
    os.mkfifo(folder / "quarantine.json")


def very_deep(folder: Path) -> None:
    (folder / "quarantine.json").write_text("[" * 100_000)


def very_long(folder: Path) -> None:
    (folder / "quarantine.json").write_text(" " * quarantine.LARGEST + "{}")


SPOILT = [
    changed(extension="/../../../etc/passwd"),
    changed(extension=".mp4/.."),
    changed(code="all_sources_failed"),
    changed(code=["too_short"]),
    changed(params={"seconds": "<b>"}),
    changed(params=[1]),
    changed(size=91),
    changed(size=90.0),
    changed(duration=float("inf")),
    changed(duration="long"),
    changed(hoster=None),
    changed(language="x" * 300),
    changed(url=7),
    changed(seen=[]),
    changed(unknown=1),
    very_deep,
    very_long,
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_note_that_is_none_of_ours_says_nothing(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    keep(tmp_path, seconds=600)
    spoil(tmp_path)
    assert quarantine.read(tmp_path) is None


@pytest.mark.parametrize("put", [a_pipe, a_link])
def test_no_pipe_is_waited_for_and_no_link_followed(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    keep(tmp_path, seconds=600)
    put(tmp_path)
    assert quarantine.read(tmp_path) is None
    keep(tmp_path, seconds=500)
    kept = quarantine.read(tmp_path)
    assert kept is not None
    assert kept.duration == 500
