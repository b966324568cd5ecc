"""Adding, describing, trying and removing a site in the browser, without script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from aniworld.config import store
from aniworld.sites import added
from tests.catalogues import definition
from tests.catalogues.server import Running, served
from tests.unit.reading import get, soup, texts
from tests.unit.visiting import visitor  # noqa: F401 - fixture

pytestmark = pytest.mark.django_db

ADD, CARDS = "/settings/providers/add", "/settings/providers/cards/definition"


@pytest.fixture
def cards(settings: Settings) -> Iterator[Running]:
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    with served("cards") as running:
        yield running


def typed(address: str, **values: Any) -> dict[str, Any]:
    return {"provider": "described", "definition": definition("cards", address), **values}


def test_a_site_is_tried_then_added_then_removed(
    visitor: Client,  # noqa: F811
    cards: Running,
) -> None:
    assert "Add a site" in texts(get(visitor, "/settings/providers"), "a")
    kinds = [one.partition(":")[0] for one in texts(get(visitor, ADD), "fieldset label")]
    assert set(kinds) == {one.label for one in added.kinds()}

    tried = visitor.post(ADD, typed(cards.address, query="owl", **{"try": "yes"}))
    assert tried.status_code == 200
    page = soup(tried)
    assert [one.split()[-1] for one in texts(page, "#trial h3")] == ["good"] * 5
    assert "owl-and-moss: Owl & Moss" in texts(page, "#trial li")
    assert page.select_one("textarea[name=definition]").get_text().strip() == definition(  # type: ignore[union-attr]
        "cards", cards.address
    )
    assert not store.load().providers.sites

    visitor.post(ADD, typed(cards.address, add="yes", enabled="on"))
    assert store.load().providers.sites["cards"].enabled
    page = get(visitor, "/settings/providers")
    assert {"Definition Cards", "Remove Cards"} <= set(texts(page, ".settings-save a"))

    assert texts(get(visitor, "/settings/providers/cards/remove"), "h1") == ["Remove Cards?"]
    answer = visitor.post("/settings/providers/cards/remove", follow=True)
    assert "cards" not in store.load().providers.sites
    undo = soup(answer).select_one("toast-stack .toast form")
    assert undo is not None
    visitor.post(str(undo["action"]))
    assert store.load().providers.sites["cards"].enabled


def test_a_file_is_imported_and_one_of_a_known_name_asks(
    visitor: Client,  # noqa: F811
) -> None:
    def file(text: str | bytes) -> SimpleUploadedFile:
        data = text.encode() if isinstance(text, str) else text
        return SimpleUploadedFile("cards.json", data, "application/json")

    first, second = (definition("cards", f"https://{name}.example") for name in ("one", "two"))
    sent = {"provider": "described", "add": "yes"}
    visitor.post(ADD, {**sent, "file": file("\ufeff" + first)})
    assert added.definition_of("cards") == first

    answer = visitor.post(ADD, {**sent, "file": file(second)})
    assert answer.status_code == 422
    button = soup(answer).select_one("button[name=replace]")
    assert button is not None
    assert added.definition_of("cards") == first
    shown = soup(answer).select_one("textarea[name=definition]")
    assert shown is not None
    again = {"provider": "described", "definition": shown.get_text(), "replace": button["value"]}
    assert visitor.post(ADD, again).status_code == 302
    assert added.definition_of("cards") == second

    for wrong, words in (
        (file(b"\xff\xfe"), "This file is no text."),
        (file("x" * 300_000), "This file is too large for a definition."),
        (file("{}"), "“format” is missing."),
        (file(""), "Must not be empty."),
    ):
        answer = visitor.post(ADD, {**sent, "label": "New", "file": wrong})
        assert answer.status_code == 422
        assert words in soup(answer).get_text(), words


def test_a_definition_is_changed_tried_and_exported(
    visitor: Client,  # noqa: F811
    cards: Running,
) -> None:
    added.add_site(kind="described", definition=definition("cards", cards.address))
    area = get(visitor, CARDS).select_one("textarea[name=definition]")
    assert area is not None
    shown = area.get_text()
    assert json.loads(shown) == json.loads(definition("cards", cards.address))

    wrong = shown.replace("h1", "h7")
    tried = visitor.post(CARDS, {"definition": wrong, "query": "owl", "try": "yes"})
    page = soup(tried)
    assert "The definition does not fit" in texts(page, "#trial .field-error")[0]
    assert "name (h7)" in texts(page, "#trial .field-error")[0]
    assert added.definition_of("cards") == definition("cards", cards.address)

    odd = visitor.post(CARDS, {"definition": shown.replace("script", "a:b"), "save": "yes"})
    assert odd.status_code == 422
    assert len(texts(soup(odd), "#id_definition_error p")) == 2
    assert "a:b" in texts(soup(odd), "textarea[name=definition]")[0], "what was typed stays"
    changed = shown.replace("Cards", "Other")
    assert visitor.post(CARDS, {"definition": changed, "save": "yes"}).status_code == 302
    answer = visitor.get(f"{CARDS}/file")
    assert answer.content.decode() == changed.strip()
    assert answer["Content-Disposition"] == 'attachment; filename="cards-definition.json"'


def test_what_a_site_says_is_shown_as_text(visitor: Client, cards: Running) -> None:  # noqa: F811
    told = json.loads(definition("cards", cards.address))
    told["steps"]["series"]["fields"]["name"] = {"value": "<b>\"'&</b>"}
    answer = visitor.post(
        ADD, typed(cards.address, definition=json.dumps(told), query="owl", **{"try": "yes"})
    )
    assert b"&lt;b&gt;&quot;&#x27;&amp;&lt;/b&gt;" in answer.content
    assert b"<b>\"'" not in answer.content


def test_sites_that_are_not_there_have_no_such_pages(visitor: Client) -> None:  # noqa: F811
    for name in ("nobody", "aniworld", "described"):
        for place in ("definition", "definition/file", "remove"):
            assert visitor.get(f"/settings/providers/{name}/{place}").status_code == 404
    assert visitor.post("/settings/providers/aniworld/remove").status_code == 404
    assert visitor.post(ADD, {"provider": "aniworld"}).status_code == 422
    assert visitor.post(ADD, {"provider": "described", "replace": "aniworld"}).status_code == 422


@pytest.fixture
def feed(tmp_path: Path, settings: Settings) -> Path:
    """The file of a feed with two series, where one may lie."""
    settings.MANIFEST_ROOTS = [str(tmp_path)]
    episodes = [
        {"season": 1, "number": 1, "sources": [{"url": "https://a.example/1.mp4"}]},
        {"season": 1, "number": 2},
    ]
    series = [
        {"key": "heron", "title": "The <Heron>", "language": "German Dub", "episodes": episodes},
        {"key": "owl", "title": "The Owl", "yeer": 2020, "episodes": []},
    ]
    path = tmp_path / "feed.json"
    path.write_text(json.dumps({"version": 1, "series": series}))
    return path


def of_feed(address: str, **values: Any) -> dict[str, Any]:
    return {"provider": "manifest", "label": "My feed", "base_url": address, **values}


def test_a_feed_is_tried_before_it_is_added(visitor: Client, feed: Path) -> None:  # noqa: F811
    tried = visitor.post(ADD, of_feed(f"file://{feed}", **{"try": "yes"}))
    assert tried.status_code == 200
    listed = texts(soup(tried), "#trial li")
    assert "The <Heron>: 1 episode, 1 announced · German Dub" in listed
    assert any("#/series/1: " in one and "yeer" in one for one in listed), listed
    assert "not all is right" in texts(soup(tried), "#trial .chip")
    assert not store.load().providers.sites

    feed.write_text("<nonsense")
    page = soup(visitor.post(ADD, of_feed(f"file://{feed}", **{"try": "yes"})))
    assert "Nothing of it can be read." in page.get_text()


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("", 422, "Must not be empty."),
        ("nonsense", 422, "Must be an address"),
        ("file:///etc/passwd", 200, "passwd lies in none of the folders"),
        ("http://192.168.0.9/feed.json", 200, "private or reserved address"),
    ],
)
def test_a_feed_that_cannot_be_had_says_why(
    visitor: Client,  # noqa: F811
    feed: Path,
    address: str,
    status: int,
    words: str,
) -> None:
    tried = visitor.post(ADD, of_feed(address, **{"try": "yes"}))
    assert tried.status_code == status
    assert words in soup(tried).get_text()


def test_no_sentence_of_a_trial_has_the_password_of_the_address(
    visitor: Client,  # noqa: F811
    feed: Path,
    settings: Settings,
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    address = "http://user:s3cret@127.0.0.1:9/feed.json?token=hush"
    page = soup(visitor.post(ADD, of_feed(address, label="", **{"try": "yes"})))
    told = " ".join(page.get_text().split())
    assert "127.0.0.1:9/feed.json" in told
    assert "s3cret" not in told
    assert "hush" not in told


def test_what_is_wrong_in_a_long_form_is_told_at_its_head(
    visitor: Client,  # noqa: F811
) -> None:
    answer = visitor.post(ADD, {"provider": "described", "try": "yes"})
    alert = soup(answer).select_one("form .alert[role=alert]")
    assert alert is not None
    assert {str(one["href"]) for one in alert.select("a")} == {"#id_definition", "#id_query"}
    assert alert.find_previous_sibling("section") is None


def test_the_example_to_begin_with_is_a_whole_definition(
    visitor: Client,  # noqa: F811
) -> None:
    assert get(visitor, ADD).select_one("textarea").get_text().strip() == ""  # type: ignore[union-attr]
    example = get(visitor, f"{ADD}?example=1").select_one("textarea")
    assert example is not None
    assert added.definition_errors(example.get_text()) == []
    assert visitor.post(ADD, {"provider": "described", "definition": example.get_text()})
    assert store.load().providers.sites["my-catalogue"].provider == "described"


def test_a_site_that_is_there_is_named_as_its_owner_does(
    visitor: Client,  # noqa: F811
    cards: Running,
) -> None:
    visitor.post(ADD, typed(cards.address, label="Märchen & more"))
    page = soup(visitor.post(ADD, typed(cards.address, label="Märchen & more")))
    assert "Yes, change the definition of Märchen & more" in texts(page, "button")
