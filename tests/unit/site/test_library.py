"""The sample library and the process that serves the sample world."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import av
import pytest

from tests.site import demo
from tests.site.library import LibraryTruth, build_library
from tests.site.shows import SHOWS
from tests.site.world import SampleWorld, shared_data


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LibraryTruth:
    return build_library(tmp_path_factory.mktemp("library"), data=shared_data())


def test_disk_holds_what_the_truth_says(library: LibraryTruth) -> None:
    told = {
        library.root / truth.folder / name
        for truth in library.folders
        for name in (*truth.files, *truth.unreadable, *truth.noise)
    }
    found = {path for path in library.root.rglob("*") if path.is_file()}
    assert found - told == {library.root / "Frost Feuer Zero/data", library.root / "Treppen/key"}
    assert told <= found


def test_present_and_missing_make_up_the_catalogue(library: LibraryTruth) -> None:
    for show in SHOWS:
        if show.key not in library.matched:
            continue
        missing = {(s, n) for s, ns in library.missing(show.key).items() for n in ns}
        assert missing | library.present(show.key) == show.available(), show.key
        assert not missing & library.present(show.key)
    assert library.missing("kupferfuchs") == {2: [4, 5]}
    assert library.missing("kupferfuchs", {(2, 4), (2, 6)}) == {2: [4, 6]}


def test_no_episode_lies_in_two_files(library: LibraryTruth) -> None:
    for truth in library.folders:
        places = [place for places in truth.files.values() for place in places]
        assert len(places) == len(set(places)), truth.folder


def test_ambiguous_folder_has_two_candidates(library: LibraryTruth) -> None:
    assert {t.folder: t.candidates for t in library.unmatched} == {
        "Glasgarten": ("glasgarten", "glasgarten-2022"),
        "Urlaub am Meer": (),
    }


def test_files_play(library: LibraryTruth) -> None:
    for suffix in (".mp4", ".mkv"):
        path = next(library.root.rglob(f"*{suffix}"))
        with av.open(str(path), mode="r") as media:
            assert {stream.type for stream in media.streams} == {"video", "audio"}
            assert sum(1 for _ in media.decode(video=0)) == 100


def test_building_it_twice_gives_the_same(library: LibraryTruth, tmp_path: Path) -> None:
    other = build_library(tmp_path, data=shared_data())
    assert other.folders == library.folders
    assert {p.relative_to(tmp_path) for p in tmp_path.rglob("*")} == {
        p.relative_to(library.root) for p in library.root.rglob("*")
    }


def test_world_ends_on_sigterm() -> None:
    world = SampleWorld()
    world.start()
    process = world._process
    assert process
    os.kill(world.pid, signal.SIGTERM)
    assert process.wait(10) == 0
    world.stop()


def test_long_lists_on_demand() -> None:
    with SampleWorld(filler=300) as world:
        assert len(world.truth()) == len(SHOWS) + 300


def test_demo_leaves_foreign_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with (
        pytest.raises(demo.DemoRefused, match="was not made by the demo"),
        demo._fresh_folder(tmp_path),
    ):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_demo_begins_afresh(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with demo._fresh_folder(folder):
        (folder / "data").mkdir()
        (folder / "data/aniworld.db").touch()
    with demo._fresh_folder(folder):
        assert [entry.name for entry in folder.iterdir()] == [demo._MARK]


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        demo._fresh_folder(tmp_path / "demo"),
        pytest.raises(demo.DemoRefused, match="another demo is running"),
        demo._fresh_folder(tmp_path / "demo"),
    ):
        pass
