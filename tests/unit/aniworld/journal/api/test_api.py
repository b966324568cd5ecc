"""The journal over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from aniworld.journal import services
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.models import Entry
from aniworld.journal.services import Subject, Undo
from library import services as library
from library.models import LibraryRoot
from providers.coded import coded
from tests.factories import make_series
from tests.unit.aniworld.journal.steps import KettleAction, record
from tests.unit.visiting import _own_data  # noqa: F401 - fixtures of the pages
from tests.unit.visiting import library as library_root  # noqa: F401


@pytest.fixture
def api(db: None) -> Client:
    """A program that is logged in, and a journal that is empty."""
    owner = User.objects.create(username="admin", password="!", is_superuser=True)
    token = accounts.open_session(owner).token
    Entry.objects.all().delete()
    return Client(headers={"Authorization": f"Bearer {token}"})


def results(api: Client, query: str = "") -> list[dict[str, Any]]:
    answer = api.get(f"/api/journal?{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_an_entry_says_everything(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    services.undoing.load()
    monkeypatch.setattr(services, "_functions", dict(services._functions))
    services.register_undo("secret handle", lambda **_: None)
    person = Actor.command("rescan")
    with acting_as(Actor.scan("o1", started_by=person)):
        entry = record(
            before={"litres": 0},
            after={"litres": 1},
            reason=coded("undo_too_late"),
            undo=Undo("secret handle", {"id": "k1"}, lasts=timedelta(minutes=1)),
        )
    [told] = results(api)
    assert told == {
        "id": str(entry.pk),
        "at": told["at"],
        "actor": {
            "kind": "SCAN",
            "id": "o1",
            "name": entry.actor_name,
            "origin": {"kind": "COMMAND", "id": "rescan", "name": person.name},
        },
        "action": "kettle.filled",
        "text": "kettle.filled",
        "object": {"type": "kettle", "id": "k1", "name": "The red kettle"},
        "before": {"litres": 0},
        "after": {"litres": 1},
        "reason": {
            "code": "undo_too_late",
            "params": {},
            "text": "It is too late to undo this.",
        },
        "turn": "DONE",
        "can_be_undone": True,
        "undo_until": told["undo_until"],
        "undone_at": None,
        "undone_by": None,
    }


def test_the_list_is_filtered_and_has_pages(api: Client) -> None:
    first, second = record(), record(KettleAction.SOLD, on=Subject("pot", "p1"))
    with acting_as(Actor.worker("w1")):
        third = record(KettleAction.EMPTIED)
    Entry.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=2))
    yesterday = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def keys(query: str = "") -> list[int]:
        return [int(entry["id"]) for entry in results(api, query)]

    assert keys() == [third.pk, second.pk, first.pk]
    assert keys("action=kettle.") == [third.pk, first.pk]
    assert keys("action=kettle.emptied") == [third.pk]
    assert keys("object_type=pot") == [second.pk]
    assert keys("object_type=kettle&object_id=k1") == [third.pk, first.pk]
    assert keys("object_id=k1") == [third.pk, first.pk]
    assert keys("actor=worker") == [third.pk]
    assert keys(f"since={yesterday}") == [third.pk, second.pk]
    assert keys(f"until={yesterday}") == [first.pk]
    assert keys("page_size=1&page=2") == [second.pk]


@pytest.mark.parametrize("query", ["actor=GHOST", "object_id=", "since=yesterday", "page=many"])
def test_what_makes_no_sense_is_refused(api: Client, query: str) -> None:
    assert api.get(f"/api/journal?{query}").status_code == 400


def test_a_page_takes_as_many_queries_however_long_it_is(
    api: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record()
    api.get("/api/journal")
    for _ in range(60):
        record()
    with django_assert_num_queries(3):  # who asks, how many there are, the page
        results(api)


def test_undoing_answers_the_entry_of_it(
    api: Client,
    library_root: LibraryRoot,  # noqa: F811
) -> None:
    series = make_series("Mushishi", missing=1)
    library.remove_series(series)
    removed = Entry.objects.get()
    answer = api.post(f"/api/journal/{removed.pk}/undo/").json()
    assert (answer["action"], answer["text"]) == (
        *("series.restored", "Mushishi is back in the library."),
    )
    assert (answer["actor"]["kind"], answer["can_be_undone"]) == ("CLIENT", True)
    [_, before] = results(api)
    assert (before["undone_by"], before["can_be_undone"]) == (answer["id"], False)
    again = api.post(f"/api/journal/{removed.pk}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "already_undone")


def test_what_cannot_be_undone_says_why(
    api: Client,
    library_root: LibraryRoot,  # noqa: F811
) -> None:
    answer = api.post(f"/api/journal/{record().pk}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_undoable")
    answer = api.post("/api/journal/99999/undo")
    assert (answer.status_code, answer.json()["code"]) == (404, "entry_not_found")
    series = make_series("Mushishi", folder="Shared")
    library.remove_series(series)
    make_series("Other", folder="Shared")
    answer = api.post(f"/api/journal/{Entry.objects.newest_first()[0].pk}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "undo_in_the_way")
    assert "belongs to Other already" in answer.json()["detail"]


def test_nobody_reads_it_without_a_login(client: Client, db: None) -> None:
    assert client.get("/api/journal").status_code == 401
    assert client.post("/api/journal/1/undo").status_code == 401


def test_what_is_the_owners_alone_is_not_told_to_others(api: Client) -> None:
    owner = User.objects.get()
    guest = User.objects.create(username="guest", password="!")
    record()
    token = accounts.open_session(guest).token
    other = Client(headers={"Authorization": f"Bearer {token}"})
    assert {e["action"] for e in results(api)} == {"kettle.filled", "session.opened"}
    assert {e["action"] for e in results(other)} == {"kettle.filled"}
    assert results(other, "action=session.") == []
    assert owner.is_superuser


def test_the_newest_own_act_is_undone_and_redone(
    api: Client,
    library_root: LibraryRoot,  # noqa: F811
) -> None:
    make_series("Mushishi", key="mushishi", missing=1)
    assert api.delete("/api/v1/anime/mushishi").status_code == 204
    record()  # by somebody else
    assert [entry["action"] for entry in results(api, "mine=true")] == ["series.removed"]
    undone = api.post("/api/journal/undo").json()
    assert (undone["action"], undone["turn"]) == ("series.restored", "UNDONE")
    nothing = api.post("/api/journal/undo")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_undo")
    redone = api.post("/api/journal/redo/").json()
    assert (redone["action"], redone["turn"]) == ("series.removed", "REDONE")
    nothing = api.post("/api/journal/redo")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_redo")
