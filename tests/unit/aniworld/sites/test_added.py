"""Sites that the owner adds: by the API, tried before, changed, taken back and removed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client
from pytest_django import Settings

from aniworld.config import services as config
from aniworld.config import store
from aniworld.config.errors import ConfigInvalid
from aniworld.journal import services as journal
from aniworld.journal.models import Entry
from aniworld.sites import added, configured, services
from aniworld.sites.errors import SiteKnown, SiteNotDescribed
from providers.base import LONGEST_DEFINITION
from providers.errors import DefinitionInvalid
from tests.catalogues import definition
from tests.catalogues.server import Running, served
from tests.unit.reading import soup
from tests.unit.visiting import visitor  # noqa: F401 - fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards(settings: Settings) -> Iterator[Running]:
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    with served("cards") as running:
        yield running


def whole(address: str = "https://cards.example", **changed: Any) -> dict[str, Any]:
    return {**json.loads(definition("cards", address)), **changed}


def send(client: Client, method: str, address: str, body: Any = None) -> tuple[int, Any]:
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    answer = getattr(client, method)(address, **data)
    return answer.status_code, answer.json()


def faults(body: Any) -> dict[str, str]:
    return {one["field"]: one["code"] for one in body["errors"]}


def test_a_site_is_added_by_its_definition_alone(
    visitor: Client,  # noqa: F811
    cards: Running,
) -> None:
    body = {"provider": "described", "definition": whole(cards.address), "enabled": True}
    status, made = send(visitor, "post", "/api/providers", body)

    assert status == 201
    assert (made["name"], made["label"], made["provider"]) == ("cards", "Cards", "described")
    assert made["default_base_url"] == cards.address
    assert configured.site_names() == ["cards"]
    assert [one.name for one in configured.site("cards").search("tin")] == ["Tin Harbour"]
    assert configured.series_link("cards", "a/b") == f"{cards.address}/t/a%2Fb"
    status, told = send(visitor, "post", "/api/providers/cards/test")
    assert (status, told["ok"]) == (200, True)


def test_what_is_wrong_is_told_by_field(visitor: Client) -> None:  # noqa: F811
    odd = whole()
    odd["steps"]["search"]["rows"] = "a:has(b)"
    for body, wrong in (
        ({"provider": "described"}, {"definition": "empty"}),
        ({"provider": "described", "definition": odd}, {"definition": "definition_invalid"}),
        ({"provider": "described", "definition": {}}, {"definition": "definition_invalid"}),
        (
            {"provider": "described", "definition": whole(), "base_url": "file:///x"},
            {"base_url": "not_a_web_address"},
        ),
        ({"provider": "described", "definition": whole(name="!?")}, {"name": "empty"}),
        ({"provider": "described", "definition": whole(), "name": "trial"}, {"name": "not_a_name"}),
    ):
        status, told = send(visitor, "post", "/api/providers", body)
        assert (status, faults(told)) == (400, wrong), body
    strange: tuple[Any, ...] = (
        {"provider": "aniworld", "definition": whole()},
        {"provider": "described", "definition": json.dumps(whole())},
        {"provider": "described", "definition": whole(), "name": "../x"},
        {"provider": "described", "definition": whole(), "odd": 1},
        [],
    )
    for one in strange:
        assert send(visitor, "post", "/api/providers", one)[0] == 400, one
    assert not store.load().providers.sites
    assert not Entry.objects.filter(action__startswith="config").exists()
    _, told = send(visitor, "post", "/api/providers", {"provider": "described", "definition": odd})
    assert told["errors"][0]["detail"] == (
        "/steps/search/rows: the selector cannot be read from “:has(b)” on."
    )


def test_a_name_is_of_one_site(visitor: Client) -> None:  # noqa: F811
    body = {"provider": "described", "definition": whole(), "label": "Über: Größe 1"}
    assert send(visitor, "post", "/api/providers", body)[1]["name"] == "ueber-groesse-1"
    status, told = send(visitor, "post", "/api/providers", body)
    assert (status, told["code"]) == (409, "site_known")
    for name in ("aniworld", "described"):
        with pytest.raises(SiteKnown):
            added.add_site(kind="described", name=name, definition=json.dumps(whole()))
    assert added.name_of("Health") == "health-site"
    assert added.name_of("Media") == "media-site"  # films are asked for under that name
    assert added.name_of("x" * 90) == "x" * 50


def test_a_feed_is_added_by_its_address(visitor: Client) -> None:  # noqa: F811
    feed = {"provider": "manifest", "label": "A friend's", "base_url": "https://a.example/f.json"}
    status, told = send(visitor, "post", "/api/providers", feed)
    assert (status, told["name"], told["provider"]) == (201, "a-friend-s", "manifest")
    for body, wrong in (
        ({"provider": "manifest", "label": "B"}, {"base_url": "empty"}),
        ({**feed, "label": "", "name": "b"}, {"label": "empty"}),
        ({**feed, "label": "B", "definition": whole()}, {"definition": "unknown_setting"}),
        ({**feed, "label": "B", "base_url": "nothing"}, {"base_url": "not_a_site_address"}),
    ):
        status, told = send(visitor, "post", "/api/providers", body)
        assert (status, faults(told)) == (400, wrong), body
    assert visitor.get("/settings/providers/a-friend-s/definition").status_code == 404
    assert send(visitor, "delete", "/api/providers/a-friend-s")[0] == 200


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let another process act right before the next change of the configuration."""
    apply = store.apply

    def after(*given: Any, **named: Any) -> store.Written:
        monkeypatch.setattr(store, "apply", apply)
        act()
        return apply(*given, **named)

    monkeypatch.setattr(store, "apply", after)


