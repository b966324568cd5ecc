"""Pages made to stop us: each takes the time of its length, and each fault stays its own."""

from __future__ import annotations

import importlib
import pkgutil
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import providers
from providers import border
from providers.base import EpisodeInfo, Media, MediaKind, SearchResult, SeriesInfo, Source
from providers.border import BorderedHoster, BorderedSite
from providers.errors import DecoderOutdated, MarkupChanged, SiteDown, UnexpectedAnswer
from providers.parsing import MOST_DEPTH, MOST_TAGS, parsed
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker

URL = "https://site.example/page"


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern of the package; all of them meet foreign text."""
    for found in pkgutil.walk_packages(providers.__path__, "providers."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{found.name}.{name}", value


PATTERNS = dict(patterns())
# Beginnings that a pattern takes, again and again, and never an end.
BITS = (
    *("location='https://", 'location.href = "https://', "a168c='", 'MKGMa="', "'hls': '"),
    *(
        "'hls'",
        "https://a",
        "https://",
        "sources:[",
        "sources : [{",
        "tracks:[",
        "tracks: [{",
        "{",
        "file:'",
        'file: "',
    ),
    *('src:"/', "&amp;", "&#1", "&", "<a ", "<em>", "<", "</", "[ova]", "[", " ", "\n", "0"),
    *("9", "tt1", "/episode-1", "/staffel-1", "/", "a.svg", ".svg?", "a", "-", ".", "Fehler "),
    *("<div>", "'", '"'),
)


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Of the processor, the least of three."""
    least = float("inf")
    for _ in range(3):
        begun = time.process_time()
        for _match in pattern.finditer(text):
            pass
        pattern.fullmatch(text)
        least = min(least, time.process_time() - begun)
    return least


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_pattern_takes_time_with_the_length_alone(name: str) -> None:
    """Four times the text, about four times the time; with its square it would be sixteen."""
    pattern = PATTERNS[name]
    slow = []
    for bit in BITS:
        short, long = bit * (10_000 // len(bit)), bit * (40_000 // len(bit))
        first = seconds(pattern, short)
        if first > 0.001 and seconds(pattern, long) > 9 * first:
            slow.append(bit)
    assert slow == []


def test_the_patterns_are_found() -> None:
    """A test over nothing would always pass."""
    assert len(PATTERNS) > 20


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 1_600_000,
        "<i><b>" * 1_000,
        "<a href='/x'>x</a>" * MOST_TAGS,
        "<span " + "a=1 " * 10 + "<div" * 200_000,
        "<div " + "".join(f"a{n} " for n in range(600_000)) + ">",
        "<div " + "".join(f"a{n}='>'" for n in range(600_000)) + ">",
        "<div/" + "".join(f"a{n}/" for n in range(600_000)) + ">",
        ("<p " + "".join(f"a{n} " for n in range(100)) + ">x") * 3_000,
        "<!-- <p x=' -->" + "<p " + "".join(f"a{n} " for n in range(600_000)) + ">",
        "<p '" * 60_000 + '<p "' + "x" * 4_000_000,
    ],
    ids=[
        *("deep", "deep and short", "wide", "broken"),
        *("one crowded tag", "ends in quotes", "slashes", "many crowded tags", "after a comment"),
        "values without an end",
    ],
)
def test_a_page_that_no_parser_should_see_is_refused(text: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="too large or too deep"):
        parsed(text, url=URL)


def test_a_large_page_of_a_real_kind_is_read() -> None:
    rows = "".join(f"<li><a href='/anime/stream/s{n}'>S {n}</a><br><p>x" for n in range(9_000))
    nested = "<div>" * (MOST_DEPTH - 10) + "<b>deep</b>" + "</div>" * (MOST_DEPTH - 10)
    soup = parsed(f"<ul>{rows}</ul>{nested}", url=URL)
    assert len(soup.select("li > a")) == 9_000
    assert soup.select_one("b") is not None


