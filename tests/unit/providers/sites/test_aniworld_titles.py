"""Titles are taken whole, whatever signs they hold and however often the site escapes them."""

from __future__ import annotations

import json
from html import escape

import pytest

from providers.http import Page
from providers.sites.aniworld.landmarks import clean, clean_text
from providers.sites.aniworld.search import (
    read_catalogue,
    read_older_search,
    read_search,
)
from providers.sites.aniworld.series_page import read_episodes, read_series
from providers.sites.catalogue import Catalogue

URL = "https://aniworld.test/anime/stream/odd"
TITLES = [
    "<harmony/>",
    "Violet <Evergarden> & the \"Letters\" of 'L'",
    "A < B > C",
    "I <3 You",
    "<script>alert(1)</script>",
    "</title>",
    "Fate/Zero\\One",
    "Q&A &notes &copy. &amp",
    "AT&T; R&D",
    "!!!",
    "?",
    "∀☆♪",
    "🗡️👩‍👩‍👧‍👦🇯🇵",
    "鋼の錬金術師 ―FULLMETAL―",
    "כותרת בעברית (עונה 2)",
    "e\u0301\u0323 Zalgo Z\u0335\u0321a\u0337",
    "Re\u200bZero\u00adOne",
    "\u202ereversed",
    "..hack//SIGN..",
    "% {name} {{season}} $1 \\1",
    "86",
    "None",
    "null",
    "x" * 900,
]
ROUNDS = [1, 2, 3, 5]


def escaped(text: str, rounds: int) -> str:
    for _ in range(rounds):
        text = escape(text)
    return text


def page(body: str) -> Page:
    return Page(URL, f"<!doctype html><html><body>{body}</body></html>")


def series_page(title: str) -> Page:
    return page(
        '<div id="stream"><a href="/anime/stream/odd/staffel-1">1</a></div>'
        f'<div class="series-title"><h1 title="Animes Stream: {title.replace(chr(34), "&quot;")}">'
        f"<span>{title}</span></h1></div>"
    )


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("title", TITLES)
def test_of_a_series(title: str, rounds: int) -> None:
    found = read_series(series_page(escaped(title, rounds)), key="odd", link=URL)
    assert found.name == title


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("title", TITLES)
def test_of_an_episode(title: str, rounds: int) -> None:
    text = escaped(title, rounds)
    row = (
        '<tr data-episode-id="1" data-episode-season-id="1"><td class="seasonEpisodeTitle">'
        f'<a href="/anime/stream/odd/staffel-1/episode-1"><strong>{text}</strong> - '
        f"<span>{text} [Episode 001]</span></a></td></tr>"
    )
    (found,) = read_episodes(
        page(
            '<div id="stream"><a href="/anime/stream/odd/staffel-1">1</a></div>'
            f'<table class="seasonEpisodesList"><tbody>{row}</tbody></table>'
        ),
        1,
    )
    assert (found.title, found.original_title) == (title, title)


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("title", TITLES)
def test_of_the_list_and_found_there(title: str, rounds: int) -> None:
    text = escaped(title, rounds)
    listed = read_catalogue(page(f'<ul><li><a href="/anime/stream/odd">{text}</a></li></ul>'))
    assert [found.name for found in listed] == [title]
    assert [hit.key for hit in Catalogue(listed).search(title)] == ["odd"]


@pytest.mark.parametrize("rounds", [0, *ROUNDS])
@pytest.mark.parametrize("title", TITLES)
def test_of_a_search(title: str, rounds: int) -> None:
    text = escaped(title, rounds)
    for mark in (text, f"<em>{text}</em>"):
        entry = {"title": mark, "link": "/anime/stream/odd", "description": "d"}
        (found,) = read_search(Page(URL, json.dumps([entry])))
        assert found.name == title
    older = {"name": text, "link": "odd", "description": None, "cover": None}
    (found,) = read_older_search(Page(URL, json.dumps([older])))
    assert (found.name, found.description, found.cover_url) == (title, "", "")


def test_a_title_of_digits_may_come_as_a_number() -> None:
    entries = [
        {"title": 86, "link": "/anime/stream/eighty-six"},
        {"title": None, "link": "/anime/stream/none"},
        {"title": ["x"], "link": "/anime/stream/list"},
    ]
    found = read_search(Page(URL, json.dumps(entries)))
    assert [(one.key, one.name) for one in found] == [("eighty-six", "86")]


@pytest.mark.parametrize("title", ["<harmony/>", "Love <Letter> for you", "<A>"])
def test_what_is_not_escaped_at_all_is_read_beside_the_text(title: str) -> None:
    assert read_series(series_page(title), key="odd", link=URL).name == title
    entry = f'<li><a href="/anime/stream/odd" title="{title} Stream anschauen">{title}</a></li>'
    assert read_catalogue(page(entry))[0].name == title


def test_half_an_emoji_and_control_characters_can_be_kept() -> None:
    entry = {"title": "Cut \ud83d\u0000off\u0007", "link": "/anime/stream/odd"}
    (found,) = read_search(Page(URL, json.dumps([entry])))
    assert found.name == "Cut �off"
    assert found.name.encode()


def test_texts_are_bounded() -> None:
    assert len(clean("x" * 1_000_000)) == 1_000
    assert len(clean("&amp;" * 1_000_000)) == 1_000
    assert len(clean_text("<" * 1_000_000)) == 10_000
    names = ", ".join(f"name {n}" for n in range(100_000))
    listed = read_catalogue(
        page(f'<li><a data-alternative-title="{names}" href="/anime/stream/odd">Odd</a></li>')
    )
    assert len(listed[0].alternative_names) == 100
