"""What is wanted is written beside the videos, and nothing of anybody else is touched."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from random import Random

import pytest
from lxml import etree
from PIL import Image

from aniworld.config import store
from aniworld.journal.models import Entry
from library.borders import Borders
from library.descriptions import files
from library.descriptions.describe import OFF, REMOVE, WRITE, Done, Wishes, describe, describe_all
from library.descriptions.marks import is_ours, marked_xml
from library.errors import NotRenamed
from library.matching.clues import clues_of
from library.models import AnimeSeries, Episode, LibraryRoot, MediaFile
from library.recycling.delete import delete_files
from library.recycling.look import chosen
from library.services.covers import WIDTHS, cover_path
from tests.unit.library.conftest import rescan, result
from tests.unit.library.fakes import FakeSite
from tests.unit.library.renaming.conftest import rename, write

pytestmark = pytest.mark.django_db

SHOW, HOME = "Show (2013)", "Show (2013)/Season 1"
ONE, BOTH = f"{HOME}/Show - S01E01", f"{HOME}/Show - S01E02-E03"
ALL = Wishes(WRITE, WRITE)
WRITTEN = {f"{SHOW}/tvshow.nfo", f"{SHOW}/poster.jpg", f"{ONE}.nfo", f"{BOTH}.nfo"}


@pytest.fixture
def home(show: FakeSite, library: Path) -> Path:
    """A series with three episodes in two files, and a cover."""
    write(library, f"{ONE}.mkv", f"{BOTH}.mp4")
    assert rescan().state == "COMPLETED"
    series = AnimeSeries.objects.get()
    kept = cover_path(series.pk, WIDTHS[-1])
    kept.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 60), "teal").save(kept, "WEBP")
    AnimeSeries.objects.update(
        cover_source="https://x/y.png", description="A plot.", ids={"imdb": "tt0000001"}
    )
    return library


def only() -> AnimeSeries:
    return AnimeSeries.objects.select_related("root").get()


def act(wishes: Wishes = ALL) -> Done:
    return describe(only(), wishes)


def ours(root: Path) -> set[str]:
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink() and is_ours(path.read_bytes())
    }


def elements(path: Path) -> list[etree._Element]:
    content = path.read_bytes()
    found = re.findall(
        rb"<(?:episodedetails|tvshow)>.*?</(?:episodedetails|tvshow)>", content, re.S
    )
    return [etree.fromstring(one) for one in found]


def test_all_that_is_wanted_is_written_once(home: Path) -> None:
    done = act()
    assert (set(done.written), done.removed, done.failed) == (WRITTEN, [], 0)
    assert ours(home) == WRITTEN
    [root] = elements(home / SHOW / "tvshow.nfo")
    assert (root.findtext("title"), root.findtext("plot")) == ("Show", "A plot.")
    titles = {one.episode_number: one.title for one in Episode.objects.filter(season=1)}
    numbers = [
        (one.findtext("season"), one.findtext("episode")) for one in elements(home / f"{BOTH}.nfo")
    ]
    assert numbers == [("1", "2"), ("1", "3")]
    [first] = elements(home / f"{ONE}.nfo")
    assert first.findtext("title") == (titles[1] or "Episode 1")
    with Image.open(home / SHOW / "poster.jpg") as poster:
        assert (poster.format, poster.size) == ("JPEG", (40, 60))
    assert act() == Done()


def test_only_what_is_wanted_is_written(home: Path) -> None:
    assert act(Wishes(OFF, OFF)) == Done()
    assert set(act(Wishes(OFF, WRITE)).written) == {f"{SHOW}/poster.jpg"}
    assert set(act(Wishes(WRITE, OFF)).written) == WRITTEN - {f"{SHOW}/poster.jpg"}


def test_each_act_is_journalled_and_nothing_is_not(home: Path) -> None:
    act()
    act()
    act(Wishes(REMOVE, REMOVE))
    entries = list(Entry.objects.about("series", "show").of_action("series.descri").order_by("id"))
    assert [entry.action for entry in entries] == [
        "series.described",
        "series.descriptions_removed",
    ]
    assert entries[0].after["count"] == entries[1].before["count"] == 4


def test_ours_are_taken_away_and_no_other(home: Path) -> None:
    act()
    left = home / HOME / "Gone - S01E09.nfo"
    left.write_bytes((home / f"{ONE}.nfo").read_bytes())
    (home / SHOW / "Season 2").mkdir()
    (home / SHOW / "Season 2/S02E01.nfo").write_bytes(marked_xml(b"<episodedetails/>\n"))
    mine = home / f"{BOTH}.nfo"
    mine.write_bytes(mine.read_bytes().replace(b"Show", b"My words"))
    done = act(Wishes(REMOVE, REMOVE))
    assert ours(home) == set()
    assert len(done.removed) == 5
    assert b"My words" in mine.read_bytes()
    assert (home / f"{ONE}.mkv").exists()


def test_a_description_without_its_video_goes_and_that_of_somebody_else_stays(home: Path) -> None:
    act()
    (home / HOME / "Other.nfo").write_text("<episodedetails><title>Mine</title></episodedetails>")
    (home / f"{ONE}.mkv").unlink()
    done = act()
    assert done.removed == [f"{ONE}.nfo"]
    assert (home / HOME / "Other.nfo").exists()


def test_what_is_known_anew_is_written_anew(home: Path) -> None:
    act()
    AnimeSeries.objects.update(description="Another plot.")
    assert act().written == [f"{SHOW}/tvshow.nfo"]


def test_only_the_folders_that_changed_are_looked_at(home: Path) -> None:
    done = describe(only(), ALL, folders={f"{SHOW}/Season 7"})
    assert set(done.written) == {f"{SHOW}/tvshow.nfo", f"{SHOW}/poster.jpg"}
    assert set(describe(only(), ALL, folders={HOME}).written) == {f"{ONE}.nfo", f"{BOTH}.nfo"}


@pytest.mark.parametrize(
    "name", ["folder.jpg", "Poster.PNG", "cover.webp", "POSTER.jpg", "poster.jpeg"]
)
def test_a_picture_of_somebody_else_is_enough(name: str, home: Path) -> None:
    (home / SHOW / name).write_bytes(b"a picture")
    assert f"{SHOW}/poster.jpg" not in act().written


def test_a_name_that_differs_in_capitals_alone_is_taken(home: Path) -> None:
    (home / SHOW / "TVShow.nfo").write_text("<tvshow/>")
    assert f"{SHOW}/tvshow.nfo" not in act().written


def test_descriptions_move_and_go_with_their_videos(home: Path) -> None:
    act()
    store.update(
        lambda data: data["downloads"].update(naming_template="{name}/S{season:02}E{episode:02}")
    )
    rename()
    videos = {path.with_suffix("") for path in home.rglob("*.m[kp]*") if path.is_file()}
    described = {path.with_suffix("") for path in home.rglob("*.nfo")} - {home / SHOW / "tvshow"}
    assert videos == described
    assert len(ours(home)) == 4
    assert act() == Done()

    series = only()
    delete_files(series, chosen(series))
    assert {name for name in ours(home) if not name.startswith(".aniworld/")} == {
        f"{SHOW}/tvshow.nfo",
        f"{SHOW}/poster.jpg",
    }
    assert set(act().removed) == {f"{SHOW}/tvshow.nfo", f"{SHOW}/poster.jpg"}  # it has no file left


def test_our_own_scan_takes_no_offence(home: Path) -> None:
    known = MediaFile.objects.order_by("path").values_list("path", "season", "episodes")
    before = list(known)
    act()
    found = result(rescan(full=True))
    assert (found["new"], found["gone"], found["unmatched"], found["errors"]) == (0, 0, 0, 0)
    assert list(known.all()) == before
    clues = clues_of(home / SHOW, ["tvshow.nfo"], Borders((str(home),)))
    assert (clues.title, clues.year, clues.ids) == ("Show", 2013, {"imdb": "tt0000001"})


def test_a_lost_database_finds_the_series_by_what_was_written(home: Path) -> None:
    act()
    Episode.objects.all().delete()
    MediaFile.objects.all().delete()
    AnimeSeries.objects.all().delete()
    rescan()
    assert only().key == "show"
    assert act(Wishes(REMOVE, REMOVE)).removed  # ours by themselves, whatever the database knows


def test_nothing_is_written_where_a_link_leads_out(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (home / HOME).rename(elsewhere)
    (home / HOME).symlink_to(elsewhere)
    done = act()
    assert set(done.written) == {f"{SHOW}/tvshow.nfo", f"{SHOW}/poster.jpg"}
    assert done.failed == 2
    assert not list(elsewhere.glob("*.nfo"))


def test_a_library_that_is_away_is_left_alone(home: Path) -> None:
    home.rename(home.with_name("away"))
    with pytest.raises(NotRenamed):
        act()
    assert not home.exists()
    assert describe_all(ALL, is_stopping=lambda: False).failed == 1


def test_one_folder_that_cannot_be_written_stops_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = files.write

    def write_one(path: Path, content: bytes, borders: Borders) -> bool:
        if path.name == "tvshow.nfo":
            raise PermissionError(13, "no")
        return true(path, content, borders)

    monkeypatch.setattr(files, "write", write_one)
    done = act()
    assert (set(done.written), done.failed) == (WRITTEN - {f"{SHOW}/tvshow.nfo"}, 1)


def test_the_whole_library_is_described_and_can_be_stopped(home: Path, site: FakeSite) -> None:
    site.add("other", "Other", {1: 1})
    write(home, "Other/S01E01.mkv")
    rescan()
    told: list[tuple[int, int]] = []
    assert describe_all(ALL, is_stopping=lambda: True).written == []
    done = describe_all(ALL, is_stopping=lambda: False, tell=lambda *at: told.append(at))
    assert set(done.written) == WRITTEN | {"Other/tvshow.nfo", "Other/S01E01.nfo"}
    assert told == [(0, 2), (1, 2)]


def test_without_a_root_or_a_cover_nothing_fails(home: Path) -> None:
    cover_path(only().pk, WIDTHS[-1]).write_bytes(b"no picture")
    assert set(act().written) == WRITTEN - {f"{SHOW}/poster.jpg"}
    AnimeSeries.objects.update(root=None)
    assert describe(AnimeSeries.objects.get(), ALL) == Done()
    assert LibraryRoot.objects.exists()


NAMES = ("tvshow.nfo", "TVSHOW.NFO", "poster.jpg", "folder.jpg", "season.nfo", "movie.nfo")
BESIDE = ("Show - S01E01.nfo", "Show - S01E02-E03.nfo", "Show - S01E01.NFO", "Other.nfo", "a.jpg")


@pytest.mark.parametrize("seed", range(40))
def test_nothing_of_anybody_else_is_ever_touched(seed: int, home: Path) -> None:
    """Files, links, folders and pipes by the names that are wanted, some of them ours once."""
    random = Random(seed)
    foreign = _strewn(random, home)
    before = {path: _state(path) for path in foreign}
    for _ in range(3):
        wishes = Wishes(random.choice((OFF, WRITE, REMOVE)), random.choice((OFF, WRITE, REMOVE)))
        act(wishes)
        assert {path: _state(path) for path in foreign} == before


def _strewn(random: Random, home: Path) -> list[Path]:
    """Things that somebody else has put there."""
    found = []
    places = [home / SHOW / name for name in NAMES] + [home / HOME / name for name in BESIDE]
    for path in places:
        if random.random() < 0.4:
            continue
        kind = random.choice(("file", "changed", "link", "nowhere", "folder", "pipe", "picture"))
        if kind == "file":
            path.write_bytes(random.randbytes(200))
        elif kind == "changed":
            path.write_bytes(marked_xml(b"<tvshow/>\n") + b"<!-- mine -->")
        elif kind == "link":
            aim = path.parent / f"aim of {path.name}.txt"
            aim.write_bytes(marked_xml(b"<tvshow/>\n"))
            path.symlink_to(aim)
        elif kind == "nowhere":
            path.symlink_to("nowhere at all")
        elif kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            written = io.BytesIO()
            Image.new("RGB", (2, 2)).save(
                written, "JPEG", comment=b"Written by Aniworld: " + b"0" * 64
            )
            path.write_bytes(written.getvalue())
        found.append(path)
    return found


def _state(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = path.read_bytes() if path.is_file() else b""
    aim = path.readlink() if path.is_symlink() else None
    return status.st_ino, status.st_mode, status.st_mtime_ns, content, aim
