"""Which files and directories count as episodes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from library.names.spelling import KNOWN_EXTENSIONS
from library.naming.videos import VIDEO_EXTENSIONS, ignored_directory, ignored_file, is_video


@pytest.mark.parametrize("extension", sorted(VIDEO_EXTENSIONS))
def test_videos(extension: str) -> None:
    assert is_video(f"Amber Tide S01E05.{extension}")
    assert is_video(f"Amber Tide S01E05.{extension.upper()}")


def test_every_video_is_read_without_its_extension() -> None:
    assert VIDEO_EXTENSIONS <= KNOWN_EXTENSIONS


def test_what_counts_and_how_folders_are_named_needs_neither_reader_nor_django() -> None:
    """The grammar of the reader is a tenth of a second to import; a page and a walk need none."""
    program = (
        "import library.naming.layout, library.naming.folders, library.naming.videos, sys\n"
        "print([name for name in sys.modules if name.startswith(('library.names', 'django'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "name",
    ["a.srt", "a.nfo", "a.jpg", "a.part", "mkv", ".mkv", "a.mkv.txt", "key", "data", "a.mp3", "a"],
)
def test_no_videos(name: str) -> None:
    assert not is_video(name)


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.mkv",
        "._Amber Tide S01E05.mkv",
        ".temp_full.mkv",
        ".temp_audio.mkv",
        ".temp_video.mkv",
        "Amber Tide S01E05.mp4.part",
        "Amber Tide S01E05.MP4.PART",
        "Amber.Tide.Part.2.E05.mp4.part",
        "Amber Tide S01E05.part.mkv",
        "Amber Tide S01E05.part1.mkv",
        "x.part.mkv",
        "x.part1.mkv",
        "Amber Tide S01E05.mp4.part-Frag12",
        "Amber Tide S01E05.mp4.part-Frag3.part",
        "Amber Tide S01E05.f137.mp4.part-Frag3",
        "Amber.Tide.Part.2.E05.f137.mp4",
        "Amber Tide S01E05.mp4.ytdl",
        "Amber Tide S01E05.temp.mp4",
        "Amber Tide S01E05.temp.mkv",
        "Amber Tide S01E05_tmp.mp4",
        "Amber Tide S01E05.new.mkv",
        "Amber Tide S01E05.f137.mp4",
        "Amber Tide S01E05.mkv.crdownload",
        "Amber Tide S01E05.mkv.!qB",
        "Amber Tide S01E05.mkv.!ut",
        "Amber Tide S01E05.mkv.aria2",
        "Amber Tide S01E05.mkv.filepart",
        "Amber Tide S01E05.mkv.partial",
        "Amber Tide S01E05.temp_full.mkv",
        "sample.mkv",
        "RARBG.mp4",
        "Sample.mkv",
        "sample-amber.tide.s01e05.mkv",
        "amber.tide.s01e05.sample.mkv",
        "Amber.Tide.S01E05.1080p-GRP-sample.mkv",
        "trailer.mp4",
        "Amber Tide-trailer.mp4",
        "Amber Tide S01E05-trailer.mp4",
        "Amber Tide-featurette.mkv",
        "Cut Ending-deleted.mkv",
        "Making Of-behindthescenes.mkv",
    ],
)
def test_files_that_are_no_episodes(name: str) -> None:
    assert ignored_file(name)


@pytest.mark.parametrize(
    "name",
    [
        "Amber Tide S01E05.mkv",
        "Amber Tide - S01E05 - Sample.mkv",
        "Amber Tide - S01E05 - The Trailer.mkv",
        "Amber Tide - S01E05 - The Interview.mkv",
        "Amber.Tide.S01E05.The.Interview.mkv",
        "Amber.Tide.S01E05.The.Trailer.mkv",
        "Amber.Tide.S01E05.1080p.x264-SCENE.mkv",
        "Trailer Park S01E05.mkv",
        "Samples of Tide - 05.mkv",
        "05 - Sample.mkv",
        "Amber Tide Part 2.mkv",
        "Amber.Tide.Final.Season.Part.2.E05.1080p.mkv",
        "Amber.Tide.S04E01.Part.1.1080p.WEB.mkv",
        "amber.tide.s04e01.part.1.1080p.web.mkv",
        "Amber.Tide.S01E01.Part1.mkv",
        "Amber.Tide.S01E01.Part.mkv",
        "Amber.Tide.S01E01.PART1.mkv",
        "Amber.Tide.S01E01.Part.One.mkv",
        "amber.tide.s01e01.part1.mkv",
        "amber.tide.s01e01.part2.mkv",
        "Amber.Tide.S01E05.The.Temp.mkv",
        "Amber.Tide.S01E05.Something.New.mkv",
        "Amber.Tide.S01E05.F16.mkv",
        "Amber Tide - New.mkv",
        "The Temp - S01E01.mkv",
    ],
)
def test_files_that_are_episodes(name: str) -> None:
    assert not ignored_file(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            f"Amber Tide - S01E36-{word}.mkv"
            for word in (
                *("behindthescenes", "featurette", "deleted", "deletedscene", "deletedscenes"),
                *("interview", "scene", "short", "other", "extra", "clip", "trailer", "sample"),
                *("teaser", "trailer2", "Interview", "Featurette", "BehindTheScenes"),
            )
        ),
        "Amber Tide - S01E36 - The Long Road-interview.mkv",
        "Amber Tide - S01E36 - The Long Road-BehindTheScenes.mkv",
        "Amber Tide - S01E36 - The Long Road WEBDL-1080p-deleted.mkv",
        "Amber Tide - 36-short.mkv",
        "Amber Tide 1x36-other.mkv",
        "amber.tide.s01e36-extra.mkv",
        "Amber Tide - S01E36.trailer.mkv",
        "Amber Tide - S01E36_trailer.mkv",
        "Amber Tide - S01E36 trailer.mkv",
        "Amber Tide S01E36 Trailer.mkv",
        "Amber Tide S01E36.sample.mkv",
        "Amber Tide S01E36_sample.mkv",
        "Amber Tide S01E36 sample.mkv",
        "Amber Tide S01E36 1080p Sample.mkv",
        "Amber Tide - S01E36 - The Long Road.trailer.mkv",
        "Amber Tide - S01E36 - The Long Road_sample.mkv",
        "Amber Tide S01E36 The Long Road trailer.mkv",
        "[Group] Amber Tide - 36 [1080p] sample.mkv",
        "[Group] Amber Tide - 36 [1080p][ABCD1234] Trailer.mkv",
        "Amber.Tide.S01E36.1080p.WEB.H.264-GRP.Sample.mkv",
        "Amber.Tide.S01E36.1080p.WEB.H.264-GRP.trailer.mkv",
        "amber_tide_s01e36_sample.mkv",
        "36 trailer.mkv",
        "Amber Tide trailer.mkv",
    ],
)
def test_extras_of_an_episode_are_no_episodes(name: str) -> None:
    assert ignored_file(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            f"Amber Tide - S01E36 - {word}.mkv"
            for word in (
                *("Behind the Scenes", "Featurette", "Deleted", "Deleted Scenes", "Interview"),
                *("The Interview", "Scene", "Short", "The Other", "Extra", "Clip", "Trailer"),
                *("Sample", "sample", "Trailer Park", "The Trailer", "A Free Sample", "Teaser"),
            )
        ),
        "Amber Tide S01E36 The Interview.mkv",
        "Amber Tide S01E36 Interview.mkv",
        "Amber Tide S01E36 Short.mkv",
        "Amber Tide S01E36 The Trailer.mkv",
        "Amber Tide S01E36 the trailer.mkv",
        "Amber Tide S01E36 Free Sample.mkv",
        "Amber Tide S01E36 - Area 51 Sample.mkv",
        "36 - Trailer.mkv",
        "36 Der Trailer.mkv",
        "Amber.Tide.S01E36.The.Sample.mkv",
        "Amber.Tide.S01E36.Deleted.mkv",
        "Amber.Tide.-.S01E36.-.Trailer.mkv",
        "Amber_Tide_-_S01E36_-_Free_Sample.mkv",
        "Amber Tide – S01E36 – Trailer.mkv",
        "Amber Tide - S01E36 - Post-Interview.mkv",
        "Amber.Tide.S01E36.1080p.WEB.H.264-SCENE.mkv",
        "Amber.Tide.S01E36.720p.HDTV.x264-OTHER.mkv",
        "Amber Tide S01E36 -Short.mkv",
        "Another S01E36.mkv",
        "Trailer Park - 36.mkv",
    ],
)
def test_titles_that_end_like_an_extra_are_episodes(name: str) -> None:
    assert not ignored_file(name)


@pytest.mark.parametrize(
    "name",
    [
        "@eaDir",
        ".@__thumb",
        "#recycle",
        "@Recycle",
        "Plex Versions",
        ".git",
        ".Trash-1000",
        "$RECYCLE.BIN",
        "System Volume Information",
        "lost+found",
        ".AppleDouble",
    ],
)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_system_directories_at_any_depth(name: str, depth: int) -> None:
    assert ignored_directory(name, depth=depth)


@pytest.mark.parametrize(
    "name",
    [
        "Extras",
        "extras",
        "Featurettes",
        "Behind the Scenes",
        "behind_the_scenes",
        "Deleted Scenes",
        "Interviews",
        "Trailers",
        "Sample",
        "samples",
        "Subs",
        "Shorts",
        "Scenes",
        "NC",
    ],
)
def test_extras_only_inside_a_series(name: str) -> None:
    assert ignored_directory(name, depth=1)
    assert ignored_directory(name, depth=2)
    assert not ignored_directory(name, depth=0)


@pytest.mark.parametrize(
    "name", ["Season 1", "Specials", "OVA", "Filme", "Movies", "Amber Tide", "01", "Trailer Park"]
)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_directories_that_are_walked(name: str, depth: int) -> None:
    assert not ignored_directory(name, depth=depth)


@pytest.mark.parametrize(
    "name",
    [
        ".hack SIGN - 01.mkv",
        ".hack_SIGN_-_01.mkv",
        ".hack.SIGN.S01E01.mkv",
        ".hack__Roots - 05.mkv",
        ".HACK Legend of the Twilight 05.avi",
        ".amber tide - 05.mkv",
    ],
)
def test_a_dot_that_belongs_to_the_title_hides_nothing(name: str) -> None:
    assert not ignored_file(name)


@pytest.mark.parametrize(
    "name", [".hack", ".hack SIGN", ".hack__G.U. Trilogy", ".hack_Roots", ".Amber Tide (2013)"]
)
@pytest.mark.parametrize("depth", [0, 1])
def test_a_folder_may_begin_with_the_dot_of_its_title(name: str, depth: int) -> None:
    assert not ignored_directory(name, depth=depth)


@pytest.mark.parametrize(
    "name",
    [
        *(".Recycle Bin", ".Deleted Items", ".Trash 1000", ".cache", ".hackney", ".stfolder"),
        *("_UNPACK_Amber Tide S01", "_FAILED_Amber Tide S01", "@Transcode", "~snapshot"),
    ],
)
@pytest.mark.parametrize("depth", [0, 2])
def test_what_programs_hide_or_have_not_finished(name: str, depth: int) -> None:
    assert ignored_directory(name, depth=depth)


@pytest.mark.parametrize(
    "name",
    [
        *("Openings", "OP_ED", "OP & ED", "NCOP-NCED", "Opening and Ending", "Previews", "PVs"),
        *(
            "Creditless Openings",
            "BD Menu",
            "CM & PV",
            "Web Previews",
            "映像特典",
            "予告",
            "Teasers",
        ),
    ],
)
def test_folders_of_extras_as_discs_have_them(name: str) -> None:
    assert ignored_directory(name, depth=1)
    assert not ignored_directory(name, depth=0)


@pytest.mark.parametrize(
    "name",
    ["Opening Night", "Ed", "The Menu", "Special A", "Preview of Rain", "Operation", "NC 17"],
)
def test_titles_beside_the_words_of_extras(name: str) -> None:
    assert ignored_directory(name, depth=1) == (name == "Ed")
