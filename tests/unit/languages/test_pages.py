"""The language of the pages: the browser's, until a user chooses one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from bs4.element import NavigableString
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Preferences
from accounts.preferences import choose_language
from aniworld.config import store
from aniworld.config.schema import TargetSettings
from aniworld.system.notifications import wording
from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.items import Told
from aniworld.system.notifications.models import Delivery
from aniworld.system.notifications.targets import Target
from library.models import AnimeSeries
from providers.coded import coded
from tests.unit.aniworld.pages.test_reads import addresses, filled, stale
from tests.unit.languages.test_catalogues import compiled
from tests.unit.reading import get, texts

__all__ = ["filled", "stale"]

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
# Names of the library that happen to be words of the pages, too.
NAMES = frozenset({"Show", "Other", "Gone"})
_HOLE = re.compile(r"%\(|%[sd]|\{\w+\}|<")


@pytest.fixture
def german(visitor: Client) -> Client:
    choose_language(User.objects.get(), "de")
    return visitor


def language(client: Client, address: str = "/account", **headers: str) -> str:
    page = BeautifulSoup(client.get(address, headers=headers).content, "lxml")
    assert page.html is not None
    return str(page.html["lang"])


def test_whoever_is_not_logged_in_is_spoken_to_as_the_browser_asks(db: None) -> None:
    assert language(Client(), "/setup") == "en"
    assert language(Client(), "/setup", **{"Accept-Language": "fr"}) == "en"
    assert language(Client(), "/setup", **GERMAN) == "de"


def test_the_choice_of_a_user_goes_before_the_browser(visitor: Client) -> None:
    assert language(visitor, **GERMAN) == "de"
    answer = visitor.post("/account/language", {"language": "en"}, headers=GERMAN)
    assert (answer.status_code, answer["Location"]) == (302, "/account")
    assert language(visitor, **GERMAN) == "en"
    visitor.post("/account/language", {"language": "de"})
    assert language(visitor) == "de"
    told = visitor.get("/api/queue/items/4711").json()["detail"]
    assert told != "No such item."
    visitor.post("/account/language", {"language": ""})
    assert language(visitor) == "en"


def test_the_choice_is_said_in_the_language_that_was_chosen(visitor: Client) -> None:
    visitor.post("/account/language", {"language": "de"})
    (told,) = texts(get(visitor, "/account"), "toast-stack .toast p")
    assert "Deutsch" in told


def test_a_language_without_texts_cannot_be_chosen(visitor: Client) -> None:
    answer = visitor.post("/account/language", {"language": "tlh"})
    assert answer.status_code == 422
    assert not Preferences.objects.exists()


def test_another_user_is_not_spoken_to_in_it(german: Client, db: None) -> None:
    assert language(german) == "de"
    assert language(Client(), "/login") == "en"
    assert german.get("/account", headers={"Accept-Language": "en"})["Content-Language"] == "de"


def test_the_days_of_the_calendar_are_written_as_the_language_does(german: Client) -> None:
    for view, days in (
        ("day", "Dienstag, 1. Dezember 2026"),
        ("week", "30. November – 6. Dezember 2026"),
        ("month", "Dezember 2026"),
    ):
        page = get(german, f"/calendar?view={view}&date=2026-12-01")
        assert days in " ".join(page.get_text().split())


def test_messages_come_in_the_language_that_is_set(german: Client) -> None:
    target = Target("phone", TargetSettings(kind="APPRISE"))

    def sent() -> str:
        said, now = Told(Kind.TEST, coded("told_test"), timezone.now()), timezone.now()
        return wording.job_of(Delivery(created_at=now, items=[said.as_item()]), target).body

    before, english = translation.get_language(), sent()
    store.update(lambda data: data["notifications"].update(language="de"))
    assert sent() not in {english, ""}
    assert translation.get_language() == before


def _texts(page: BeautifulSoup) -> Iterator[str]:
    for node in page.find_all(string=True):
        if type(node) is NavigableString and node.parent and node.parent.name not in _UNREAD:
            yield " ".join(node.split())
    for tag in page.find_all(True):
        for name in ("aria-label", "title", "placeholder", "alt"):
            yield " ".join(str(tag.get(name) or "").split())


_UNREAD = frozenset({"script", "style", "code", "pre", "kbd", "option"})


def test_no_page_has_a_word_of_another_language(german: Client, filled: AnimeSeries) -> None:
    """Also where a text was asked for too early: when its module was loaded."""
    known = compiled("de")
    said = set(known.values())
    english = {
        text
        for text, other in known.items()
        if isinstance(text, str) and not _HOLE.search(text) and text not in said
    } - NAMES
    german.raise_request_exception = False
    found, seen = [], 0
    for address in addresses():
        if address.startswith(("/api/", "/admin/")):
            continue
        answer = german.get(address)
        if answer.status_code in {200, 404} and answer["Content-Type"].startswith("text/html"):
            seen += 1
            page = BeautifulSoup(answer.content, "lxml")
            if page.html is not None and page.html.get("lang", "de") != "de":
                found.append(f"{address}: lang={page.html['lang']}")
            found += [f"{address}: {text}" for text in _texts(page) if text in english]
    assert found == []
    assert seen > 40
