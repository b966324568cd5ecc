"""The Internet Archive: its search, its items, and which of their files are which episode."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from providers.base import EpisodeInfo, Language, SiteSettings, Source
from providers.border import BorderedSite
from providers.cache import MemoryCache
from providers.errors import (
    MarkupChanged,
    NotFound,
    PageBroken,
    ProviderError,
    RateLimited,
    ResponseTooLarge,
    UnexpectedAnswer,
)
from providers.guard import AddressGuard
from providers.rates import MemoryRateStore
from providers.registry import SITES, build_site
from providers.sites.archive import ArchiveSite
from providers.wire import Limits
from tests.unit.providers.conftest import ClientMaker, FakeTime, Reply, Seen, WebServer

KEY = "crane_1943"
ITEM = f"/metadata/{KEY}"
WRONG: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, "", " ", "\ud800", "x" * 200_000, "<b>", "../x"),
    *([], [None], [[]], [{}], ["a", 1], {}, {"a": 1}, [1] * 1_000),
]


def file(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "source": "original",
        "format": "h.264",
        "size": "1000",
        "md5": "d41d8cd98f00b204e9800998ecf8427e",
        "mtime": "1700000000",
        **more,
    }


def made(name: str, original: str, **more: Any) -> dict[str, Any]:
    return file(name, source="derivative", original=original, **more)


def item(*files: Any, **fields: Any) -> dict[str, Any]:
    return {
        "created": 1_700_000_000,
        "d1": "ia800000.us.archive.org",
        "dir": f"/1/items/{KEY}",
        "files": list(files),
        "files_count": len(files),
        "item_size": 1_000,
        "metadata": {
            "identifier": KEY,
            "mediatype": "movies",
            "title": "The Crane",
            "collection": ["animationandcartoons", "moviesandfilms"],
            "language": "eng",
            **fields,
        },
        "server": "ia800000.us.archive.org",
        "uniq": 1,
    }


@pytest.fixture
def site(web: WebServer, make_client: ClientMaker, fake_time: FakeTime) -> BorderedSite:
    client = make_client(
        cache=MemoryCache(clock=fake_time.clock), limits=Limits(retries=0), interval=0.0
    )
    return BorderedSite(ArchiveSite(client, base_url=f"{web.url}/"))


def serve(web: WebServer, answer: Any, path: str = ITEM) -> None:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    web.on(path, Reply(text, headers={"Content-Type": "application/json"}))


def places(episodes: list[EpisodeInfo]) -> list[tuple[int, int, str]]:
    return [(one.season, one.number, one.title) for one in episodes]


def links(sources: list[Source]) -> list[str]:
    return [urlsplit(source.link).path for source in sources]


# --- search


@pytest.fixture
def asked(web: WebServer) -> list[Seen]:
    """What was asked for, whatever that was; the answer is ``web.routes["docs"]``."""
    seen: list[Seen] = []

    def answer(request: Seen) -> Reply:
        seen.append(request)
        found = web.routes["docs"][0]
        return found(request) if callable(found) else found

    real = web.answer
    web.answer = lambda request: (  # type: ignore[method-assign]
        answer(request) if request.path.startswith("/advancedsearch.php") else real(request)
    )
    return seen


def listing(*docs: Any) -> str:
    return json.dumps(
        {
            "responseHeader": {"status": 0, "QTime": 1},
            "response": {"numFound": len(docs), "start": 0, "docs": list(docs)},
        }
    )


def query_of(request: Seen) -> dict[str, list[str]]:
    return parse_qs(urlsplit(request.path).query)


def test_a_search_names_what_it_finds(
    site: BorderedSite, web: WebServer, asked: list[Seen]
) -> None:
    web.on(
        "docs",
        listing(
            {
                "identifier": KEY,
                "title": ["The Crane", "Der Kranich"],
                "year": 1943,
                "description": ["<p>A <b>bird</b> &amp; more", "second"],
            },
            {"identifier": KEY, "title": "again"},
            {"identifier": "no title"},
            {"identifier": "../up", "title": "up"},
            "none",
            {"identifier": "other", "title": "Other <crane>", "date": "1951-02-01T00:00:00Z"},
        ),
    )
    first, second = site.search("the crane")
    assert (first.key, first.name, first.year) == (KEY, "The Crane", 1943)
    assert first.description == "A bird & more second"
    assert first.link == f"{web.url}/details/{KEY}"
    assert first.cover_url == f"{web.url}/services/img/{KEY}"
    assert (second.key, second.name, second.year) == ("other", "Other <crane>", 1951)


def test_only_what_is_shown_is_asked_for(
    site: BorderedSite, web: WebServer, asked: list[Seen]
) -> None:
    web.on("docs", listing())
    assert site.search("crane") == []
    query = query_of(asked[0])
    assert query["fl[]"] == ["identifier", "title", "year", "date", "description"]
    assert (query["rows"], query["output"]) == (["50"], ["json"])
    assert "User-Agent" in asked[0].headers
    assert "aniworld" in asked[0].headers["User-Agent"].casefold()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Spider-Man: Home", ["Spider", "Man", "Home"]),
        ('crane") OR mediatype:(texts', ["crane", "OR", "mediatype", "texts"]),
        ("a AND NOT b", ["a", "AND", "NOT", "b"]),
        ("cr*ne~0.8 ^4 [a TO z] \\ / && || !x", ["cr", "ne", "0", "8", "4", "a", "TO", "z", "x"]),
        ("Überraschung 東京_b", ["Überraschung", "東京", "b"]),
    ],
)
def test_no_operator_of_the_query_language_gets_through(
    site: BorderedSite, web: WebServer, asked: list[Seen], typed: str, words: list[str]
) -> None:
    web.on("docs", listing())
    site.search(typed)
    wanted = " AND ".join(f'"{word}"' for word in words)
    assert query_of(asked[0])["q"] == [
        f"title:({wanted}) AND mediatype:movies AND NOT access-restricted-item:true"
    ]


def test_a_long_search_is_bounded_and_an_empty_one_asks_nobody(
    site: BorderedSite, web: WebServer, asked: list[Seen]
) -> None:
    web.on("docs", listing())
    assert site.search('!!! ___ "') == site.search("") == []
    assert asked == []
    site.search("word " * 10_000 + "x" * 100_000)
    assert len(asked[0].path) < 1_000


@pytest.mark.parametrize(
    "answer",
    [
        *("<html>Search engine unavailable</html>", "[]", "null", "{}", "{", '{"response": []}'),
        *('{"response": {"docs": {}}}', '{"error": "[QUERY_PARSE]"}', listing("x"), listing({})),
        listing({"identifier": KEY}),
    ],
)
def test_another_answer_is_no_empty_list(
    site: BorderedSite, web: WebServer, asked: list[Seen], answer: str
) -> None:
    web.on("docs", answer)
    with pytest.raises(MarkupChanged) as caught:
        site.search("crane")
    assert caught.value.page == "search"


def test_a_pause_it_asks_for_is_kept(
    site: BorderedSite, web: WebServer, asked: list[Seen], fake_time: FakeTime
) -> None:
    web.on("docs", Reply("", 503, {"Retry-After": "600"}))
    with pytest.raises(RateLimited):
        site.search("crane")
    with pytest.raises(RateLimited):
        site.search("heron")
    assert len(asked) == 1


def test_an_answer_is_kept_for_a_while(
    site: BorderedSite, web: WebServer, asked: list[Seen]
) -> None:
    web.on("docs", listing())
    site.search("crane")
    site.search("crane")
    assert len(asked) == 1


# --- the head


def test_the_head_of_an_item(site: BorderedSite, web: WebServer) -> None:
    fields = {
        "description": ["<div>One.<br/>Two</div>", "Three"],
        "date": "1943-05-01",
        "subject": ["Birds; Cartoon", "cartoon", "Birds"],
        "creator": ["A. Heron", "B. Stork"],
        "licenseurl": "http://creativecommons.org/licenses/publicdomain/",
    }
    serve(web, item(file("crane.mp4"), **fields))
    found = site.series(KEY)
    assert (found.name, found.year, found.genres) == (
        "The Crane",
        1943,
        ("Birds", "Cartoon", "cartoon"),
    )
    assert found.description.splitlines() == [
        "One. Two Three",
        "A. Heron, B. Stork",
        "http://creativecommons.org/licenses/publicdomain/",
    ]
    assert found.link == f"{web.url}/details/{KEY}"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({}, "status"),
        ({"is_dark": True, "metadata": {"identifier": KEY}}, "withdrawn"),
        ({"is_dark": "true"}, "withdrawn"),
        (item(file("a.mp4"), **{"access-restricted-item": "true"}), "lent"),
        (item(file("a.mp4"), collection=["inlibrary", "x"]), "lent"),
        (item(file("a.mp4"), collection="stream_only"), "lent"),
    ],
)
def test_what_cannot_be_had_is_said(
    site: BorderedSite, web: WebServer, answer: Any, why: str
) -> None:
    serve(web, answer)
    for ask in (site.series, site.episodes, lambda key: site.sources(key, 1, 1)):
        with pytest.raises(NotFound) as caught:
            ask(KEY)
        assert caught.value.params["why"] == why


@pytest.mark.parametrize(
    "files",
    [
        [],
        [file("crane.mp3", format="VBR MP3"), file("crane_meta.xml", format="Metadata")],
        [file("crane.avi"), file("disc.iso")],
        [file("crane.mp4", private="true")],
        ["crane.mp4", None, 3, [], {"name": ["x"]}],
        [
            file("../crane.mp4"),
            file("/crane.mp4"),
            file("a//b.mp4"),
            file("a\n.mp4"),
            file(".mp4/"),
        ],
    ],
)
def test_an_item_without_a_film_is_no_empty_list(
    site: BorderedSite, web: WebServer, files: list[Any]
) -> None:
    serve(web, item(*files))
    assert site.series(KEY).name == "The Crane"
    with pytest.raises(NotFound) as caught:
        site.episodes(KEY)
    assert caught.value.params["why"] == "no_video"


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ("<html></html>", "{…}"),
        ("[1]", "{…}"),
        ("{", "{…}"),
        ('{"error": "x"}', "metadata"),
        ({**item(file("a.mp4")), "metadata": []}, "metadata"),
        ({**item(), "files": {}}, "files"),
        ({**item(), "files": None}, "files"),
        (item(file("a.mp4"), identifier="other"), f"metadata.identifier = {KEY}"),
    ],
)
def test_a_changed_answer_names_what_is_missing(
    site: BorderedSite, web: WebServer, answer: Any, missing: str
) -> None:
    serve(web, answer)
    with pytest.raises(MarkupChanged) as caught:
        site.episodes(KEY)
    assert (caught.value.page, caught.value.missing) == ("metadata", missing)


def test_an_item_without_a_title_has_changed(site: BorderedSite, web: WebServer) -> None:
    serve(web, item(file("a.mp4"), title=""))
    with pytest.raises(MarkupChanged) as caught:
        site.series(KEY)
    assert caught.value.missing == "metadata.title"


@pytest.mark.parametrize("key", ["", "a/b", "..", "-a", "a b", "ä", "x" * 101, "a?b", "a#b"])
def test_what_is_no_identifier_is_asked_of_nobody(
    site: BorderedSite, web: WebServer, key: str
) -> None:
    with pytest.raises(NotFound):
        site.episodes(key)
    assert web.seen == []


# --- files


def test_forms_of_one_film_are_one_episode(site: BorderedSite, web: WebServer) -> None:
    serve(
        web,
        item(
            file("Crane - 02 - Wings.avi", format="Cinepak"),
            made("Crane - 02 - Wings.mp4", "Crane - 02 - Wings.avi", size="900"),
            made(
                *("Crane - 02 - Wings_512kb.mp4", "Crane - 02 - Wings.avi"),
                **{"format": "512Kb MPEG4", "size": "9000"},
            ),
            made("Crane - 02 - Wings.ogv", "Crane - 02 - Wings.avi", format="Ogg Video"),
            file("Crane - 01 - Feathers.mkv", format="Matroska", size="5000"),
            made("Crane - 01 - Feathers.ia.mp4", "Crane - 01 - Feathers.mkv", format="h.264 IA"),
            made("Crane - 01 - Feathers.thumbs/1.jpg", "Crane - 01 - Feathers.mkv"),
        ),
    )
    assert places(site.episodes(KEY)) == [(1, 1, "Feathers"), (1, 2, "Wings")]
    assert site.episodes(KEY)[0] == EpisodeInfo(
        1, 1, "Feathers", languages=(Language.ENGLISH_DUB,), hosters=("direct",)
    )
    begin = f"/download/{KEY}/Crane%20-%20"
    assert links(site.sources(KEY, 1, 1)) == [
        f"{begin}01%20-%20Feathers.mkv",  # the original itself plays
        f"{begin}01%20-%20Feathers.ia.mp4",
    ]
    assert links(site.sources(KEY, 1, 2)) == [
        f"{begin}02%20-%20Wings.mp4",
        f"{begin}02%20-%20Wings_512kb.mp4",  # larger, and made for slow lines
    ]
    assert web.paths() == [ITEM]


def test_of_several_forms_the_larger_one_of_the_better_kind_comes_first(
    site: BorderedSite, web: WebServer
) -> None:
    serve(
        web,
        item(
            file("crane.mpeg"),
            made("crane.webm", "crane.mpeg", size="9000"),
            made("crane.mp4", "crane.mpeg", size="10"),
            made("crane_hd.mp4", "crane.mpeg", size="20"),
            made("crane_huge.mp4", "crane.mpeg", size="1" * 99),
            made("crane_odd.mp4", "crane.mpeg", size="٣"),
            made("crane.mkv", "crane_hd.mp4", size="99999"),
        ),
    )
    assert [link.rpartition("/")[2] for link in links(site.sources(KEY, 1, 1))] == [
        *("crane_hd.mp4", "crane.mp4", "crane_huge.mp4", "crane_odd.mp4", "crane.webm")
    ]


def test_a_title_of_its_own_counts(site: BorderedSite, web: WebServer) -> None:
    serve(web, item(file("01.mp4", title="Feathers"), file("02.mp4")))
    assert places(site.episodes(KEY)) == [(1, 1, "Feathers"), (1, 2, "")]


def test_folders_are_seasons_where_they_say_so(site: BorderedSite, web: WebServer) -> None:
    names = ["Season 1/01.mp4", "Season 1/02.mp4", "Season 2/01 # x?.mp4"]
    serve(web, item(*map(file, names)))
    assert places(site.episodes(KEY)) == [(1, 1, ""), (1, 2, ""), (2, 1, "x?")]
    assert links(site.sources(KEY, 2, 1)) == [f"/download/{KEY}/Season%202/01%20%23%20x%3F.mp4"]


def test_names_without_numbers_are_in_their_order(site: BorderedSite, web: WebServer) -> None:
    serve(web, item(*(file(f"{name}.mp4") for name in ("Wings", "Feathers_b", "Eggs"))))
    assert places(site.episodes(KEY)) == [*((1, 1, "Eggs"), (1, 2, "Feathers b"), (1, 3, "Wings"))]


def test_origins_that_go_round_end(site: BorderedSite, web: WebServer) -> None:
    serve(web, item(made("a.mp4", "b.mp4"), made("b.mp4", "a.mp4"), made("c.mp4", "c.mp4")))
    assert len(site.episodes(KEY)) == 3


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("eng", Language.ENGLISH_DUB),
        ("English", Language.ENGLISH_DUB),
        (["ger"], Language.GERMAN_DUB),
        ("jpn", Language.JAPANESE),
        ("fre", "unknown-fr"),
        (["eng", "English"], Language.ENGLISH_DUB),
        (["eng", "ger"], "unknown-mul"),
        ("", "unknown-und"),
        (None, "unknown-und"),
        ("No linguistic content", "unknown-und"),
        ({"a": 1}, "unknown-und"),
    ],
)
def test_the_language_is_that_of_the_item(
    site: BorderedSite, web: WebServer, said: Any, language: str
) -> None:
    serve(web, item(file("a.mp4"), language=said))
    assert site.episodes(KEY)[0].languages == (language,)
    assert site.sources(KEY, 1, 1)[0].language == language


def test_an_episode_that_is_not_there(site: BorderedSite, web: WebServer) -> None:
    serve(web, item(file("01.mp4")))
    with pytest.raises(NotFound) as caught:
        site.sources(KEY, 1, 2)
    assert caught.value.params["why"] == "episode"
    assert site.locate(Source("archive", "direct", "x", "http://a.test/b")) == "http://a.test/b"


def test_the_address_of_an_item_has_its_key(site: BorderedSite, web: WebServer) -> None:
    for path in (f"details/{KEY}", f"download/{KEY}/a.mp4?x", f"embed/{KEY}#x"):
        assert site.key_from_link(f"{web.url}/{path}") == KEY
    for link in (
        *(f"{web.url}/details/", f"{web.url}/details/a b", f"{web.url}/search?x", "x"),
        *(f"https://elsewhere.test/details/{KEY}", f"javascript:/details/{KEY}", "http://[::1"),
    ):
        assert site.key_from_link(link) is None


# --- hostile ones


def test_an_item_of_ten_thousand_files(site: BorderedSite, web: WebServer) -> None:
    serve(web, item(*(file(f"Ep {number}.mp4") for number in range(1, 10_001))))
    assert len(site.episodes(KEY)) == 10_000


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[" * 100_000, UnexpectedAnswer),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, UnexpectedAnswer),
        ('{"files":[' + "[]," * 700_000 + "1]}", UnexpectedAnswer),
        ('{"metadata": NaN}', MarkupChanged),
        ('{"metadata": ' + "9" * 10_000 + "}", MarkupChanged),
        (" " * 9_000_000, ResponseTooLarge),
        ("", PageBroken),
    ],
)
def test_a_monster_is_refused(
    site: BorderedSite, web: WebServer, text: str, error: type[ProviderError]
) -> None:
    serve(web, text)
    with pytest.raises(error):
        site.episodes(KEY)


def _answers(wrong: Any) -> Iterator[Any]:
    whole = item(file("01.mp4"), made("01.webm", "01.mp4"), file("02.mp4"))
    for name in whole:
        yield {**whole, name: wrong}
    for name in (*whole["metadata"], "description", "year", "date", "subject", "creator"):
        yield item(*whole["files"], **{name: wrong})
    for name in (*whole["files"][1], "title", "private", "length"):
        yield item({**whole["files"][1], name: wrong}, whole["files"][2])


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: repr(value)[:20])
def test_a_wrong_type_anywhere_ends_as_an_error_or_as_an_answer(
    site: BorderedSite, web: WebServer, make_client: ClientMaker, wrong: Any
) -> None:
    """Never as a stumble: the reader itself raises nothing but errors of its kind."""
    inner = ArchiveSite(make_client(limits=Limits(retries=0), interval=0.0), base_url=web.url)
    for answer in _answers(wrong):
        serve(web, answer)
        for ask in (inner.series, inner.episodes, lambda key: inner.sources(key, 1, 1)):
            with contextlib.suppress(ProviderError):
                assert ask(KEY)


# --- the registry


def test_the_registry_builds_it(web: WebServer, guard: AddressGuard) -> None:
    serve(web, item(file("01.mp4")))
    chosen = SiteSettings(base_url=web.url, requests_per_second=100)
    site = build_site("archive", chosen, rate_store=MemoryRateStore(), guard=guard)
    assert site.name == "archive"
    assert len(site.episodes(KEY)) == 1
    entry = SITES["archive"]
    assert (entry.base_url, entry.label) == ("https://archive.org", "Internet Archive")


def test_a_mirror_is_asked_where_it_is_down(
    web: WebServer, elsewhere: WebServer, make_client: ClientMaker
) -> None:
    serve(elsewhere, item(file("01.mp4")))
    web.on(ITEM, Reply("", 500))
    client = make_client(limits=Limits(retries=0), interval=0.0)
    site = ArchiveSite(client, base_url=web.url, mirrors=[elsewhere.url])
    for _ in range(2):
        assert site.sources(KEY, 1, 1)[0].link.startswith(elsewhere.url)
    assert web.paths() == [ITEM]  # the one that answered is asked first from then on
