"""The feed as programs read it: written by one library, read back by the same in its strict way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts import feeds
from accounts.clients import Client as Caller
from aniworld.journal.actors import Actor, acting_as
from aniworld.pages.calendar import feed as written
from aniworld.pages.calendar import ics
from aniworld.pages.calendar.spans import today
from library.models import Airing, AnimeSeries, Availability, LibraryRoot
from tests.factories import make_episodes, make_item, make_series
from tests.unit.reading import get, soup, texts

NOON = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
HOSTILE = (
    "Comma, semicolon; back\\slash",
    "Line\r\nBEGIN:VEVENT\r\nSUMMARY:another\nATTACH:x",
    "turned \u202eround\u202c and \u2066isolated\u2069\u200f",
    "\x07\x1b[31m\x7f\x85\u2028",
    "Ä" * 490,
    "😀👨‍👩‍👧‍👦" * 60,
    '"quoted":=; <b>&amp;</b>',
    "الحلقة الأولى",
)


@pytest.fixture
def key(visitor: Client, library: LibraryRoot) -> str:
    with acting_as(Actor.command("test")):
        return feeds.issue(User.objects.get()).secret


def comes_out(
    series: AnimeSeries,
    number: int,
    at: datetime = NOON,
    language: str = "German Sub",
    *,
    is_news: bool = True,
) -> None:
    place = {"series": series, "season": 1, "episode_number": number, "language": language}
    Availability.objects.create(**place, first_seen_at=at, is_news=is_news)


def ask(key: str, query: str = "", **headers: str) -> HttpResponse:
    """As a calendar program, which has no login."""
    return Client().get(f"/calendar.ics?key={key}{query}", headers=headers)  # type: ignore[return-value]


def airs(series: AnimeSeries, number: int, at: datetime, language: str = "", **fields: Any) -> None:
    place = {"series": series, "season": 1, "episode_number": number, "language": language}
    Airing.objects.create(**place, at=at, noted_at=NOON, **{"has_time": True, **fields})


def read(body: bytes) -> Any:
    return icalendar.Calendar.from_ical(body)


def events(answer: HttpResponse) -> list[Any]:
    """Read back, each line no longer than it may be."""
    assert answer.status_code == 200, answer.content
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = read(answer.content)
    assert not calendar.errors
    found = calendar.walk("VEVENT")
    assert not any(one.errors for one in found)
    assert len(found) == len(calendar.subcomponents)
    return list(found)


def summaries(answer: HttpResponse) -> list[str]:
    return [str(one["SUMMARY"]) for one in events(answer)]


def test_an_event_says_what_came_out_on_which_day(key: str) -> None:
    series = make_series("Mushishi", present=1, missing=1)
    comes_out(series, 1, NOON - timedelta(days=3))
    comes_out(series, 1, NOON - timedelta(days=3), "English Sub")
    comes_out(series, 1, NOON, "German Dub")
    answer = ask(key)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"]
    calendar = read(answer.content)
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "Aniworld"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    [event] = events(answer)
    assert event["SUMMARY"] == "Mushishi S01E01 – Title 1"
    assert event["DTSTART"].dt == today() - timedelta(days=3)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["URL"] == f"http://testserver/series/{series.key}"
    assert event["DESCRIPTION"] == "On disk\nOut: German Sub, English Sub"
    changed = series.episodes.get(episode_number=1).updated_at
    assert event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt == changed.replace(microsecond=0)


def test_names_of_sites_cannot_write_into_the_feed(key: str) -> None:
    for name in HOSTILE:
        series = make_series(name[:500], missing=1)
        series.episodes.update(title=name)
        comes_out(series, 1, language=name[:80])
    answer = ask(key)
    found = events(answer)
    assert len(found) == len(HOSTILE)
    assert len({str(one["UID"]) for one in found}) == len(HOSTILE)
    for one in found:
        for field in ("SUMMARY", "DESCRIPTION"):
            text = str(one[field]).replace("\n", " ")
            assert text.isprintable(), text
            assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
            assert len(text) < 2 * ics.LONGEST + 40
        assert "ATTACH" not in one
    assert "Comma, semicolon; back\\slash S01E01" in str(summaries(answer)[-1])


def test_what_stays_the_same_is_told_so(key: str) -> None:
    series = make_series("Show", missing=2)
    comes_out(series, 1)
    first = ask(key)
    [before] = events(first)
    again = ask(key, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    later = NOON + timedelta(days=1)
    series.episodes.filter(episode_number=1).update(
        title="Another", state="PRESENT", is_downloaded=True, updated_at=later
    )
    changed = ask(key, **{"If-None-Match": first["ETag"]})
    [after] = events(changed)
    assert (after["UID"], after["DTSTART"].dt) == (before["UID"], before["DTSTART"].dt)
    assert after["LAST-MODIFIED"].dt == later.replace(microsecond=0)
    assert after["SUMMARY"] == "Show S01E01 – Another"


def test_the_key_is_all_that_counts(key: str, visitor: Client) -> None:
    wrong = feeds.PREFIX + "x" * 43
    for query in ("", "?key=", "?key=x", f"?key={wrong}", f"?KEY={key}", f"?key={key}x"):
        refused = visitor.get(f"/calendar.ics{query}", headers={"Accept": "text/calendar"})
        assert refused.status_code == 404
        assert refused.json()["detail"] == "There is nothing at this address."
    assert [ask(wrong).status_code for _ in range(5)] == [404, 404, 404, 404, 429]
    assert int(ask(wrong)["Retry-After"]) > 0
    assert ask(key).status_code == 200
    assert Client().post(f"/calendar.ics?key={key}").status_code == 405


@pytest.mark.parametrize(
    "query",
    ["&series=some", "&show=x", "&premieres=maybe", "&language=" + "x" * 81, "&language=%07"],
)
def test_a_wrong_option_is_named(key: str, query: str) -> None:
    answer = ask(key, query)
    name = query[1:].partition("=")[0]
    assert (answer.status_code, answer.content.decode()) == (
        *(400, f"The address has a wrong option: {name}"),
    )
    assert ask(feeds.PREFIX + "x" * 43, query).status_code == 404  # nobody else is told


def test_options_narrow_it_down(key: str) -> None:
    plain = make_series("Plain", missing=2, monitored=False)
    dear = make_series("Dear", present=1, missing=1, follow="GAPS")
    for number in (1, 2):
        comes_out(plain, number)
        comes_out(dear, number)
    make_item(dear, 2)
    comes_out(dear, 1, NOON + timedelta(minutes=1), "German Dub")

    def codes(query: str) -> set[str]:
        return {text.partition(" –")[0] for text in summaries(ask(key, query))}

    assert codes("") == {"Plain S01E01", "Plain S01E02", "Dear S01E01", "Dear S01E02"}
    assert codes("&series=followed") == codes("&series=Monitored") == {"Dear S01E01", "Dear S01E02"}
    assert codes("&show=missing") == {"Plain S01E01", "Plain S01E02", "Dear S01E02"}
    assert codes("&show=present") == {"Dear S01E01"}
    assert codes("&premieres=1") == {"Plain S01E01", "Dear S01E01"}
    assert codes("&language=German%20Dub") == {"Dear S01E01"}
    assert codes("&series=followed&show=missing&premieres=yes") == set()


def test_a_language_has_days_and_events_of_its_own(key: str) -> None:
    series = make_series("Show", missing=1)
    comes_out(series, 1, NOON - timedelta(days=90), is_news=False)
    assert summaries(ask(key)) == []
    comes_out(series, 1, NOON - timedelta(days=1), "German Dub")
    assert summaries(ask(key)) == []  # the episode is older than that
    [dub] = events(ask(key, "&language=German%20Dub"))
    assert dub["DTSTART"].dt == today() - timedelta(days=1)
    Availability.objects.filter(language="German Sub").update(
        is_news=True, first_seen_at=NOON - timedelta(days=2)
    )
    [either] = events(ask(key))
    assert either["DTSTART"].dt == today() - timedelta(days=2)
    assert either["UID"] != dub["UID"]


def test_it_tells_of_some_months_and_of_no_more_than_can_be_read(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = make_series("Show", missing=6)
    comes_out(series, 1, NOON - written.DAYS_BEFORE - timedelta(days=1))
    for number in range(2, 6):
        comes_out(series, number, NOON - timedelta(days=number))
    assert len(events(ask(key))) == 4
    monkeypatch.setattr(written, "MOST", 2)
    assert [text[:11] for text in summaries(ask(key))] == ["Show S01E02", "Show S01E03"]


def test_days_are_those_of_the_owner(key: str) -> None:
    series = make_series("Show", missing=1)
    late = datetime.combine(today() - timedelta(days=5), datetime.min.time(), tzinfo=UTC)
    comes_out(series, 1, late + timedelta(hours=23, minutes=30))
    for zone, days in (("Europe/Berlin", 1), ("America/New_York", 0), ("Pacific/Kiritimati", 1)):
        with timezone.override(ZoneInfo(zone)):
            body = written.feed(written.FeedOptions(), lambda name: f"http://h/{name}")
        [event] = read(body).walk("VEVENT")
        assert event["DTSTART"].dt == late.date() + timedelta(days=days), zone
        assert isinstance(event["DTSTART"].dt, date)


def test_the_address_is_shown_once(visitor: Client, library: LibraryRoot) -> None:
    make_episodes([(make_series("Show"), 1, 1, "ANNOUNCED")])
    assert texts(get(visitor, "/calendar/feed"), "form #issue-feed") == ["Make the address"]
    answer = visitor.post("/calendar/feed/issue")
    assert "no-store" in answer["Cache-Control"]
    [address] = texts(soup(answer), "#new-feed")
    assert Client().get(address).status_code == 200
    again = get(visitor, "/calendar/feed")
    assert not again.select("#new-feed")
    assert feeds.PREFIX not in str(again)
    assert texts(again, "form #issue-feed") == ["Make a new address"]
    newer = visitor.post("/api/calendar/feed").json()
    assert visitor.get("/api/calendar/feed").json()["has_address"]
    assert (Client().get(address).status_code, Client().get(newer["address"]).status_code) == (
        *(404, 200),
    )
    assert visitor.post("/calendar/feed/revoke").status_code == 302
    assert Client().get(newer["address"]).status_code == 404
    assert visitor.get("/api/calendar/feed").json() == {
        **{"has_address": False, "created_at": None, "last_activity": None}
    }
    assert visitor.delete("/api/calendar/feed").status_code == 404


def test_each_user_has_an_address_of_their_own(key: str) -> None:
    guest = User.objects.create(username="guest", password="!")
    with acting_as(Actor.command("test")):
        other = feeds.issue(guest).secret
    assert ask(key).status_code == ask(other).status_code == 200
    assert feeds.holder_of(other, Caller()) == guest


def test_what_is_announced_is_told_at_its_time_and_stays_there(key: str) -> None:
    series = make_series("Show")
    make_episodes([(series, 1, number, "ANNOUNCED") for number in (1, 2, 3)])
    evening = NOON + timedelta(days=2, hours=6, minutes=30)
    airs(series, 1, evening, "German Sub")
    airs(series, 1, evening + timedelta(hours=2), "English Sub")
    day = datetime.combine(today() + timedelta(days=9), datetime.min.time(), tzinfo=UTC)
    airs(series, 2, day, has_time=False)
    second, first = events(ask(key))
    assert second["DTSTART"].dt == day.date()
    assert second["DESCRIPTION"] == "Announced"
    assert first["DTSTART"].dt == evening.astimezone(UTC)
    assert first["DURATION"].dt == timedelta(minutes=30)
    assert first["DESCRIPTION"] == "Announced\nAnnounced: German Sub, English Sub"
    comes_out(series, 1, evening + timedelta(hours=5))
    series.episodes.filter(episode_number=1).update(state="MISSING")
    [_, out] = events(ask(key))
    assert (out["UID"], out["DTSTART"].dt) == (first["UID"], first["DTSTART"].dt)
    assert out["DESCRIPTION"].startswith("Missing\nOut: ")


def test_a_further_language_of_what_is_long_out_is_announced_for_that_language(key: str) -> None:
    series = make_series("Show", missing=1)
    comes_out(series, 1, NOON - timedelta(days=80))
    airs(series, 1, NOON + timedelta(days=1), "German Dub")
    assert events(ask(key)) == []
    [dub] = events(ask(key, "&language=German%20Dub"))
    assert dub["DTSTART"].dt == (NOON + timedelta(days=1)).astimezone(UTC)
    assert events(ask(key, "&language=English%20Dub")) == []