def test_of_two_who_add_one_name_at_once_the_first_stays(
    visitor: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = {"provider": "manifest", "label": "A", "base_url": "https://first.example/f.json"}
    second = {**first, "base_url": "https://second.example/f.json"}
    meanwhile(monkeypatch, lambda: send(visitor, "post", "/api/providers", first))
    assert send(visitor, "post", "/api/providers", second)[1]["code"] == "site_known"
    assert store.load().providers.sites["a"].base_url == first["base_url"]


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("put", "/api/providers/cards/definition", {"definition": whole()}),
        ("patch", "/api/providers/cards", {"enabled": True}),
        ("delete", "/api/providers/cards", None),
    ],
)
def test_what_was_removed_meanwhile_is_not_there_and_does_not_come_back(
    visitor: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    address: str,
    body: Any,
) -> None:
    send(visitor, "post", "/api/providers", {"provider": "described", "definition": whole()})
    meanwhile(monkeypatch, lambda: added.remove_site("cards"))
    status, told = send(visitor, method, address, body)
    assert (status, told["code"]) == (404, "unknown_provider")
    assert "cards" not in store.load().providers.sites


def test_the_order_of_sites_brings_none_back(monkeypatch: pytest.MonkeyPatch) -> None:
    added.add_site(kind="described", definition=json.dumps(whole()))
    meanwhile(monkeypatch, lambda: added.remove_site("cards"))
    services.move_provider("archive", -1)
    assert "cards" not in store.load().providers.sites


def test_what_lets_somebody_in_is_shown_to_nobody_and_stays(
    visitor: Client,  # noqa: F811
) -> None:
    secret = "https://me:secret@a.example/f.json"
    mirrors = ["https://b.example/f?token=secret", "https://b.example/f?token=secret2"]
    added.add_site(kind="manifest", label="A", base_url=secret)
    services.change_provider("a", {"mirrors": mirrors})
    listed = visitor.get("/api/providers").json()
    assert "secret" not in json.dumps(listed)
    (shown,) = (one for one in listed if one["name"] == "a")
    assert shown["base_url"] == "https://•••@a.example/f.json"
    back = {"base_url": shown["base_url"], "mirrors": shown["mirrors"]}
    assert send(visitor, "patch", "/api/providers/a", back)[0] == 200
    kept = store.load().providers.sites["a"]
    assert (kept.base_url, kept.mirrors) == (secret, tuple(mirrors))
    status, told = send(
        visitor, "patch", "/api/providers/a", {"base_url": "https://•••@b.example/f.json"}
    )
    assert (status, list(faults(told).values())) == (400, ["masked"])


def test_of_a_file_the_folders_are_not_shown(visitor: Client) -> None:  # noqa: F811
    added.add_site(kind="manifest", label="A", base_url="file:///srv/me/f.json")
    (shown,) = (one for one in visitor.get("/api/providers").json() if one["name"] == "a")
    assert shown["base_url"] == "file:///•••/f.json"
    back = {"base_url": shown["base_url"], "enabled": True}
    assert send(visitor, "patch", "/api/providers/a", back)[0] == 200
    assert store.load().providers.sites["a"].base_url == "file:///srv/me/f.json"


