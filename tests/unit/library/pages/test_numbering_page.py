"""Suggested numberings: on the page of a series, on that of its numbering, and of all series."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aniworld.web.rights import Right
from library.models import AnimeSeries, LibraryRoot
from library.services import set_mapping
from tests.factories import SPLIT_MARK, make_series, split_numbers
from tests.unit.aniworld.pages.test_rights import browser_of
from tests.unit.reading import get, soup, texts

SPLIT_RANGE = {
    "library_season": 1,
    "library_first": 3,
    "library_last": 4,
    "provider_season": 2,
    "provider_first": 1,
}


@pytest.fixture
def split(library: LibraryRoot) -> AnimeSeries:
    series = make_series("Mushishi", key="mushishi", root=library)
    split_numbers(series)
    return series


def test_the_series_page_leads_to_what_is_suggested(visitor: Client, split: AnimeSeries) -> None:
    page = get(visitor, "/series/mushishi?tab=problems")
    link = page.select_one("#numbering-suggested a")
    assert link
    assert link["href"] == "/series/mushishi/mapping#suggested"
    found = texts(get(visitor, "/series/mushishi/mapping"), "#suggested .suggestion")[0]
    assert "One season is several in the catalogue" in found
    assert (
        "The files go on counting in season 1, up to 4. What they count from 3 on, the catalogue "
        "lists in season 2. There are just as many files as episodes." in found
    )
    assert "season 1, 3 to 4 → season 2 from 1" in found
    assert "2 files get their episodes: S01E03.mkv … S01E04.mkv" in found


def test_it_is_applied_and_undone_by_a_press(visitor: Client, split: AnimeSeries) -> None:
    answer = visitor.post("/series/mushishi/mapping/apply", {"mark": SPLIT_MARK}, follow=True)
    assert answer.redirect_chain == [("/series/mushishi/mapping", 302)]
    told = "Mushishi has the suggested numbering: 4 of 4 on disk."
    assert texts(soup(answer), ".toast p")[0] == told
    assert not soup(answer).select("#suggested")
    assert not get(visitor, "/series/mushishi?tab=problems").select("#numbering-suggested")
    split.refresh_from_db()
    assert len(split.mapping) == 1
    undone = soup(answer).select_one(".toast form")
    assert undone
    visitor.post(str(undone["action"]))
    split.refresh_from_db()
    assert split.mapping == []


def test_all_series_that_wait_are_on_one_page(visitor: Client, split: AnimeSeries) -> None:
    other = make_series("Alone", key="alone", present=2)
    other.episodes.filter(episode_number=2).update(listed=False)
    page = get(visitor, "/numbering")
    assert texts(page, "section h2") == ["Mushishi"]  # the other one's episode has no file
    assert texts(page, "[data-key=mushishi] .muted")[0] == "2 files stand for no listed episode."
    facts = {"mark": SPLIT_MARK, "from": "numbering"}
    answer = visitor.post("/series/mushishi/mapping/dismiss", facts, follow=True)
    assert answer.redirect_chain == [("/numbering", 302)]
    assert "No numbering is likely enough" in texts(soup(answer), "[data-key=mushishi]")[0]
    assert not get(visitor, "/series/mushishi/mapping").select("#suggested")
    again = visitor.post("/series/mushishi/mapping/dismiss", facts, follow=True)
    assert "is suggested no more" in texts(soup(again), ".toast p")[0]
    AnimeSeries.objects.filter(key="mushishi").update(dismissed_numbers=[])
    visitor.post("/series/mushishi/mapping/apply", facts)
    assert texts(get(visitor, "/numbering"), ".empty h2") == ["Every file has its episode"]


def test_the_list_is_paged(visitor: Client, library: LibraryRoot) -> None:
    for number in range(21):
        split_numbers(make_series(f"Show {number:02}", root=library))
    page = get(visitor, "/numbering")
    assert len(page.select("[data-key]")) == 20
    assert texts(get(visitor, "/numbering?page=2"), "section h2") == ["Show 20"]


FILE = [
    {"site": "aniworld", "key": "mushishi", "mapping": [SPLIT_RANGE]},
    {"site": "aniworld", "key": "nobody", "mapping": []},
    {"site": "aniworld", "key": 3},
]


def read(visitor: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("numberings.json", content)
    return visitor.post("/numbering/import", {"file": file})


def test_a_file_of_numberings_is_shown_and_taken_over(visitor: Client, split: AnimeSeries) -> None:
    AnimeSeries.objects.filter(key="mushishi").update(site_key="mushishi")
    assert get(visitor, "/numbering").select_one("a[href='/numbering/import']")
    get(visitor, "/numbering/import")
    page = soup(read(visitor, json.dumps(FILE).encode()))
    assert texts(page, ".suggestion") == ["Mushishi season 1, 3 to 4 → season 2 from 1"]
    assert "1 entry is about a series that the library has not." in page.text
    assert texts(page, "#passed-over li") == ["Entry 3 is of another shape."]
    split.refresh_from_db()
    assert split.mapping == []
    fields = page.select("form:has(#apply-numberings) input:not([name=csrfmiddlewaretoken])")
    sent = {str(one["name"]): str(one["value"]) for one in fields}
    answer = visitor.post("/numbering/import", sent, follow=True)
    assert texts(soup(answer), ".toast p")[0] == "1 series has its numbering."
    split.refresh_from_db()
    assert split.mapping == [SPLIT_RANGE]
    again = soup(read(visitor, json.dumps(FILE).encode()))
    assert not again.select(".suggestion")


def test_ranges_that_were_set_since_the_file_was_shown_stay(
    visitor: Client, split: AnimeSeries
) -> None:
    AnimeSeries.objects.filter(key="mushishi").update(site_key="mushishi")
    page = soup(read(visitor, json.dumps(FILE).encode()))
    fields = page.select("form:has(#apply-numberings) input:not([name=csrfmiddlewaretoken])")
    sent = {str(one["name"]): str(one["value"]) for one in fields}
    own = {**SPLIT_RANGE, "library_season": 9}
    set_mapping(split, [own])
    answer = visitor.post("/numbering/import", sent, follow=True)
    assert "Mushishi has ranges of its own, which stay." in texts(soup(answer), ".toast p")
    split.refresh_from_db()
    assert split.mapping == [own]


def test_what_was_tampered_with_on_the_way_is_refused_one_by_one(
    visitor: Client, split: AnimeSeries
) -> None:
    sent = {"action": "apply", "series": ["nobody", "mushishi"], "mapping-mushishi": "[[["}
    answer = visitor.post("/numbering/import", sent, follow=True)
    told = texts(soup(answer), ".toast p")
    assert "There is no series “nobody” in the library." in told
    assert any("A mapping is a list" in one for one in told)
    split.refresh_from_db()
    assert split.mapping == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither JSON nor XML"),
        (b"<html/>", "no “anime-list”"),
        (b" " * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(
    visitor: Client, library: LibraryRoot, content: bytes, words: str
) -> None:
    answer = read(visitor, content)
    assert answer.status_code == 422
    assert words in texts(soup(answer), "#id_file_error")[0]
    assert visitor.post("/numbering/import").status_code == 422


def test_who_looks_alone_gets_no_buttons(visitor: Client, split: AnimeSeries) -> None:
    guest = browser_of("guest", Right.VIEW)
    for address in ("/numbering", "/series/mushishi/mapping"):
        page = get(guest, address)
        assert page.select(".suggestion")
        assert not page.select(".suggestion form")
    assert guest.post("/series/mushishi/mapping/apply", {"mark": SPLIT_MARK}).status_code == 403
