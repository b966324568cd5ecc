"""Feeds in RSS and Atom, in the manner of podcasts and of media servers; and hostile XML."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from html import escape
from types import FrameType
from typing import Any

import pytest
from lxml import etree

from providers.base import Caption, EpisodeKind, Language
from providers.sites.manifest import markup
from providers.sites.manifest.channel import _Free
from providers.sites.manifest.feed import Link, Series
from providers.sites.manifest.reading import Read, read_feed

ADDRESS = "https://pod.example/feeds/crane.xml"
SPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)
VIDEO = '<enclosure url="https://cdn.example/{0}.mp4" length="1" type="video/mp4"/>'


def item(inner: str = "", *, title: str = "", day: int | None = None, video: str = "") -> str:
    dated = f"<pubDate>{day:02} Jan 2026 10:00:00 GMT</pubDate>" if day else ""
    shown = VIDEO.format(video) if video else ""
    return f"<item><title>{escape(title)}</title>{dated}{shown}{inner}</item>"


def rss(*items: str, head: str = "<language>en-us</language>", title: str = "The Crane") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'
        f'<rss version="2.0" {SPACES}>'
        f"<channel><title>{escape(title)}</title>{head}{''.join(items)}</channel></rss>"
    )


def read(text: str, address: str = ADDRESS) -> Read:
    return read_feed(text, address=address, key="pod")


def series_of(text: str) -> Series:
    feed = read(text).feed
    assert feed is not None, read(text).faults
    assert list(feed.series) == ["pod"]
    return feed.series["pod"]


def places(text: str) -> list[tuple[int, int, str]]:
    return [(one.season, one.number, one.title) for one in series_of(text).episodes]


def said(text: str) -> list[str]:
    return [str(fault) for fault in read(text).faults]


def test_the_head_of_a_channel() -> None:
    head = """
      <link>https://pod.example/crane</link><language>de-AT</language>
      <description><![CDATA[<p>A <b>bird</b> &amp; more</p>]]></description>
      <itunes:image href="/crane.jpg"/><image><url>https://x.example/no.jpg</url></image>
      <itunes:category text="Birds"><itunes:category text="Water"/></itunes:category>
      <category>Nature</category>
    """
    found = series_of(rss(item(video="1", day=1), head=head, title="Crane & <co>"))
    assert (found.info.key, found.info.name) == ("pod", "Crane & <co>")
    assert found.info.description == "A bird & more"
    assert found.info.link == "https://pod.example/crane"
    assert found.info.cover_url == "https://pod.example/crane.jpg"
    assert found.info.genres == ("Birds", "Nature")
    assert found.episodes[0].links[0].language == Language.GERMAN_DUB


def test_tags_give_the_numbers() -> None:
    text = rss(
        item("<itunes:season>2</itunes:season><itunes:episode>3</itunes:episode>", video="a"),
        item("<podcast:episode> 04 </podcast:episode>", title="Four", video="b"),
        item("<itunes:episodeType>bonus</itunes:episodeType>", title="Extra", video="c"),
        item(
            "<itunes:episodeType>trailer</itunes:episodeType><itunes:episode>1</itunes:episode>",
            title="Trailer",
            video="d",
        ),
    )
    assert places(text) == [(0, 1, "Trailer"), (0, 2, "Extra"), (1, 4, "Four"), (2, 3, "")]
    assert series_of(text).episodes[0].kind is EpisodeKind.SPECIAL
    assert said(text) == []


def test_titles_give_the_numbers_where_no_tag_does() -> None:
    text = rss(
        item(title="S02E01 - Wings", video="a"),
        item(title="Episode 7: Feathers", video="b"),
        item(title="#8", video="c"),
        item(title="A word between", video="d"),
    )
    assert places(text) == [
        *((0, 1, "A word between"), (1, 7, "Feathers"), (1, 8, "#8"), (2, 1, "Wings"))
    ]


def test_without_any_number_the_days_count_the_oldest_first() -> None:
    text = rss(
        item(title="Three", day=3, video="c"),
        item(title="Two, the later one of its day", day=2, video="b2"),
        item(title="Two", day=2, video="b"),
        item(title="One", day=1, video="a"),
        item(title="Of no day", video="n"),
    )
    assert [(number, title) for _, number, title in places(text)] == [
        *((1, "Of no day"), (2, "One"), (3, "Two"), (4, "Two, the later one of its day")),
        (5, "Three"),
    ]
    third = series_of(text).episodes[2]
    assert (third.day, third.at) == (date(2026, 1, 2), datetime(2026, 1, 2, 10, tzinfo=UTC))


def test_one_that_repeats_a_number_is_left_out_and_told() -> None:
    text = rss(
        item(title="Episode 1 again", day=4, video="x"),
        *(item(title=f"Episode {day}", day=day, video=str(day)) for day in (3, 2, 1)),
    )
    assert [number for _, number, _ in places(text)] == [1, 2, 3]
    assert said(text) == ["/rss/channel/item[1]: Another one before it has the same."]


@pytest.mark.parametrize(
    ("inner", "address"),
    [
        ('<enclosure url="a.mp4" type="video/mp4"/>', "https://pod.example/feeds/a.mp4"),
        ('<enclosure url="/a?x=.mp4" type="Video/MP4; x=y"/>', "https://pod.example/a?x=.mp4"),
        ('<enclosure url="a.webm?t=1" type=""/>', "https://pod.example/feeds/a.webm?t=1"),
        (
            '<enclosure url="a.mkv" type="application/octet-stream"/>',
            "https://pod.example/feeds/a.mkv",
        ),
        (
            '<enclosure url="a" type="application/x-mpegURL"/>',
            "https://pod.example/feeds/a",
        ),
        ('<enclosure url="a.mpd"/>', "https://pod.example/feeds/a.mpd"),
        ('<media:content url="//m.example/a" medium="video"/>', "https://m.example/a"),
        (
            '<media:group><media:content url="https://m.example/a.m3u8"/></media:group>',
            "https://m.example/a.m3u8",
        ),
        (
            '<podcast:alternateEnclosure type="video/mp4"><podcast:source '
            'uri="https://m.example/b"/></podcast:alternateEnclosure>',
            "https://m.example/b",
        ),
        ('<atom:link rel="enclosure" href="/b.m4v"/>', "https://pod.example/b.m4v"),
    ],
)
def test_where_a_video_may_stand(inner: str, address: str) -> None:
    [episode] = series_of(rss(item(inner, title="One"))).episodes
    assert [link.address for link in episode.links] == [address]


@pytest.mark.parametrize(
    "inner",
    [
        *("", '<enclosure url="a.mp3" type="audio/mpeg"/>', '<enclosure url="a" type=""/>'),
        *('<enclosure type="video/mp4"/>', '<enclosure url="" type="video/mp4"/>'),
        *('<enclosure url="a.mp4" type="application/pdf"/>', "<link>a.mp4</link>"),
        *('<media:content url="a.mp4" medium="image"/>', '<atom:link href="a.mp4"/>'),
        *('<enclosure url="ftp://x/a.mp4"/>', '<enclosure url="http://[::1/a.mp4"/>'),
    ],
)
def test_an_entry_without_one_is_left_out(inner: str) -> None:
    assert places(rss(item(inner, title="None"), item(title="One", video="a"))) == [(1, 1, "One")]
    found = read(rss(item(inner, title="None")))
    assert found.feed is None
    assert str(found.faults[-1]) == "None of the 1 entries of the feed has a video."


def test_forms_languages_and_captions_of_one_entry() -> None:
    inner = """
      <media:group>
        <media:content url="https://m.example/de.mp4" type="video/mp4" lang="de"/>
        <media:content url="https://m.example/en.mp4" type="video/mp4"/>
        <media:subTitle type="text/vtt" href="de.vtt" lang="de"/>
      </media:group>
      <podcast:transcript url="en.srt" type="application/x-subrip" language="en"/>
      <podcast:transcript url="en.html" type="text/html"/>
    """
    [episode] = series_of(rss(item(inner, title="One"))).episodes
    begin = "https://pod.example/feeds"
    captions = (Caption(f"{begin}/en.srt", "en"), Caption(f"{begin}/de.vtt", "de"))
    assert episode.links == (
        Link("https://m.example/de.mp4", Language.GERMAN_DUB, captions),
        Link("https://m.example/en.mp4", Language.ENGLISH_DUB, captions),
    )


def test_an_atom_feed() -> None:
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ja">
      <title>The Crane</title><subtitle>A bird</subtitle>
      <link rel="self" href="https://pod.example/feeds/crane.xml"/>
      <link rel="alternate" href="/crane"/><logo>/l.png</logo><category term="Birds"/>
      <entry><title>Episode 2</title><published>2026-01-02T10:00:00+01:00</published>
        <link rel="enclosure" type="video/webm" href="2.webm" length="1"/></entry>
      <entry><title>Episode 1</title><updated>2026-01-01T10:00:00Z</updated>
        <link rel="enclosure" type="video/webm" href="1.webm"/><link href="/1"/></entry>
      <entry><title>Words alone</title></entry>
    </feed>"""
    found = series_of(text)
    assert read(text).faults == ()
    assert (found.info.link, found.info.cover_url) == (
        *("https://pod.example/crane", "https://pod.example/l.png"),
    )
    assert (found.info.description, found.info.genres) == ("A bird", ("Birds",))
    assert [(one.number, one.at) for one in found.episodes] == [
        (1, datetime(2026, 1, 1, 10, tzinfo=UTC)),
        (2, datetime(2026, 1, 2, 9, tzinfo=UTC)),
    ]
    assert found.episodes[0].links == (
        Link("https://pod.example/feeds/1.webm", Language.JAPANESE, ()),
    )


