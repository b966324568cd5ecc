"""The pages of the recycle bin: what would go, what is in it, and both ways, without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aniworld.config import store
from aniworld.journal.models import Entry
from library.models import AnimeSeries, BinnedFile, Episode, LibraryRoot
from library.recycling.delete import delete_files
from tests.factories import make_series
from tests.unit.library.conftest import rescan
from tests.unit.library.renaming.conftest import on_disk, write
from tests.unit.reading import get, texts

pytestmark = pytest.mark.django_db
HOME = "Show/Season 01"
FIRST = f"{HOME}/Show - S01E01"


@pytest.fixture
def show(library: LibraryRoot) -> AnimeSeries:
    make_series("Show", missing=3, root=library, key="show")
    Episode.objects.update(hosters=["voe"])
    write(
        library.directory,
        *(f"{FIRST}{end}" for end in (".mkv", ".de.srt")),
        f"{HOME}/S01E02-E03 <b>&.mkv",
    )
    assert rescan(use_provider=False).state == "COMPLETED"
    return AnimeSeries.objects.get(key="show")


def confirm(visitor: Client, address: str, **more: str) -> int:
    button = get(visitor, address).select_one("#delete-confirm")
    assert button is not None
    sent = {"files": str(button["value"]), **more}
    return visitor.post(address, sent).status_code


def in_bin(root: LibraryRoot) -> list[str]:
    return [name for name in on_disk(root.directory) if name.startswith(".aniworld/bin/2")]


def test_the_page_of_the_series_leads_to_what_would_go(visitor: Client, show: AnimeSeries) -> None:
    page = get(visitor, "/series/show")
    assert page.select_one("#series-delete") is not None
    assert page.select_one("a[href$='/delete?season=1']") is not None
    why = get(visitor, "/series/show/episodes/1/1/why")
    assert why.select_one("a[href$='season=1&episode=1']") is not None
    page = get(visitor, "/series/show/delete?season=1&episode=1")
    assert texts(page, "tbody th") == [f"{FIRST}.mkv"]
    assert texts(page, "tbody li") == ["Show - S01E01.de.srt"]
    assert page.select_one("#delete-also") is None
    assert "S01E03" in get(visitor, "/series/show/delete?season=1&episode=2").get_text()
    assert len(texts(get(visitor, "/series/show/delete"), "tbody th")) == 2
    assert not list((show.root or pytest.fail("no root")).directory.glob(".aniworld"))


def test_it_goes_and_comes_back_by_buttons(
    visitor: Client, show: AnimeSeries, library: LibraryRoot
) -> None:
    before = on_disk(library.directory)
    assert confirm(visitor, "/series/show/delete?season=1&episode=1") == 302
    assert len(in_bin(library)) == 2
    page = get(visitor, "/series/show")
    assert "1 file deleted" in page.get_text()
    assert "you have deleted its file" in page.get_text()
    assert page.select_one("#queue-missing") is None
    assert page.select_one("#episode-1-1") is not None, "its owner may pick it"
    page = get(visitor, "/bin")
    assert texts(page, "label code") == ["Show - S01E01.mkv"]
    assert "S01E01" in page.get_text()
    ids = [str(box["value"]) for box in page.select("input[name=ids]")]
    assert visitor.post("/bin/restore", {"ids": ids}).status_code == 302
    assert on_disk(library.directory) == before
    assert "The recycle bin is empty" in get(visitor, "/bin").get_text()


def test_what_went_together_comes_back_together(
    visitor: Client, show: AnimeSeries, library: LibraryRoot
) -> None:
    before = on_disk(library.directory)
    confirm(visitor, "/series/show/delete")
    link = get(visitor, "/bin").select_one("a[href*='act=']")
    assert link is not None
    page = get(visitor, str(link["href"]))
    act = page.select_one("input[name=act]")
    assert act is not None
    visitor.post("/bin/restore", {"act": str(act["value"])})
    assert on_disk(library.directory) == before


def test_other_files_than_those_that_were_shown_do_not_go(
    visitor: Client, show: AnimeSeries, library: LibraryRoot
) -> None:
    assert visitor.post("/series/show/delete", {"files": "1-7"}).status_code == 422
    assert visitor.post("/series/show/delete").status_code == 422
    assert not in_bin(library)


def test_where_the_bin_is_off_it_asks_for_a_word(
    visitor: Client, show: AnimeSeries, library: LibraryRoot
) -> None:
    store.update(lambda data: data["library"].update(bin_days=0))
    assert "gone for good" in get(visitor, "/series/show/delete").get_text()
    assert confirm(visitor, "/series/show/delete") == 422
    assert f"{FIRST}.mkv" in on_disk(library.directory)
    assert confirm(visitor, "/series/show/delete", for_good="yes") == 302
    assert on_disk(library.directory) == {}
    assert not BinnedFile.objects.exists()


def test_deleting_for_good_asks_once_more(
    visitor: Client, show: AnimeSeries, library: LibraryRoot
) -> None:
    confirm(visitor, "/series/show/delete")
    ids = list(BinnedFile.objects.values_list("pk", flat=True))
    asked = visitor.post("/bin/delete", {"ids": ids})
    assert b"Nobody can bring that back" in asked.content
    assert len(in_bin(library)) == 3
    visitor.post("/bin/delete", {"ids": ids[:1], "sure": "1"})
    assert BinnedFile.objects.count() == 1
    assert b'name="all"' in visitor.post("/bin/delete", {"all": "yes"}).content
    visitor.post("/bin/delete", {"all": "yes", "sure": "1"})
    assert not in_bin(library)
    assert visitor.post("/bin/delete").status_code == 302


def test_a_place_that_is_taken_is_said(
    visitor: Client, show: AnimeSeries, library: LibraryRoot
) -> None:
    confirm(visitor, "/series/show/delete?season=1&episode=1")
    write(library.directory, f"{FIRST}.mkv")
    ids = list(BinnedFile.objects.values_list("pk", flat=True))
    said = visitor.post("/bin/restore", {"ids": ids}, follow=True).content.decode()
    assert "Another file has its place" in said
    visitor.post("/bin/restore", {"ids": ids, "taken": "numbered"})
    assert f"{FIRST} (2).mkv" in on_disk(library.directory)
    assert visitor.post("/bin/restore", {"ids": ids}).status_code == 302


def test_the_bin_shows_one_series(visitor: Client, show: AnimeSeries) -> None:
    delete_files(show, list(show.files.all()))
    assert len(texts(get(visitor, "/bin?series=show"), "label code")) == 2
    assert texts(get(visitor, "/bin?series=other"), "label code") == []
    assert texts(get(visitor, "/bin?act=nonsense"), "label code") == []
    assert len(texts(get(visitor, "/bin?page=99"), "label code")) == 2


def test_deleted_episodes_are_wanted_again_by_a_button(visitor: Client, show: AnimeSeries) -> None:
    confirm(visitor, "/series/show/delete")
    show.refresh_from_db()
    assert show.missing_count == 0
    assert get(visitor, "/series/show").select_one("#series-want") is not None
    visitor.post("/series/show/want")
    show.refresh_from_db()
    assert show.missing_count == 3
    entry = Entry.objects.get(action="series.episodes_wanted")
    visitor.post(f"/journal/{entry.pk}/undo")
    show.refresh_from_db()
    assert show.missing_count == 0


def test_a_full_bin_is_read_with_few_queries(
    visitor: Client, library: LibraryRoot, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    series = make_series("Many", root=library, key="many")
    write(library.directory, *(f"Many/Season 01/S01E{n:03}.mkv" for n in range(1, 121)))
    rescan(use_provider=False)
    delete_files(series, list(series.files.all()))
    get(visitor, "/bin")
    with django_assert_max_num_queries(12):
        assert len(get(visitor, "/bin").select("input[name=ids]")) == 100


def test_a_series_that_is_not_there_has_no_page(visitor: Client) -> None:
    assert visitor.get("/series/nobody/delete").status_code == 404
    assert visitor.post("/series/nobody/want").status_code == 404


def test_pages_name_the_bin(visitor: Client, library: LibraryRoot, tmp_path: Path) -> None:
    assert get(visitor, "/").select_one("a[href='/bin']") is not None