def test_no_page_leads_to_a_site_with_the_password_of_its_owner() -> None:
    added.add_site(
        kind="described", definition=json.dumps(whole()), base_url="https://me:secret@a.example"
    )
    assert configured.series_link("cards", "a") == ""


def test_a_definition_is_given_out_as_it_was_taken_in(visitor: Client) -> None:  # noqa: F811
    send(visitor, "post", "/api/providers", {"provider": "described", "definition": whole()})

    answer = visitor.get("/api/providers/cards/definition")
    assert answer.json() == whole()
    assert answer["Content-Disposition"] == 'attachment; filename="cards-definition.json"'
    changed = {"definition": whole(name="Other cards")}
    assert send(visitor, "put", "/api/providers/cards/definition", changed)[0] == 200
    assert visitor.get("/api/providers/cards/definition").json() == whole(name="Other cards")
    status, told = send(visitor, "put", "/api/providers/cards/definition", {"definition": {}})
    assert (status, faults(told)) == (400, {"definition": "definition_invalid"})
    for name, code in (("aniworld", "site_not_described"), ("nobody", "unknown_provider")):
        status, told = send(visitor, "get", f"/api/providers/{name}/definition")
        assert (status, told["code"]) == (404, code)


def test_the_schema_is_there_and_describes_definitions(visitor: Client) -> None:  # noqa: F811
    schema = visitor.get("/api/providers/definition-schema").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(whole(), schema)


def test_what_was_added_is_removed_and_comes_back(visitor: Client) -> None:  # noqa: F811
    send(visitor, "post", "/api/providers", {"provider": "described", "definition": whole()})
    before = store.load().providers.sites["cards"]

    status, told = send(visitor, "delete", "/api/providers/cards")
    assert (status, told["name"]) == (200, "cards")
    assert "cards" not in store.load().providers.sites
    assert send(visitor, "delete", "/api/providers/cards")[0] == 404
    assert send(visitor, "delete", "/api/providers/aniworld")[1]["code"] == "site_built_in"
    journal.undo(entry_id=Entry.objects.latest("pk").pk)
    assert store.load().providers.sites["cards"] == before

    journal.undo(entry_id=Entry.objects.latest("pk").pk)  # what has brought it back
    assert "cards" not in store.load().providers.sites


def test_the_configuration_takes_no_definition_that_cannot_be_used() -> None:
    with pytest.raises(ConfigInvalid) as refused:
        config.edit(
            {"providers": {"sites": {"x": {"provider": "described", "definition": '{"a": 1}'}}}}
        )
    assert {one.field for one in refused.value.errors} == {"providers.sites.x.definition"}
    config.edit({"providers": {"sites": {"x": {"provider": "described", "enabled": True}}}})
    with pytest.raises(DefinitionInvalid):
        configured.site("x")  # it is there, and says what it lacks
    with pytest.raises(SiteNotDescribed):
        added.definition_of("x")
    added.change_definition("x", json.dumps(whole()))
    assert configured.site("x").name == "x"


def test_a_definition_is_tried_before_it_is_saved(
    visitor: Client,  # noqa: F811
    cards: Running,
) -> None:
    body = {"definition": whole(cards.address), "query": "owl"}
    status, told = send(visitor, "post", "/api/providers/trial", body)

    assert (status, told["ok"]) == (200, True)
    assert [one["question"] for one in told["questions"]] == [
        *("search", "series", "episodes", "sources", "locate")
    ]
    search = told["questions"][0]
    assert search["told"] == ["owl-and-moss: Owl & Moss"]
    (asked,) = search["requests"]
    assert asked["address"] == f"{cards.address}/find?q=owl&p=1"
    assert (asked["status"], asked["found"], asked["rows"]) == (200, 1, 1)
    assert asked["samples"][0]["name"] == "Owl & Moss"
    assert told["questions"][4]["told"] == [f"{cards.media}?film=0"]
    assert not store.load().providers.sites
    assert not Entry.objects.filter(action__startswith="config").exists()

    # One page is asked for once, and anew in the next trial.
    assert cards.paths.count("/t/owl-and-moss") == 1
    send(visitor, "post", "/api/providers/trial", body)
    assert cards.paths.count("/t/owl-and-moss") == 2