def test_a_link_that_is_nowhere_else_is_that_of_the_feed() -> None:
    assert series_of(rss(item(video="a"))).info.link == ADDRESS
    for address in ("file:///srv/feeds/a.xml", f"{ADDRESS}?token=x"):
        feed = read(rss(item(video="a")), address).feed
        assert feed is not None
        assert feed.series["pod"].info.link == ""


@pytest.mark.parametrize(
    ("inner", "fault"),
    [
        ("<itunes:episode>x</itunes:episode>", "itunes:episode: This has to be a whole number."),
        ("<itunes:episode>-1</itunes:episode>", "itunes:episode: This has to be a whole number."),
        (
            "<itunes:episode>999999</itunes:episode>",
            "itunes:episode: This has to be between 0 and 99999.",
        ),
        (
            "<itunes:season>1000</itunes:season>",
            "itunes:season: This has to be between 0 and 999.",
        ),
        (
            '<enclosure url="http://" type="video/mp4"/>',
            "enclosure: This leads to no http or https address.",
        ),
    ],
)
def test_a_wrong_value_is_told_and_the_rest_is_read(inner: str, fault: str) -> None:
    text = rss(item(inner, title="One", video="a"))
    assert said(text) == [f"/rss/channel/item[1]/{fault}"]
    assert places(text) == [(1, 1, "One")]


