from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from library.choices import FileState
from library.models import LibraryRoot
from library.scanner.run import Scan
from library.services import scans
from library.services.operations import ScanOptions
from tests.factories import make_file, make_scan, make_series, make_unmatched, said
from tests.unit.reading import get, soup, swap, texts


def test_a_running_scan_is_shown_and_can_be_cancelled(
    visitor: Client, library: LibraryRoot
) -> None:
    scan = make_scan("RUNNING", current=3, total=12, files=40, folder="Mushishi (2005)")
    page = get(visitor, "/")
    bar = page.select_one(".scan progress")
    assert bar is not None
    assert (bar["value"], bar["max"]) == ("3", "12")
    assert texts(page, "[data-part=folder]") == ["Mushishi (2005)"]
    panel = soup(swap(visitor, "post", "/library/scan/cancel", "scan"))
    assert panel.select_one("#scan-cancel[disabled]")
    scan.refresh_from_db()
    assert scan.cancel_requested


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The scans that were started, by what they were told."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(scans, "start", lambda **options: found.append(options))
    return found


def lose(root: LibraryRoot, name: str, *, gone: int, of: int) -> None:
    series = make_series(name, root=root, unavailable_count=gone, removal_held=gone > 0)
    for number in range(of):
        state = FileState.UNAVAILABLE if number < gone else FileState.PRESENT
        make_file(series, f"{name}/{number}.mkv", folder=name, state=state)


def test_vanished_files_wait_for_the_owners_word(
    visitor: Client, library: LibraryRoot, started: list[dict[str, Any]]
) -> None:
    lose(library, "Mushishi", gone=3, of=4)
    lose(library, "Planetes", gone=0, of=2)
    make_scan("FAILED", **said("error", "mass_removal", "3 of 6 files: a long sentence."))
    page = get(visitor, "/")
    assert texts(page, "#scan .losses li") == ["Mushishi 3 of 4 files"]
    assert f"3 of 6 known files have gone from {library.path}:" in texts(page, "#scan .alert p")
    assert "long sentence" not in page.get_text()
    assert not page.select("#scan button[name=accept_removals]")

    link = page.select_one("#scan-accept")
    assert link is not None
    asked = get(visitor, str(link["href"]))
    assert texts(asked, ".losses li") == ["Mushishi 3 of 4 files"]
    button = asked.select_one("form[method=post] button[name=files]")
    assert button is not None
    assert texts(asked, "#removals-confirm") == ["Yes, 3 files are really gone"]
    assert not started
    visitor.post(str(link["href"]), {"files": button["value"]})
    assert started == [{"accept_removals": True}]


def test_the_word_is_for_the_files_it_was_asked_about_only(
    visitor: Client, library: LibraryRoot, started: list[dict[str, Any]]
) -> None:
    lose(library, "Mushishi", gone=3, of=4)
    make_scan("FAILED", **said("error", "mass_removal", "3 of 4 files."))
    answer = visitor.post("/library/scan/removals", {"files": "2"})
    assert (answer.status_code, started) == (422, [])
    assert "other files" in texts(soup(answer), ".toast p")[0]
    visitor.post("/library/scan/start", {"accept_removals": "1"})
    assert started == [{}]


