"""The pages of renaming: what would be done, doing it, undoing it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from library.models import AnimeSeries, LibraryRoot, ScanOperation
from library.renaming import preview
from library.renaming.run import Renaming
from library.services import renaming
from tests.factories import make_series
from tests.unit.library.conftest import rescan
from tests.unit.library.renaming.conftest import known, write
from tests.unit.reading import get, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(library: LibraryRoot) -> AnimeSeries:
    """A series with a file by another name, and one that is named so already."""
    season = "Show/Season 01"
    for name in ("Show", "Other"):
        make_series(name, missing=2, root=library, key=name.lower())
    write(
        library.directory,
        *(f"{season}/s01e01{end}" for end in (".mkv", ".de.srt")),
        f"{season}/<b>&.mkv",
        "Other/Season 01/Other - S01E01 - Title 1.mkv",
    )
    assert rescan(use_provider=False).state == "COMPLETED"
    return AnimeSeries.objects.get(key="show")


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renaming, "_launch", lambda _operation: SimpleNamespace(pid=1))
    monkeypatch.setattr(renaming, "_watch", lambda *_: None)


def run() -> None:
    Renaming(ScanOperation.objects.running().get()).run()


def test_it_shows_old_and_new_names_and_why_some_stay(visitor: Client, show: AnimeSeries) -> None:
    assert get(visitor, "/series/show").select_one("#series-rename") is not None
    for address in ("/series/show/rename", "/library/rename"):
        page = get(visitor, address)
        assert texts(page, ".rename-table tbody th") == [
            "Season 01/<b>&.mkv",
            "Season 01/s01e01.mkv",
        ]
        assert "Season 01/Show - S01E01 - Title 1.mkv" in texts(page, ".rename-table td code")
        assert "Season 01/s01e01.de.srt" not in texts(page, ".rename-table td code")
        assert "s01e01.de.srt" in texts(page, ".rename-table td code")
        assert "no season or episode number" in page.get_text()
        assert page.select_one("#rename-start") is not None


def test_all_named_so_already_is_said(visitor: Client, show: AnimeSeries) -> None:
    page = get(visitor, "/series/other/rename")
    assert "All files are named so already" in page.get_text()
    assert page.select_one("#rename-start") is None


def test_it_is_done_and_undone_by_buttons(visitor: Client, show: AnimeSeries, begun: None) -> None:
    before = known()
    visitor.post("/series/show/rename")
    running = get(visitor, "/library/rename")
    assert running.select_one("#rename-cancel") is not None
    assert running.select_one("#rename-start") is None
    assert "The names are being worked out" in running.get_text()
    run()
    page = get(visitor, "/series/show/rename")
    assert "1 file has another name" in page.get_text()
    assert known() != before
    undo = page.select_one("#rename-undo")
    assert undo is not None
    form = undo.find_parent("form")
    assert form is not None
    visitor.post(str(form["action"]))
    run()
    assert known() == before


def test_a_part_of_a_large_library_is_shown_at_a_time(
    visitor: Client, show: AnimeSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "MOST_FILES", 1)
    first = get(visitor, "/library/rename")
    assert "All files are named so already" not in first.get_text()
    further = first.select_one('a[href^="?after="]')
    assert further is not None
    second = get(visitor, f"/library/rename{further['href']}")
    assert texts(second, ".rename-table tbody th")[-1] == "Season 01/s01e01.mkv"


def test_the_api_says_and_does_the_same(visitor: Client, show: AnimeSeries, begun: None) -> None:
    answer = visitor.get("/api/v1/rename").json()
    assert answer["count"] == 2
    found = {one["key"]: one for one in answer["results"]}
    assert (found["other"]["files"], found["other"]["unchanged"]) == ([], 1)
    strange, named = found["show"]["files"]
    assert strange["reason"]["code"] == "name_without_number"
    assert named == {
        "path": "Show/Season 01/s01e01.mkv",
        "new_path": "Show/Season 01/Show - S01E01 - Title 1.mkv",
        "beside": ["s01e01.de.srt"],
        "reason": None,
    }
    assert visitor.get("/api/v1/anime/show/rename").json() == found["show"]
    assert visitor.get("/api/v1/rename/status").json()["state"] == "IDLE"
    assert visitor.post("/api/v1/anime/show/rename").status_code == 202
    assert visitor.post("/api/v1/rename").status_code == 409
    run()
    status = visitor.get("/api/v1/rename/status").json()
    assert (status["state"], status["series"]) == ("COMPLETED", "show")
    assert status["result"]["renamed"] == 1
    assert visitor.post("/api/v1/rename/cancel").json()["code"] == "no_renaming_running"