@pytest.mark.parametrize(
    "day",
    ["yesterday", "32 Jan 2026 10:00:00 GMT", "2026-13-01", "9" * 500, "٣٣٣٣", "20260", "1 2"],
)
def test_a_wrong_day_is_told(day: str) -> None:
    text = rss(item(f"<pubDate>{day}</pubDate>", title="One", video="a"))
    assert len(said(text)) == 1
    assert "is no day" in said(text)[0]
    assert places(text) == [(1, 1, "One")]


def bonus(title: str, number: str = "", video: str = "a") -> str:
    said = f"<itunes:episode>{number}</itunes:episode>" if number else ""
    return item(f"<itunes:episodeType>bonus</itunes:episodeType>{said}", title=title, video=video)


def test_specials_that_want_the_same_number_move_up() -> None:
    text = rss(*(bonus(one[0], one[1:]) for one in reversed(["a", "b2", "c", "d2", "e9", "f"])))
    assert places(text) == [
        *((0, 1, "a"), (0, 2, "b"), (0, 3, "c"), (0, 4, "d"), (0, 5, "f"), (0, 9, "e"))
    ]
    # A number that only leads a title is none of a special.
    assert places(rss(bonus("10 things"), item(title="Episode 1", video="b")))[0][:2] == (0, 1)


def test_as_many_specials_as_there_may_be_take_no_time() -> None:
    """Each that looked past all others would make two hundred million steps of it."""
    steps = 0

    def count(_frame: FrameType, _event: str, _value: object) -> Any:
        nonlocal steps
        steps += 1
        return count

    free = _Free()
    sys.settrace(count)  # each line that is run
    try:
        assert [free.take(1) for _ in range(20_000)][-1] == 20_000
    finally:
        sys.settrace(None)
    assert steps < 20_000 * 30