def test_a_trial_begins_at_an_address_too(visitor: Client, cards: Running) -> None:  # noqa: F811
    body = {"definition": whole(cards.address), "query": f"{cards.address}/t/tin-harbour"}
    _, told = send(visitor, "post", "/api/providers/trial", body)
    assert told["questions"][0]["question"] == "series"
    assert told["questions"][0]["told"] == ["tin-harbour: Tin Harbour"]
    body["query"] = "https://elsewhere.example/t/tin-harbour"
    _, told = send(visitor, "post", "/api/providers/trial", body)
    assert [one["error"]["code"] for one in told["questions"]] == ["not_found"]


def test_a_trial_says_which_step_fails_for_what(
    visitor: Client,  # noqa: F811
    cards: Running,
) -> None:
    wrong = whole(cards.address)
    wrong["steps"]["episodes"]["fields"]["place"] = "labels"
    wrong["steps"]["episodes"]["fields"]["number"] = {"select": "n", "required": True}
    _, told = send(visitor, "post", "/api/providers/trial", {"definition": wrong, "query": "owl"})
    failed = told["questions"][2]
    assert (told["ok"], failed["ok"], failed["question"]) == (False, False, "episodes")
    assert failed["error"]["code"] == "definition_mismatch"
    assert failed["error"]["params"] == {"page": "episodes", "missing": "number (n)"}
    assert failed["requests"][-1]["lacking"] == {"number (n)": 3}
    assert "definition" in failed["advice"]
    _, told = send(
        visitor, "post", "/api/providers/trial", {"definition": whole(cards.address), "query": "zz"}
    )
    assert told["questions"][0]["error"]["code"] == "nothing_found"


def test_a_trial_is_no_way_round_the_guard(
    visitor: Client,  # noqa: F811
    cards: Running,
    settings: Settings,
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = []
    for body in (
        {"definition": whole(cards.address), "query": "owl"},
        {"definition": whole("https://cards.example"), "query": "x", "base_url": cards.address},
    ):
        _, told = send(visitor, "post", "/api/providers/trial", body)
        assert told["questions"][0]["error"]["code"] == "address_refused"
    for body, wrong in (
        (
            {"definition": whole(), "query": "x", "base_url": "file:///x"},
            {"base_url": "not_a_web_address"},
        ),
        ({"definition": {"a": 1}, "query": "x"}, {"definition": "definition_invalid"}),
    ):
        status, told = send(visitor, "post", "/api/providers/trial", body)
        assert (status, faults(told)) == (400, wrong)
    named = {"definition": whole(), "query": "x", "name": "nobody"}
    assert send(visitor, "post", "/api/providers/trial", named)[0] == 404
    assert cards.paths == []


def test_a_trial_ends_whatever_the_definition_asks_for(
    visitor: Client,  # noqa: F811
    cards: Running,
) -> None:
    busy = whole(cards.address)
    asked = {"request": {"address": "/t/owl-and-moss"}, "fields": {"token": "h1"}}
    for step in ("search", "series", "episodes", "sources"):
        busy["steps"][step]["first"] = [asked] * 3
    busy["steps"]["search"]["paging"]["most"] = 50
    added.add_site(kind="described", definition=json.dumps(busy))
    config.edit({"providers": {"sites": {"cards": {"requests_per_second": 100}}}})
    body = {"definition": busy, "query": "", "name": "cards"}
    assert send(visitor, "post", "/api/providers/trial", body)[0] == 400
    send(visitor, "post", "/api/providers/trial", body | {"query": "t"})
    assert len(cards.paths) <= 25


def test_a_definition_is_as_long_as_it_was_sent(visitor: Client) -> None:  # noqa: F811
    long = whole()
    notes = {"notes": [[[[number]]] for number in range(1_500)]}
    long["steps"]["search"]["request"]["json"] = notes
    assert len(json.dumps(long, separators=(",", ":"))) < LONGEST_DEFINITION // 2
    assert len(json.dumps(long, indent=2)) > LONGEST_DEFINITION

    status, _ = send(
        visitor, "post", "/api/providers", {"provider": "described", "definition": long}
    )
    assert status == 201
    status, _ = send(visitor, "put", "/api/providers/cards/definition", {"definition": long})
    assert status == 200
    assert send(visitor, "get", "/api/providers/cards/definition") == (200, long)

    # The page shows it as it is saved, so that it can be saved from there too.
    page = "/settings/providers/cards/definition"
    area = soup(visitor.get(page)).select_one("textarea[name=definition]")
    assert area is not None
    shown = area.get_text()
    assert json.loads(shown) == long
    assert visitor.post(page, {"definition": shown, "save": "yes"}).status_code == 302
