"""The page of all files, without script: filters, order, and the ways to what is done with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from aniworld.config import store
from aniworld.journal.models import Entry
from library.models import AnimeSeries, BinnedFile, Episode, LibraryRoot, MediaFile, ScanOperation
from library.pages import files as files_pages
from library.services import launching
from library.services.library_files import Listing, Quality, Show, Sort, Wanted
from tests.factories import make_file, make_series, make_unmatched
from tests.unit.library.conftest import rescan
from tests.unit.library.renaming.conftest import on_disk, write
from tests.unit.reading import get, soup, swap, texts

pytestmark = pytest.mark.django_db
FIRST, SECOND = "Show/Season 01/Show - S01E01.mkv", "Show/Season 01/Show - S01E02.mkv"
DOUBLE, IDLE = "Show/Season 01/Show - S01E01v2.avi", "Show/Show 1x.mkv"


@pytest.fixture
def there(library: LibraryRoot) -> LibraryRoot:
    """Two series with files, one of them twice; one file of no series."""
    make_series("Show", missing=3, root=library, key="show")
    make_series("Other", missing=1, root=library, key="other")
    Episode.objects.update(hosters=["voe"])
    write(library.directory, FIRST, SECOND, DOUBLE, "Other/Other - S01E01.mkv", "Who/Who - 01.mkv")
    assert rescan(use_provider=False).state == "COMPLETED"
    return library


def names(page: Tag) -> list[str]:
    return texts(page, ".file-row label")


def ids(*paths: str) -> list[int]:
    return list(MediaFile.objects.filter(path__in=paths).values_list("pk", flat=True))


def leads(visitor: Client, action: str, *paths: str) -> str:
    sent = {"action": action, "ids": ids(*paths)}
    return str(visitor.post("/files/selected", sent)["Location"])


def row(page: Tag, name: str) -> Tag:
    (found,) = (one for one in page.select(".file-row") if name in texts(one, "label"))
    return found


# --- what is shown


def test_every_file_stands_with_what_is_known_of_it(visitor: Client, there: LibraryRoot) -> None:
    MediaFile.objects.filter(path=SECOND).update(
        width=1920, height=1080, video_codec="h264", audio_languages=["und", "de", "ja"]
    )
    page = get(visitor, "/files")
    assert len(names(page)) == 5
    assert texts(page, "#files-count")[0].startswith("5 files, ")
    assert page.select_one(".menu-list a[href='/files'][aria-current=page]")
    second = row(page, "Show - S01E02.mkv")
    assert second.select_one("a[href='/series/show']")
    assert second.select_one("a[href='/series/show/episodes/1/2/why']")
    assert "1920×1080 · h264" in second.get_text()
    assert "de, ja" in second.get_text()
    assert "und" not in second.get_text()
    free = row(page, "Who - 01.mkv")
    assert free.select_one("a[href^='/unmatched?folder=']")


def test_two_files_of_one_episode_are_told_apart(visitor: Client, there: LibraryRoot) -> None:
    page = get(visitor, "/files?show=duplicates")
    assert names(page) == ["Show - S01E01.mkv", "Show - S01E01v2.avi"]
    assert texts(page, ".chip--warn") == ["Spare"]
    spare = row(page, "Show - S01E01.mkv")
    assert "this one counts: Show/Season 01/Show - S01E01v2.avi" in spare.get_text()
    assert spare.select_one("a[href='/series/show/episodes/1/1/why']")
    assert texts(row(page, "Show - S01E01v2.avi"), ".chip") == ["Counts"]
    (there.directory / DOUBLE).unlink()
    rescan(use_provider=False, accept_removals=True)
    page = get(visitor, "/files?show=duplicates")
    assert texts(page, ".empty h2") == ["No episode is there twice"]
    assert not MediaFile.objects.exclude(instead=None).exists()


def test_the_filters_stand_in_the_address(visitor: Client, there: LibraryRoot) -> None:
    make_file(AnimeSeries.objects.get(key="show"), IDLE, root=there, folder="Show", season=9)
    make_file(
        AnimeSeries.objects.get(key="other"),
        "Other/x.mkv",
        root=there,
        folder="Other",
        problem="name_without_number",
        width=1280,
        height=536,
    )
    for query, expected in {
        "show=unmatched": ["Who - 01.mkv"],
        "show=problems": ["x.mkv"],
        "show=idle": ["Show 1x.mkv"],
        "quality=hd": ["x.mkv"],
        "quality=full_hd": [],
        "q=OTHER+s01": ["Other - S01E01.mkv"],
        "q=who": ["Who - 01.mkv"],
        "series=other": ["Other - S01E01.mkv", "x.mkv"],
        "q=nothing": [],
    }.items():
        page = get(visitor, f"/files?{query}")
        assert names(page) == expected, query
        assert bool(page.select(".empty")) is not bool(expected)
    assert texts(get(visitor, "/files?show=problems"), ".episode-error")
    assert row(get(visitor, "/files?show=idle"), "Show 1x.mkv").select_one("a[href$='/mapping']")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.LARGEST, [3, 2, 1, 0]),
        (Sort.SMALLEST, [0, 1, 2, 3]),
        (Sort.NEWEST, [1, 0, 3, 2]),
        (Sort.BEST, [2, 0, 1, 3]),
        (Sort.WORST, [1, 0, 2, 3]),
        (Sort.PLACE, [0, 1, 2, 3]),
    ],
)
def test_each_order_is_kept_over_pages(
    library: LibraryRoot, sort: Sort, expected: list[int]
) -> None:
    series = make_series("Show", root=library)
    for number, (age, height) in enumerate([(8, 720), (9, 480), (1, 2160), (2, None)]):
        facts = {"size": number, "mtime_ns": age, "height": height, "folder": "Show"}
        make_file(series, f"Show/{number}.mkv", root=library, **facts)
    listing = Listing(Wanted(sort=sort))
    assert listing.count() == 4
    assert [file.size for part in (slice(0, 2), slice(2, 4)) for file in listing[part]] == expected


@pytest.mark.parametrize(
    ("size", "quality"),
    [
        ((3840, 1600), Quality.UHD),
        ((1920, 800), Quality.FULL_HD),
        ((1440, 1080), Quality.FULL_HD),
        ((1280, 720), Quality.HD),
        ((720, 576), Quality.SD),
        ((None, None), Quality.UNKNOWN),
    ],
)
def test_a_picture_is_of_one_quality(
    library: LibraryRoot, size: tuple[int | None, int | None], quality: Quality
) -> None:
    make_file(make_series("Show", root=library), "a", root=library, width=size[0], height=size[1])
    wanted = (one for one in Quality if one is not Quality.ANY)
    assert [one for one in wanted if Listing(Wanted(quality=one)).count()] == [quality]


def test_pages_and_what_makes_no_sense(
    visitor: Client, there: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_pages, "PER_PAGE", 2)
    first = get(visitor, "/files?show=%3Cb%3E&quality=9&sort=x&q=%00")
    second = get(visitor, "/files?page=2")
    assert not set(names(first)) & set(names(second))
    assert len(names(get(visitor, "/files?page=99"))) == 1
    fragment = soup(swap(visitor, "get", "/files?q=who", "live"))
    assert names(fragment) == ["Who - 01.mkv"]
    assert not fragment.select("header")


def test_before_the_first_scan_it_says_what_to_do(visitor: Client, library: LibraryRoot) -> None:
    assert texts(get(visitor, "/files"), ".empty h2") == ["No files yet"]


def test_without_a_library_folder_one_is_to_be_set(visitor: Client) -> None:
    assert texts(get(visitor, "/files"), ".empty h2") == ["No library folder is set"]


# --- what is done with them


def test_matching_and_renaming_lead_to_their_pages(visitor: Client, there: LibraryRoot) -> None:
    assert leads(visitor, "match", "Who/Who - 01.mkv", FIRST).startswith("/unmatched?folder=")
    assert leads(visitor, "match", FIRST) == "/files"
    assert leads(visitor, "rename", FIRST) == "/series/show/rename"
    assert leads(visitor, "rename", "Who/Who - 01.mkv") == "/files"
    assert leads(visitor, "remove") == "/files"
    told = get(visitor, "/files").get_text()
    assert "belongs to a series already" in told
    assert "Tick at least one file" in told


def test_several_series_are_renamed_as_the_preview_says(
    visitor: Client, there: LibraryRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "begin_process", lambda *_: None)
    address = leads(visitor, "rename", FIRST, "Other/Other - S01E01.mkv")
    assert address == "/library/rename?series=other&series=show"
    page = get(visitor, address)
    assert set(texts(page, "h2 a")) <= {"Other", "Show"}
    assert "Who" not in page.get_text()
    assert page.select_one("#rename-start") is not None
    visitor.post(address)
    begun = ScanOperation.objects.renamings().get()
    assert begun.parameters["among"] == ["other", "show"]
    get(visitor, "/library/rename?series=nobody", 404)


def test_files_of_several_series_go_as_one_and_come_back_as_one(
    visitor: Client, there: LibraryRoot
) -> None:
    before = on_disk(there.directory)
    address = leads(
        visitor, "remove", FIRST, DOUBLE, "Other/Other - S01E01.mkv", "Who/Who - 01.mkv"
    )
    page = get(visitor, address)
    assert texts(page, "h2 a") == ["Other", "Show"]
    assert texts(page, "#remove-staying li") == ["Who/Who - 01.mkv"]
    assert "2 episodes have no file after it." in texts(page, "#remove-lost")[0]
    button = page.select_one("#delete-confirm")
    assert button is not None
    assert visitor.post(address, {"files": "1-1"}).status_code == 422
    assert on_disk(there.directory) == before
    answer = visitor.post(address, {"files": str(button["value"])}, follow=True)
    said = soup(answer)
    assert "3 files deleted" in said.get_text()
    assert BinnedFile.objects.values("act").distinct().count() == 1
    assert names(said) == ["Show - S01E02.mkv", "Who - 01.mkv"]
    undo = said.select_one("form[action^='/bin/restore?act=']")
    assert undo is not None
    visitor.post(str(undo["action"]))
    assert on_disk(there.directory) == before


def test_the_journal_takes_back_what_went_of_one_series(
    visitor: Client,
    there: LibraryRoot,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    address = leads(visitor, "remove", FIRST, "Other/Other - S01E01.mkv")
    button = get(visitor, address).select_one("#delete-confirm")
    assert button is not None
    visitor.post(address, {"files": str(button["value"])})
    entry = Entry.objects.of_action("series.files_deleted").about("series", "show").get()
    with django_capture_on_commit_callbacks(execute=True):
        visitor.post(f"/journal/{entry.pk}/undo")
    assert (there.directory / FIRST).exists()
    assert not (there.directory / "Other/Other - S01E01.mkv").exists()


def test_with_the_bin_off_it_must_be_said(visitor: Client, there: LibraryRoot) -> None:
    store.update(lambda data: data["library"].update(bin_days=0))
    address = leads(visitor, "remove", SECOND)
    button = get(visitor, address).select_one("#delete-confirm")
    assert button is not None
    sent = {"files": str(button["value"])}
    assert visitor.post(address, sent).status_code == 422
    assert (there.directory / SECOND).exists()
    assert visitor.post(address, {**sent, "for_good": "yes"}).status_code == 302
    assert not (there.directory / SECOND).exists()


def test_what_is_gone_meanwhile_is_said(visitor: Client, there: LibraryRoot) -> None:
    page = get(visitor, "/files/remove?ids=999999&ids=x")
    assert texts(page, ".empty h2") == ["There is none of these files any more"]


# --- over HTTP


def api(visitor: Client, query: str = "", status: int = 200) -> dict[str, Any]:
    answer = visitor.get(f"/api/v1/files?{query}")
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_the_api_says_the_same(visitor: Client, there: LibraryRoot) -> None:
    listed = api(visitor)
    assert listed["count"] == 5
    assert listed["bytes"] == sum(MediaFile.objects.values_list("size", flat=True))
    spare, counting = api(visitor, "show=DUPLICATES")["results"]
    assert (spare["path"], spare["spare_of"], spare["doubled"]) == (FIRST, counting["id"], False)
    assert (counting["spare_of"], counting["doubled"]) == (None, True)
    assert spare["episodes"] == counting["episodes"] == [{"season": 1, "episode": 1}]
    (free,) = api(visitor, "show=unmatched")["results"]
    assert (free["series"], free["unmatched"] is not None) == (None, True)
    assert free["quality"] in {"UNKNOWN", "SD"}
    assert api(visitor, "ordering=colour", 400)["code"] == "validation_error"


def test_the_api_deletes_as_one_act(visitor: Client, there: LibraryRoot) -> None:
    def post(*numbers: int, **more: Any) -> Any:
        body = json.dumps({"ids": [str(number) for number in numbers], **more})
        return visitor.post("/api/v1/files/delete", body, content_type="application/json")

    (free,) = ids("Who/Who - 01.mkv")
    answer = post(*ids(FIRST, "Other/Other - S01E01.mkv"), free)
    assert answer.status_code == 200, answer.content
    done = answer.json()
    assert done["videos"] == 2
    assert [left["reason"]["params"]["why"] for left in done["left"]] == ["no_series"]
    assert post(free).status_code == 409
    assert post(*range(1, 600)).status_code == 400
    assert (there.directory / "Who/Who - 01.mkv").exists()


# --- how it is asked


def test_it_is_counted_and_read_by_the_database(library: LibraryRoot) -> None:
    with CaptureQueriesContext(connection) as asked:
        listing = Listing(Wanted())
        listing.count()
        listing[0:10]
        Listing(Wanted(show=Show.DUPLICATES)).count()
    assert len(asked) == 3
    if connection.vendor != "sqlite":
        return
    plans = []
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plans.append(str(cursor.fetchall()))
    assert "USING COVERING INDEX sqlite_autoindex_library_mediafile" in plans[1], (
        "in order without sorting"
    )
    assert "file_spare" in plans[2]


def test_a_folder_elsewhere_is_no_part_of_the_library(
    visitor: Client, there: LibraryRoot, tmp_path: Path
) -> None:
    other = LibraryRoot.objects.create(path=str(tmp_path / "other"), is_active=False)
    MediaFile.objects.create(root=other, path="a.mkv", seen_at=timezone.now())
    make_unmatched("", root=other)
    assert api(visitor)["count"] == 5