def test_an_entry_of_a_hundred_thousand_elements_is_looked_through_by_the_parser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each of thirty names would else be compared with that of each element."""
    asked: list[etree._Element] = []
    named = markup.name_of

    def noting(element: etree._Element) -> str:
        asked.append(element)
        return named(element)

    monkeypatch.setattr(markup, "name_of", noting)
    assert places(rss(item("<x/>" * 100_000, title="One", video="a"))) == [(1, 1, "One")]
    assert len(asked) < 1_000


# --- what is no feed, and hostile XML


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<html><body>Not found</body></html>", "kind"),
        ("<rss version='2.0'/>", "kind"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "kind"),
        ("<feed><title>x</title></feed>", "kind"),
        (rss(), "no_video"),
        (rss(item(video="a"), title=" "), "missing"),
        ("<rss", "xml"),
        ("<rss><channel></rss>", "xml"),
        ("<", "xml"),
        (rss(item("&nbsp;", video="a")), "xml"),
        (rss(item("\x00", video="a")), "xml"),
        ("<!DOCTYPE html><html></html>", "doctype"),
        ("\n<?xml version='1.0'?>\n<!-- a --><?b c?>\n<!DOCTYPE rss><rss/>", "doctype"),
        ("<!doctype rss><rss/>", "doctype"),
        ("<?xml version='1.0'?>" + " \n" * 50_000 + "<!DOCTYPE rss><rss/>", "doctype"),
        ("<?xml version='1.0'?>\ufeff<!DOCTYPE rss><rss/>", "doctype"),
        ("<!-- -->" * 999 + "\ufeff<!DOCTYPE rss><rss/>", "doctype"),
        ("<!-- <rss> ", "xml"),
        (
            '<?xml version="1.0" encoding="ISO-8859-1"?><rss>\N{REPLACEMENT CHARACTER}</rss>',
            "encoding",
        ),
    ],
)
def test_what_is_no_feed_says_so(text: str, why: str) -> None:
    found = read(text)
    assert found.feed is None
    assert found.faults[-1].params["why"] == why


def test_another_encoding_without_other_letters_is_read() -> None:
    assert places(rss(item(title="One", video="a")).replace("UTF-8", "iso-8859-1"))


BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
{0}]><rss><channel><title>&z;</title></channel></rss>"""
MORE = "".join(
    f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 10}">' for step in range(1, 25)
)
HOSTILE: list[Any] = [
    (BOMB.format(MORE), "doctype"),
    ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>', "doctype"),
    ('<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><rss/>', "doctype"),
    ("<a>" * 100_000 + "</a>" * 100_000, "xml"),
    ("<a>" * 500_000, "monster"),
    ("<rss " + "".join(f"a{at}='' " for at in range(500_000)) + "/>", "monster"),
    ("<rss>" + "<!-- -->" * 300_000 + "</rss>", "kind"),
    ("<!-- -->" * 300_000 + "<!DOCTYPE r><rss/>", "doctype"),
    ("<?" * 300_000, "xml"),
    ("<rss>" + "&#0;" + "</rss>", "xml"),
    ("<" + "a" * 5_000_000 + "/>", "xml"),
    # What names a namespace is copied for each element that is looked at.
    (rss(f'<g xmlns:a="{"x" * 40_000}">{"<a:x/>" * 1_000}</g>', item(video="a")), "monster"),
    (rss(item(f'<x xmlns="{"x" * 301}"/>', title="One", video="a")), "monster"),
]


@pytest.mark.parametrize(("text", "why"), HOSTILE, ids=lambda value: str(value)[:20])
def test_hostile_xml_is_refused(text: str, why: str) -> None:
    found = read(text)
    assert found.feed is None
    assert found.faults[-1].params["why"] == why


def test_a_doctype_in_a_text_is_none() -> None:
    text = "<description><![CDATA[<!DOCTYPE html><p>x</p>]]></description>"
    assert places(rss(item(text, title="One", video="a"))) == [(1, 1, "One")]


def test_many_entries_are_read_and_more_are_told() -> None:
    text = rss(*(item(video="a") for _ in range(25_000)))
    found = read(text)
    assert [fault.params["why"] for fault in found.faults] == ["too_many"]
    assert found.feed is not None
    assert len(found.feed.series["pod"].episodes) == 20_000
