"""Nothing on disk is passed over without a word: it counts, or it is told why it does not."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from aniworld.web.texts import text_of
from library.models import (
    AnimeSeries,
    LibraryRoot,
    MediaFile,
    ScannedDirectory,
    UnmatchedFolder,
)
from library.scanner.media import read_pending
from tests.unit.library.conftest import Put, only_series, rescan, states
from tests.unit.library.fakes import FakeSite

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_ways")]


def told() -> dict[str, tuple[int, list[str]]]:
    """What was passed over, by reason: how much, and the first of it."""
    return {
        passed["reason"]["code"].removeprefix("passed_"): (
            passed["reason"]["params"]["count"],
            passed["first"],
        )
        for passed in LibraryRoot.objects.get().passed
    }


def counted() -> set[str]:
    return set(MediaFile.objects.values_list("path", flat=True))


@pytest.mark.parametrize(
    "ending",
    ["rmvb", "mpg", "mpeg", "vob", "ogv", "divx", "asf", "flv", "MKV", "f4v", "ogm", "iso", "ISO"],
)
def test_every_ending_in_use_counts(show: FakeSite, put: Put, ending: str) -> None:
    put(f"Show/Season 1/Show - S01E01.{ending}")
    rescan()
    assert states(only_series())[1, 1] == "PRESENT"
    assert told() == {}


def test_dot_of_a_title_hides_nothing(site: FakeSite, put: Put) -> None:
    site.add("hack", ".hack SIGN", {1: 3})
    put(".hack SIGN/.hack SIGN - 01.mkv", ".hack SIGN/.hack SIGN - 02.mkv")
    put(".hack SIGN/._.hack SIGN - 01.mkv", "._.hack SIGN")
    rescan()
    assert counted() == {".hack SIGN/.hack SIGN - 01.mkv", ".hack SIGN/.hack SIGN - 02.mkv"}
    assert states(only_series())[1, 2] == "PRESENT"
    assert told() == {"hidden": (1, [".hack SIGN/._.hack SIGN - 01.mkv"])}


PASSED = {
    "Show/Season 1/._S01E01.mkv": "hidden",
    "Show/.S01E02.mkv": "hidden",
    "Show/S01E03.mkv.part": "unfinished",
    "Show/S01E03.f137.mp4": "unfinished",
    "Show/S01E01-trailer.mkv": "extra",
    "Show/S01E01 sample.mkv": "extra",
    "Show/.Trash-1000/S01E05.mkv": "hidden_folder",
    "@eaDir/S01E01.mkv": "system_folder",
    "Show/@eaDir/S01E01.mkv": "system_folder",
    "Show/#recycle/S01E01.mkv": "system_folder",
    "Show/~snapshot/S01E01.mkv": "system_folder",
    "@Transcode/S01E01.mkv": "system_folder",
    "Show/Extras/Interview.mkv": "extras_folder",
    "Show/NCOP/NCOP1.mkv": "extras_folder",
    "_UNPACK_Show.S01E04/S01E04.mkv": "unpacking",
    "Show/_FAILED_Show.S01E04/S01E04.mkv": "unpacking",
    "Show/S01E03.strm": "stream",
    "Show/Show.S01E03.rar": "packed",
    "Show/Show.S01E03.r00": "packed",
    "Show/S01E03.rm": "uncommon",
    "S01E03.wtv": "uncommon",
}


def test_what_is_passed_over_is_told_by_reason_and_stays_so(show: FakeSite, put: Put) -> None:
    put("Show/Season 1/S01E01.mkv", "Show/tvshow.nfo", "Show/poster.jpg", "Show/S01E01.de.srt")
    put(*PASSED)
    wanted: dict[str, int] = {}
    for reason in PASSED.values():
        wanted[reason] = wanted.get(reason, 0) + 1
    for _ in range(3):  # also where no directory was read again
        rescan()
        assert counted() == {"Show/Season 1/S01E01.mkv"}
        assert {reason: count for reason, (count, _) in told().items()} == wanted
    assert told()["packed"][1] == ["Show/Show.S01E03.r00"]  # the first of its directory
    assert told()["uncommon"][1] == ["S01E03.wtv", "Show/S01E03.rm"]
    rescan(series="show")
    assert {reason: count for reason, (count, _) in told().items()} == wanted


def test_what_is_there_no_more_is_told_no_more(show: FakeSite, put: Put, library: Path) -> None:
    put("Show/Season 1/S01E01.mkv", "S01E03.wtv", "Show/Extras/a.mkv", "Show/Season 2/x.strm")
    rescan()
    assert told().keys() == {"uncommon", "extras_folder", "stream"}
    (library / "S01E03.wtv").unlink()
    rescan()
    assert told().keys() == {"extras_folder", "stream"}
    shutil.rmtree(library / "Show/Extras")
    shutil.rmtree(library / "Show/Season 2")
    rescan()
    assert told() == {}
    assert not ScannedDirectory.objects.exclude(passed=None).exists()


def test_of_a_disc_its_largest_piece_is_listed(show: FakeSite, put: Put) -> None:
    put("Show/Disc 1/BDMV/STREAM/00001.m2ts", "Show/Disc 1/BDMV/STREAM/00002.m2ts", size=10)
    put("Show/Disc 1/BDMV/STREAM/00003.m2ts", size=5000)
    put("Show/Disc 2/VIDEO_TS/VTS_01_1.VOB", size=50)
    put("Show/Disc 2/VIDEO_TS/VTS_01_2.VOB", size=40)
    put("Show/Show S01E02/bdmv/stream/00001.m2ts", size=10)
    put("Show/Show S01E02/bdmv/stream/00002.m2ts", size=20)
    rescan()
    assert counted() == {
        "Show/Disc 1/BDMV/STREAM/00003.m2ts",
        "Show/Disc 2/VIDEO_TS/VTS_01_1.VOB",
        "Show/Show S01E02/bdmv/stream/00002.m2ts",
    }
    assert told()["disc_piece"][0] == 4
    assert states(only_series())[1, 2] == "PRESENT"
    unread = MediaFile.objects.unread().values_list("problem", flat=True)
    assert list(unread) == ["name_of_disc_piece"] * 2


def test_pieces_that_an_older_version_listed_are_no_loss(show: FakeSite, put: Put) -> None:
    names = [f"Show/Disc 1/BDMV/STREAM/{number:05}.m2ts" for number in range(9)]
    put("Show/S01E01.mkv", *names)
    rescan()
    series, root = AnimeSeries.objects.get(), LibraryRoot.objects.get()
    kept = MediaFile.objects.get(path=names[-1])
    for name in names[:-1]:
        kept.pk, kept.path = None, name
        kept.save()
    assert series.files.count() == 10
    root.grammar = "an older one"
    root.save()
    assert (rescan().state, series.files.count()) == ("COMPLETED", 2)


def test_second_folder_of_a_series_is_listed_with_the_first(
    show: FakeSite, put: Put, library: Path
) -> None:
    put("Show/S01E01.mkv", "Show (2013)/S01E02.mkv")
    for folder in ("Show", "Show (2013)"):
        (library / folder / "data").write_text(f'{{"key": "show", "site": "{show.name}"}}')
    rescan()
    (row,) = UnmatchedFolder.objects.all()
    assert row.detail is not None
    assert {row.folder, only_series().folder} == {"Show", "Show (2013)"}
    assert (row.reason, row.detail["code"]) == ("HAS_FOLDER", "series_elsewhere")
    told = text_of(row.detail)
    assert f"the folder {only_series().folder} already" in told
    assert told.endswith("A series has one folder: move the files there, then scan again.")
    first, second = only_series().folder, row.folder
    for file in (library / second).glob("*.mkv"):
        file.rename(library / first / file.name)
    rescan()
    assert (only_series().files.count(), states(only_series())[1, 2]) == (2, "PRESENT")


def test_disc_image_is_not_taken_for_damaged(show: FakeSite, put: Put) -> None:
    put("Show/Show S01E01.iso")
    rescan()
    read_pending()
    assert MediaFile.objects.get().media_fault is None
    assert MediaFile.objects.get().probed_at is not None


def test_rescan_says_what_it_passes_over(show: FakeSite, put: Put, library: Path) -> None:
    put("Show/S01E01.mkv", "Show/S01E02.strm")
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("rescan", "--no-provider", stdout=out)
    assert f"{library}: passed over: files that only name an address" in out.getvalue()
    assert "disk: 1 (Show/S01E02.strm)" in out.getvalue()
