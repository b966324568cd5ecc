"""Every error of a site or a hoster: its code, its facts, and the sentence they make."""

from __future__ import annotations

from typing import Any

import pytest

from providers import errors
from providers.coded import text_key
from providers.errors import HosterError, ProviderError
from providers.hosters.boundary import _MEANING, hoster_errors

AT = {"site": "AniWorld"}
CHECK = "wants a check in the browser first"
SENTENCES: list[tuple[type[ProviderError], dict[str, Any], str]] = [
    (
        errors.SiteUnreachable,
        {"why": "unreachable", "reason": "Connection aborted."},
        "AniWorld cannot be reached: Connection aborted.",
    ),
    (
        errors.SiteUnreachable,
        {"why": "no_connection", "errno": "EHOSTUNREACH"},
        "AniWorld cannot be reached: No route to host",
    ),
    (
        errors.SiteDown,
        {"why": "timed_out"},
        "AniWorld cannot be reached: the connection timed out.",
    ),
    (
        errors.SiteUnreachable,
        {"why": "unknown_name"},
        "AniWorld cannot be reached: no address is known for its name.",
    ),
    (
        errors.SiteUnreachable,
        {"why": "no_names"},
        "AniWorld cannot be reached: no name server answers. Is this machine online?",
    ),
    (
        errors.SiteResting,
        {"seconds": 42, "retry_after": 41.6},
        "AniWorld has failed again and again, and is left alone for another 42 seconds.",
    ),
    (
        errors.SiteDown,
        {"why": "certificate", "reason": "self-signed"},
        "The certificate of AniWorld was not accepted: self-signed",
    ),
    (
        errors.SiteDown,
        {"why": "too_slow", "seconds": 90},
        "AniWorld took longer than 90 seconds to answer.",
    ),
    (
        errors.SiteUnreachable,
        {"why": "proxy_away", "proxy": "a:1", "errno": "ECONNREFUSED"},
        "AniWorld cannot be reached: its proxy a:1 does not answer: Connection refused",
    ),
    (
        errors.SiteUnreachable,
        {"why": "proxy_unknown", "proxy": "a:1"},
        "AniWorld cannot be reached: no address is known for the name of its proxy a:1.",
    ),
    (
        errors.SiteUnreachable,
        {"why": "proxy_refuses", "proxy": "a:1", "reason": "403 Forbidden"},
        "AniWorld cannot be reached: its proxy a:1 does not let us through: 403 Forbidden",
    ),
    (
        errors.SiteUnreachable,
        {"why": "proxy_no_name", "proxy": "a:1"},
        "AniWorld cannot be reached through its proxy a:1: no address is known here for its name. "
        "A proxy of the kind socks5h looks names up by itself.",
    ),
    (
        errors.AddressRefused,
        {"why": "proxy"},
        "The proxy of the site needs an address such as socks5://host:1080 or http://host:3128.",
    ),
    (errors.SiteDown, {"why": "no_address"}, "AniWorld has no address configured."),
    (
        errors.PageBroken,
        {"why": "error_status", "status": 503},
        "AniWorld answered with an error (503).",
    ),
    (
        errors.PageBroken,
        {"why": "error_page", "status": 500},
        "AniWorld shows an error page (500).",
    ),
    (
        errors.SiteDown,
        {"why": "foreign_page", "title": "It works!"},
        "AniWorld cannot be reached: a page of somebody else stands in its place (“It works!”).",
    ),
    (errors.PageBroken, {"why": "empty_page"}, "AniWorld answered with an empty page."),
    (
        errors.SiteResting,
        {
            "why": "refused",
            "reason": errors.Blacklisted(site="AniWorld").as_json(),
            "seconds": 61,
            "retry_after": 61.0,
        },
        "blacklisted It is left alone for another 61 seconds.",
    ),
    (
        errors.NothingFound,
        {"word": "Mond"},
        "The search does not find “Mond”, which the site has.",
    ),
    (errors.RateLimited, {"why": "slow_down"}, "AniWorld asked us to slow down (429)."),
    (
        errors.RateLimited,
        {"why": "resting", "seconds": 61},
        "AniWorld is resting for another 61 seconds.",
    ),
    (
        errors.RateLimited,
        {"why": "pause", "seconds": 3600, "status": 429},
        "AniWorld asked for a pause of 3600 seconds (429).",
    ),
    (
        errors.ChallengeRequired,
        {"why": "check", "sign": "Cloudflare"},
        f"AniWorld {CHECK} (Cloudflare). Open it there, or wait and try again; it is not "
        "automated.",
    ),
    (
        errors.ChallengeRequired,
        {"why": "page_for_redirect"},
        f"AniWorld {CHECK} (a page where a redirect was due). Open it there, or wait and try "
        "again; it is not automated.",
    ),
    (
        errors.ChallengeRequired,
        {"why": "refused", "status": 403},
        "AniWorld refuses us (403). It may let you in with a browser, from another address or "
        "later.",
    ),
    (
        errors.Blacklisted,
        {},
        "AniWorld takes our requests for spam. Wait some hours, lower the request rate, and see "
        "whether the site opens in a browser.",
    ),
    (errors.NotFound, {"why": "status", "status": 404}, "AniWorld does not have this (404)."),
    (errors.NotFound, {"why": "disabled"}, "AniWorld does not have this, or has disabled it."),
    (errors.NotFound, {"why": "episode"}, "AniWorld does not have this episode."),
    (errors.NotFound, {"why": "other_episode"}, "AniWorld shows another episode in its place."),
    (errors.NotFound, {"why": "no_hoster"}, "AniWorld lists no hoster for this episode yet."),
    (
        errors.NotFound,
        {"why": "key", "key": "../x"},
        "'../x' is not a series key of AniWorld.",
    ),
    (errors.NotFound, {"why": "link"}, "This is not a hoster link of AniWorld."),
    (errors.NotFound, {"why": "series"}, "AniWorld does not list this series."),
    (errors.NotFound, {"why": "withdrawn"}, "AniWorld has withdrawn this."),
    (
        errors.NotFound,
        {"why": "lent"},
        "AniWorld only lends this out, or shows it, and gives no file of it.",
    ),
    (errors.NotFound, {"why": "no_video"}, "AniWorld has no MP4, WebM or Matroska file of this."),
    (
        errors.FeedInvalid,
        {"why": "json", "place": "line 1, column 3", "reason": "Expecting value"},
        "The feed cannot be read as JSON (line 1, column 3): Expecting value",
    ),
    (
        errors.FeedInvalid,
        {"why": "xml", "place": "line 1, column 3", "reason": "Start tag expected"},
        "The feed cannot be read as XML (line 1, column 3): Start tag expected",
    ),
    (errors.FeedInvalid, {"why": "kind"}, "The feed is neither our JSON nor RSS nor Atom."),
    (errors.FeedInvalid, {"why": "monster"}, "The feed is too large or too deep to be read."),
    (errors.FeedInvalid, {"why": "doctype"}, "The feed has a DOCTYPE. Such feeds are not read."),
    (
        errors.FeedInvalid,
        {"why": "encoding", "encoding": "ISO-8859-1"},
        "The feed is in ISO-8859-1. Only UTF-8 is read.",
    ),
    (
        errors.FeedInvalid,
        {"why": "version", "place": "#/version", "known": 1},
        "#/version: Only version 1 of the format is read.",
    ),
    (errors.FeedInvalid, {"why": "no_series"}, "The feed has no series that can be read."),
    (
        errors.FeedInvalid,
        {"why": "no_video", "count": 3},
        "None of the 3 entries of the feed has a video.",
    ),
    (
        errors.FeedInvalid,
        {"why": "missing", "place": "#", "name": "series"},
        "#: “series” is missing.",
    ),
    (errors.FeedInvalid, {"why": "empty", "place": "#/a"}, "#/a: There is nothing in it."),
    (errors.FeedInvalid, {"why": "not_object", "place": "#/a"}, "#/a: This has to be an object."),
    (errors.FeedInvalid, {"why": "not_list", "place": "#/a"}, "#/a: This has to be a list."),
    (errors.FeedInvalid, {"why": "not_text", "place": "#/a"}, "#/a: This has to be a text."),
    (
        errors.FeedInvalid,
        {"why": "not_number", "place": "#/a"},
        "#/a: This has to be a whole number.",
    ),
    (
        errors.FeedInvalid,
        {"why": "between", "place": "#/a", "low": 0, "high": 9},
        "#/a: This has to be between 0 and 9.",
    ),
    (
        errors.FeedInvalid,
        {"why": "too_long", "place": "#/a", "most": 9},
        "#/a: This has more than 9 characters.",
    ),
    (
        errors.FeedInvalid,
        {"why": "too_many", "place": "#/a", "most": 9},
        "#/a: Only the first 9 entries are read.",
    ),
    (
        errors.FeedInvalid,
        {"why": "key", "place": "#/a"},
        "#/a: A key has letters, digits, dots, “-” and “_” alone, at most 100, and begins with a "
        "letter or a digit.",
    ),
    (
        errors.FeedInvalid,
        {"why": "address", "place": "#/a"},
        "#/a: This leads to no http or https address.",
    ),
    (
        errors.FeedInvalid,
        {"why": "day", "place": "#/a"},
        "#/a: This is no day such as 2026-01-31, and no moment such as 2026-01-31T18:30:00Z.",
    ),
    (
        errors.FeedInvalid,
        {"why": "not_one_of", "place": "#/a", "known": ["x", "y"]},
        "#/a: This has to be one of: x, y.",
    ),
    (
        errors.FeedInvalid,
        {"why": "language", "place": "#/a"},
        "#/a: This is no language that is known.",
    ),
    (
        errors.FeedInvalid,
        {"why": "repeated", "place": "#/a"},
        "#/a: Another one before it has the same.",
    ),
    (
        errors.FeedInvalid,
        {"why": "twice", "place": "#/a", "name": "x"},
        "#/a: “x” stands there twice. The last one counts.",
    ),
    (
        errors.FeedInvalid,
        {"why": "unknown", "place": "#/a", "name": "x"},
        "#/a: The format has no “x”. It is passed over.",
    ),
    (
        errors.FeedUnreadable,
        {"why": "outside", "file": "a.json"},
        "a.json lies in none of the folders that feeds are read from.",
    ),
    (errors.FeedUnreadable, {"why": "gone", "file": "a.json"}, "There is no file a.json."),
    (
        errors.FeedUnreadable,
        {"why": "link", "file": "a.json"},
        "a.json is a link, or lies behind one. Links are not followed.",
    ),
    (errors.FeedUnreadable, {"why": "no_file", "file": "a.json"}, "a.json is not a file."),
    (
        errors.FeedUnreadable,
        {"why": "errno", "file": "a.json", "errno": "EACCES"},
        "a.json cannot be read: Permission denied",
    ),
    (
        errors.FeedUnreadable,
        {"why": "too_large", "file": "a.json", "bytes": 9},
        "a.json has more than 9 bytes.",
    ),
    (
        errors.FeedUnreadable,
        {"why": "not_text", "file": "a.json"},
        "a.json is not a text in UTF-8.",
    ),
    (
        errors.AddressRefused,
        {"why": "unusable", "reason": "Invalid IPv6 URL"},
        "This is not a usable address: Invalid IPv6 URL",
    ),
    (errors.AddressRefused, {"why": "scheme"}, "Only http and https addresses are fetched."),
    (
        errors.AddressRefused,
        {"why": "host_name", "host": "a..b"},
        "'a..b' is not a usable host name.",
    ),
    (
        errors.AddressRefused,
        {"why": "private", "host": "10.0.0.1"},
        "10.0.0.1 is a private or reserved address and is not connected to. If it is a server of "
        "yours, list it in ALLOW_PRIVATE_HOSTS (for example ALLOW_PRIVATE_HOSTS=10.0.0.1).",
    ),
    (
        errors.AddressRefused,
        {"why": "leads_to_private", "host": "nas", "address": "10.0.0.1"},
        "nas (10.0.0.1) is a private or reserved address and is not connected to. If it is a "
        "server of yours, list it in ALLOW_PRIVATE_HOSTS (for example ALLOW_PRIVATE_HOSTS=nas).",
    ),
    (
        errors.ResponseTooLarge,
        {"bytes": 8_000_000},
        "AniWorld answered with more than 8000000 bytes.",
    ),
    (
        errors.UnexpectedAnswer,
        {"why": "status", "status": 418},
        "AniWorld answered with status 418.",
    ),
    (errors.UnexpectedAnswer, {"why": "redirects"}, "AniWorld redirects without end."),
    (
        errors.UnexpectedAnswer,
        {"why": "monster"},
        "AniWorld sent a page that is too large or too deep to be read.",
    ),
    (errors.UnknownProvider, {"name": "x"}, "There is no provider named 'x'."),
    (errors.UnknownProvider, {"why": "off", "name": "x"}, "The provider 'x' is not enabled."),
    (errors.HosterDown, {"why": "no_address"}, "AniWorld has no address."),
    (
        errors.HosterDown,
        {"why": "too_slow", "seconds": 90},
        "AniWorld took longer than 90 seconds.",
    ),
    *(
        (kind, {"why": "says", "reason": "No."}, "AniWorld says: No.")
        for kind in (
            errors.HosterDown,
            errors.MediaGone,
            errors.HosterBlocked,
            errors.DecoderOutdated,
        )
    ),
    (errors.HosterBlocked, {"why": "live"}, "This is live: it has no end."),
    (
        errors.DecoderOutdated,
        {"why": "died", "exit_code": -9},
        "AniWorld ended over this page (exit code -9).",
    ),
    (errors.MediaGone, {"why": "leads_back"}, "The hoster link leads back to the catalogue."),
    (errors.MediaGone, {"why": "empty_file"}, "The media file is empty."),
    (errors.MediaGone, {"why": "no_segments"}, "The playlist has no segments."),
    (
        errors.HosterBlocked,
        {"why": "not_media", "content_type": "text/html"},
        "The hoster answered with something else than media (text/html).",
    ),
    (
        errors.HosterBlocked,
        {"why": "nested"},
        "The playlists lead from one to the next without end.",
    ),
    (
        errors.DecoderOutdated,
        {"why": "no_decoder"},
        "AniWorld: none of our decoders reads the page.",
    ),
    (
        errors.DecoderOutdated,
        {"why": "no_playlist"},
        "AniWorld: no playlist in the player's setup.",
    ),
    (errors.DecoderOutdated, {"why": "no_source"}, "The page has no plain video source."),
    (
        errors.DecoderOutdated,
        {"why": "no_link", "missing": "link (iframe@src)"},
        "AniWorld: the page of the link names no hoster's address: link (iframe@src) was not "
        "found.",
    ),
    (errors.DecoderOutdated, {"why": "hops", "hops": 3}, "AniWorld: no player after 3 hops."),
    *(
        (errors.DefinitionInvalid, {"why": why, "at": "/steps", **facts}, sentence)
        for why, facts, sentence in (
            ("json", {"line": 3, "column": 7}, "This is no JSON: line 3, column 7."),
            ("deep", {}, "/steps: nested too deep."),
            ("characters", {}, "It holds characters that are none, or numbers too long."),
            ("number", {"word": "NaN"}, "This is no JSON: NaN is no number in it."),
            ("none", {}, "The site has no definition."),
            (
                "type",
                {"wanted": ["string", "object"]},
                "/steps: must be of the JSON type string, object.",
            ),
            ("choice", {"known": ["html", "json"]}, "/steps: must be one of html, json."),
            ("between", {"low": 1, "high": 9}, "/steps: must lie between 1 and 9."),
            ("empty", {}, "/steps: must not be empty."),
            ("long", {"most": 300}, "/steps: has more than 300 characters."),
            ("many", {"most": 12}, "/steps: has more than 12 entries."),
            ("form", {"pattern": "^a$"}, "/steps: does not fit the pattern ^a$."),
            ("missing", {"name": "series"}, "/steps: “series” is missing."),
            (
                "unknown",
                {"name": "serie", "known": ["series", "list"]},
                "/steps: there is no “serie” here; there are series, list.",
            ),
            ("needs", {"known": ["a", "b"]}, "/steps: needs one of a, b at least."),
            ("one_of", {"known": ["a", "b"]}, "/steps: needs one of a, b, and only one."),
            (
                "selector",
                {"piece": ":has(b)"},
                "/steps: the selector cannot be read from “:has(b)” on.",
            ),
            ("path", {"piece": "..b"}, "/steps: the path cannot be read from “..b” on."),
            (
                "pattern",
                {"reason": "missing )"},
                "/steps: the pattern cannot be used: missing )",
            ),
            (
                "pattern_large",
                {},
                "/steps: the pattern becomes too large; repeat less in it.",
            ),
            (
                "placeholder",
                {"name": "id", "known": ["key", "base"]},
                "/steps: nothing is known to fill in for “id”; known are key, base.",
            ),
            (
                "address",
                {},
                "/steps: must be an address with http:// or https://, or a path that begins "
                "with /.",
            ),
            ("header", {}, "/steps: may only have printable characters of ASCII."),
            ("one_body", {}, "/steps: is posted as a form or as JSON, and then with POST."),
            (
                "html_only",
                {},
                "/steps: attributes, and what stands before, are there in HTML.",
            ),
            ("json_only", {}, "/steps: only values of JSON stand under a name."),
            ("no_page_number", {}, "/steps: the number of the page is nowhere filled in."),
            ("zone", {}, "/steps: there is no such time zone."),
            (
                "date",
                {"known": ["%d", "%m"]},
                "/steps: a form of dates has each of %d, %m at most once.",
            ),
        )
    ),
    (
        errors.TrialEnded,
        {"requests": 25, "seconds": 60},
        "The trial ends after 25 requests, or after 60 seconds.",
    ),
    (errors.UnsupportedHoster, {"hoster": "filemoon"}, "There is no resolver for filemoon."),
    (
        errors.UnsupportedHoster,
        {"why": "none_known", "hosters": ["Doodstream", "Filemoon"]},
        "Only hosters we cannot read serve this: Doodstream, Filemoon.",
    ),
]