def test_headers_that_drip_end_at_the_time_given_for_them(make_client: ClientMaker) -> None:
    stop = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"a")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=[server], daemon=True)
        dripping.start()
        client = make_client(limits=Limits(read_timeout=0.5, retries=0))
        with pytest.raises(SiteDown, match="timed out"):
            client.get_page(f"http://127.0.0.1:{server.getsockname()[1]}/")
        stop.set()
        dripping.join()


class Hostile:
    """A site whose every answer is what it was told to be."""

    name = "hostile"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def _told(self, *_asked: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    search = series = episodes = sources = locate = key_from_link = _told


@pytest.mark.parametrize(
    "stumble", [ValueError("4301 digits"), KeyError("x"), RecursionError(), OverflowError()]
)
def test_whatever_a_reader_stumbles_over_is_an_error_of_the_site(stumble: Exception) -> None:
    site = BorderedSite(Hostile(stumble))
    for ask in (site.search, site.series, site.episodes, site.key_from_link):
        with pytest.raises(MarkupChanged):
            ask("x")
    with pytest.raises(MarkupChanged):
        site.sources("x", 1, 1)


def test_episodes_with_impossible_numbers_are_left_out() -> None:
    numbers = (1, 10**20, 2, -1, border.HIGHEST_EPISODE + 1)
    site = BorderedSite(Hostile([EpisodeInfo(1, number) for number in numbers]))
    assert [one.number for one in site.episodes("x")] == [1, 2]
    with pytest.raises(MarkupChanged):
        BorderedSite(Hostile([EpisodeInfo(10**9, 1)])).episodes("x")
    with pytest.raises(MarkupChanged):
        BorderedSite(Hostile([EpisodeInfo(1, 1)] * 70_000)).episodes("x")


def test_what_is_told_is_cut_to_what_can_be_kept() -> None:
    names = tuple(f"name {n}" for n in range(700_000))
    info = SeriesInfo("key", "x" * 3_000_000, URL, alternative_names=names, year=10**9)
    series = BorderedSite(Hostile(info)).series("key")
    assert (len(series.name), len(series.alternative_names)) == (500, 100)
    assert series.year is None
    found = [SearchResult("k", "n" * 9_999, URL), SearchResult("a/b", "n", URL)]
    (result,) = BorderedSite(Hostile(found)).search("x")
    assert len(result.name) == 500
    links = [Source("hostile", "VOE", "German Dub", "https://x/" + "y" * n) for n in (5, 9_999)]
    assert len(BorderedSite(Hostile(links)).sources("x", 1, 1)) == 1


def test_a_hoster_that_stumbles_is_only_that_hoster() -> None:
    class Stumbling:
        name = "voe"

        def __init__(self, link: str) -> None:
            self.link = link

        def resolve(self, link: str, *, referer: str = "") -> Media:
            if not self.link:
                raise UnicodeError(link, referer)
            return Media(self.link, MediaKind.HLS)

    for link in ("", "https://x/" + "y" * 9_000):
        with pytest.raises(DecoderOutdated):
            BorderedHoster(Stumbling(link)).resolve("https://voe.example/e/1")
    assert BorderedHoster(Stumbling("https://x/a.m3u8")).resolve("https://v/e/1").url.endswith("8")


def test_what_no_database_keeps_is_replaced() -> None:
    """Zeros, halves of characters and what moves a cursor; ends of lines stay."""
    listed = [EpisodeInfo(1, 1, title="a\0b", languages=("\x1b[2J", "\ud800"), hosters=("V\0",))]
    (episode,) = BorderedSite(Hostile(listed)).episodes("x")
    sign = "\N{REPLACEMENT CHARACTER}"
    assert (episode.title, episode.hosters) == (f"a{sign}b", (f"V{sign}",))
    assert episode.languages == (f"{sign}[2J", sign)
    found = BorderedSite(Hostile(SeriesInfo("key", "n\0", "", description="a\n\x07"))).series("key")
    assert (found.name, found.description) == (f"n{sign}", f"a\n{sign}")
