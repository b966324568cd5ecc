"""Suggested numberings: on the page of a series, on that of its numbering, and of all series."""

from __future__ import annotations

import pytest
from django.test import Client

from aniworld.web.rights import Right
from library.models import AnimeSeries, LibraryRoot
from tests.factories import SPLIT_MARK, make_series, split_numbers
from tests.unit.aniworld.pages.test_rights import browser_of
from tests.unit.reading import get, soup, texts


@pytest.fixture
def split(library: LibraryRoot) -> AnimeSeries:
    series = make_series("Mushishi", key="mushishi", root=library)
    split_numbers(series)
    return series


def test_the_series_page_leads_to_what_is_suggested(visitor: Client, split: AnimeSeries) -> None:
    page = get(visitor, "/series/mushishi")
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
    assert not get(visitor, "/series/mushishi").select("#numbering-suggested")
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


def test_who_looks_alone_gets_no_buttons(visitor: Client, split: AnimeSeries) -> None:
    guest = browser_of("guest", Right.VIEW)
    for address in ("/numbering", "/series/mushishi/mapping"):
        page = get(guest, address)
        assert page.select(".suggestion")
        assert not page.select(".suggestion form")
    assert guest.post("/series/mushishi/mapping/apply", {"mark": SPLIT_MARK}).status_code == 403