@pytest.mark.parametrize(("kind", "facts", "sentence"), SENTENCES)
def test_facts_make_the_sentence(
    kind: type[ProviderError], facts: dict[str, Any], sentence: str
) -> None:
    error = kind(**AT, **facts, url="https://a.test/?token=x")
    assert str(error) == sentence
    assert error.params.get("why", "") == facts.get("why", "")
    assert "token" not in repr(error.params)


def test_a_changed_page_names_itself_and_what_it_lacks() -> None:
    error = errors.MarkupChanged("season", "table.rows", url="https://a.test/")
    assert str(error) == "The season page has changed: table.rows was not found."
    assert error.params == {"page": "season", "missing": "table.rows"}


def test_a_definition_that_does_not_fit_names_the_step_and_what_it_lacks() -> None:
    error = errors.DefinitionMismatch("search", "rows (li)", url="https://a.test/")
    assert str(error) == (
        "The definition does not fit what the step “search” is answered: rows (li) was not found."
    )
    assert isinstance(error, errors.MarkupChanged)


def test_no_sentence_is_left_out() -> None:
    told = {text_key(kind.code, facts) for kind, facts, _ in SENTENCES}
    passed_on = {key for key in ProviderError.all_texts() if key.endswith(".server")}
    assert set(ProviderError.all_texts()) == told | passed_on | {
        "markup_changed",
        "definition_mismatch",
    }


@pytest.mark.parametrize(("raised", "meant"), _MEANING)
def test_a_hoster_passes_on_what_its_server_said(
    raised: type[ProviderError], meant: type[HosterError]
) -> None:
    for kind, facts, sentence in SENTENCES:
        if issubclass(kind, raised):
            error = kind(**AT, **facts, url="https://a.test/")
            with pytest.raises(meant) as caught, hoster_errors():
                raise error
            assert (str(caught.value), caught.value.url) == (sentence, error.url)
            assert caught.value.params == {"why": "server", "cause": error.as_json()}
            assert not caught.value.whole_site


def test_a_hosters_changed_page_is_a_decoder_that_is_outdated() -> None:
    with (
        pytest.raises(errors.DecoderOutdated, match="The player page has changed"),
        hoster_errors(),
    ):
        raise errors.MarkupChanged("player", "script")