def test_nothing_is_confirmed_where_nothing_was_asked(
    visitor: Client, library: LibraryRoot, started: list[dict[str, Any]]
) -> None:
    make_scan()
    answer = visitor.post("/library/scan/removals", {"files": "0"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    assert "No scan waits" in texts(soup(answer), ".toast p")[0]
    assert not started


def test_an_emptied_folder_can_be_confirmed(
    visitor: Client, library: LibraryRoot, started: list[dict[str, Any]]
) -> None:
    lose(library, "Mushishi", gone=0, of=2)
    operation = make_scan("RUNNING")
    Scan(operation, ScanOptions(use_provider=False)).run()
    page = get(visitor, "/")
    told = texts(page, "#scan .alert p")[0]
    assert f'press "{texts(page, "#scan-accept")[0]}" on the library page' in told
    asked = get(visitor, "/library/scan/removals")
    assert texts(asked, ".losses li") == ["Mushishi 2 files"]
    assert texts(asked, "#removals-confirm") == ["Yes, what is not found is really gone"]
    visitor.post("/library/scan/removals", {"files": "2"})
    assert started == [{"accept_removals": True}]


def test_another_disk_is_told_and_can_be_confirmed(
    visitor: Client, library: LibraryRoot, started: list[dict[str, Any]]
) -> None:
    lose(library, "Mushishi", gone=0, of=2)
    library.identity = "of another disk"
    library.save()
    (library.directory / "readme.txt").write_text("the disk goes here")
    Scan(make_scan("RUNNING"), ScanOptions(use_provider=False)).run()
    alert = texts(get(visitor, "/"), "#scan .alert")[0]
    assert "2 of 2 known files have gone" in alert
    assert "not the folder it was at the last scan" in alert
    visitor.post("/library/scan/removals", {"files": "2"})
    assert started == [{"accept_removals": True}]


def test_files_still_held_when_a_scan_was_right_can_be_confirmed(
    visitor: Client, library: LibraryRoot, started: list[dict[str, Any]]
) -> None:
    lose(library, "Mushishi", gone=1, of=3)
    make_scan("COMPLETED", result={"folders": 1})
    page = get(visitor, "/")
    assert "Some files that had gone are not back" in texts(page, "#scan .alert")[0]
    assert texts(page, "#scan .losses li") == ["Mushishi 1 of 3 files"]
    visitor.post("/library/scan/removals", {"files": "1"})
    assert started == [{"accept_removals": True}]


def test_no_word_helps_a_folder_that_is_away(visitor: Client, library: LibraryRoot) -> None:
    lose(library, "Mushishi", gone=0, of=2)
    library.directory.rmdir()
    Scan(make_scan("RUNNING"), ScanOptions(use_provider=False)).run()
    page = get(visitor, "/")
    assert library.path in texts(page, "#scan .alert")[0]
    assert page.select_one("#scan-again")
    assert not page.select("#scan-accept")
    assert visitor.get("/library/scan/removals").status_code == 302


def test_what_a_scan_left_out_is_listed_with_its_reason(
    visitor: Client, library: LibraryRoot
) -> None:
    series = make_series("Mushishi", root=library)
    make_file(series, "Mushishi/odd.mkv", problem="name_of_season")
    problem = {"path": "locked", "code": "unreadable_folder", "params": {"errno": "EACCES"}}
    make_scan(result={"errors": 1, "unreadable": 1}, problems=[problem])
    page = get(visitor, "/")
    assert texts(page, "#scan-problems summary") == ["2 things need a look"]
    assert texts(page, "#scan-problems li") == [
        "locked cannot be read: Permission denied",
        "Mushishi/odd.mkv names a season, no episode",
    ]
    assert page.select_one("#scan-problems ul[tabindex='0'][aria-label]")  # it scrolls


def test_a_name_that_is_not_utf8_is_told_once_among_the_problems(
    visitor: Client, library: LibraryRoot
) -> None:
    reason = "has a name that is not valid UTF-8; rename it"
    problem = {"path": r"Stra\xdfe", "code": "not_utf8", "params": {}}
    make_scan(result={"errors": 1}, problems=[problem])
    assert texts(get(visitor, "/"), "#scan-problems li") == [f"Stra\ufffde {reason}"]


def test_a_site_that_could_not_be_asked_is_told_apart_from_the_files(
    visitor: Client, library: LibraryRoot
) -> None:
    reason = "aniworld cannot be reached: Connection refused"
    params = {"why": "as_told", "text": reason}
    make_scan(
        result={"errors": 1, "unmatched": 1},
        problems=[{"path": "aniworld", "code": "site_down", "params": params}],
    )
    detail = said("detail", "site_down", reason)
    make_unmatched("Mushishi", root=library, reason="PROVIDER_FAILED", **detail)
    page = get(visitor, "/")
    assert texts(page, ".scan-silent p")[0] == reason
    assert not page.select("#scan-problems")
    again = get(visitor, "/unmatched").select_one("form:has(#ask-again)")
    assert again is not None
    assert again["action"] == "/library/scan/start"


def test_the_scan_panel_alone_is_for_scripts_only(visitor: Client, library: LibraryRoot) -> None:
    assert soup(swap(visitor, "get", "/library/scan", "scan")).select_one("#scan")
    assert visitor.get("/library/scan").status_code == 302


def test_many_series_are_a_list_that_ends(visitor: Client, library: LibraryRoot) -> None:
    for number in range(12):
        lose(library, f"Series {number:02}", gone=1, of=1)
    make_scan("FAILED", **said("error", "mass_removal", "12 of 12 files have gone."))
    lines = texts(get(visitor, "/"), "#scan .losses li")
    assert (len(lines), lines[-1]) == (11, "and 2 more series")
    assert len(texts(get(visitor, "/library/scan/removals"), ".losses li")) == 12
