"""Views of the library under a name: each user's own, by page and by API."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import services as accounts
from accounts.credentials import COOKIE
from library.models import LibraryRoot, SavedView
from library.services import saved_views as services
from tests.factories import make_series
from tests.unit.reading import get, soup, swap, texts


def browser_of(user: User) -> Client:
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(user).token
    return client


def call(client: Client, method: str, address: str, status: int, **body: Any) -> Any:
    sent = getattr(client, method)
    answer = sent(f"/api/v1/views{address}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_a_view_is_saved_opened_renamed_and_removed(visitor: Client, library: LibraryRoot) -> None:
    make_series("Mushishi", missing=3)
    make_series("Whole", present=3)
    page = get(visitor, "/?show=missing&sort=-size&view=table&columns=size,next&page=1")
    [link] = page.select("#views-menu a")
    views = get(visitor, str(link["href"]))
    assert texts(views, ".card p.muted")[-1] == "Missing · Smallest first · Table"
    [query] = [field["value"] for field in views.select("input[name=query]")]
    answer = visitor.post("/views", {"name": " Gaps ", "query": query}, follow=True)
    [view] = SavedView.objects.all()
    assert view.name == "Gaps"
    assert answer.redirect_chain == [(f"/?{view.query}", 302)]
    shown = soup(answer)
    assert texts(shown, "tbody th a") == ["Mushishi"]
    assert texts(shown, "thead th")[2:4] == ["Size", "Next episode"]

    menu = soup(swap(visitor, "get", f"/views?{view.query}", "views-list"))
    [opened] = menu.select("a[aria-current=page]")
    assert (opened.get_text(strip=True), opened["href"]) == ("Gaps", f"/?{view.query}")
    assert not menu.select("main")

    answer = visitor.post(f"/views/{view.pk}/rename", {"name": "Large gaps"}, follow=True)
    assert texts(soup(answer), ".view-row strong") == ["Large gaps"]
    asked = visitor.post(f"/views/{view.pk}/remove").content.decode()
    assert "Remove the view “Large gaps”?" in asked
    visitor.post(f"/views/{view.pk}/remove", {"sure": "yes"})
    assert not SavedView.objects.exists()


def test_what_is_kept_is_only_what_the_library_knows(visitor: Client) -> None:
    query = "show=nothing&sort=mood&evil=%3Cscript%3E&q=a%26b&columns=mood,year&view=table&page=9"
    visitor.post("/views", {"name": "Odd", "query": query})
    assert SavedView.objects.get().query == "q=a%26b&sort=name&view=table&columns=year"
    visitor.post("/views", {"name": "Posters", "query": "view=grid&columns=year"})
    assert SavedView.objects.get(name="Posters").query == "sort=name&view=grid"
    visitor.post("/views", {"name": "Long", "query": f"genre={'x' * 5_000}"})
    assert len(SavedView.objects.get(name="Long").query) < 1_000


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("  ", "Give it a name."),
        ("x" * 61, "A name has at most 60 characters."),
        ("GAPS", "You have a view “GAPS” already."),
    ],
)
def test_a_name_that_cannot_be_is_said_beside_it(visitor: Client, name: str, fault: str) -> None:
    services.save_view(User.objects.get(), name="Gaps", query="show=missing")
    answer = visitor.post("/views", {"name": name, "query": "show=missing"})
    assert answer.status_code == 422
    page = soup(answer)
    assert texts(page, "#view-name_error") == [fault]
    [field] = page.select("#view-name")
    assert field["aria-describedby"] == "view-name_error"
    assert SavedView.objects.count() == 1


def test_a_name_is_taken_by_renaming_too(visitor: Client) -> None:
    owner = User.objects.get()
    services.save_view(owner, name="Gaps", query="")
    other = services.save_view(owner, name="Other", query="")
    answer = visitor.post(f"/views/{other.pk}/rename", {"name": "gaps"}, follow=True)
    assert "You have a view “gaps” already." in answer.content.decode()
    assert visitor.post(f"/views/{other.pk}/rename", {"name": " "}).status_code == 422
    other.refresh_from_db()
    assert other.name == "Other"
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(user=owner, name="OTHER")
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(user=owner, name="")


def test_views_are_each_users_own(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    view = services.save_view(User.objects.get(), name="Gaps", query="show=missing")
    viewer = User.objects.create(username="viewer", password="!")
    theirs = browser_of(viewer)
    assert texts(get(theirs, "/views"), ".view-row") == []
    for address in ("rename", "remove"):
        answer = theirs.post(f"/views/{view.pk}/{address}", {"name": "x", "sure": "yes"})
        assert answer.status_code == 404
    assert call(theirs, "get", "", 200) == []
    call(theirs, "patch", f"/{view.pk}", 404, name="Mine")
    call(theirs, "delete", f"/{view.pk}", 404)
    call(theirs, "post", "", 201, name="Gaps", filters={})
    monkeypatch.setattr(services, "MOST", 1)
    assert call(theirs, "post", "", 409, name="More", filters={})["code"] == "too_many_views"
    view.refresh_from_db()
    assert view.name == "Gaps"


def test_the_api_takes_and_gives_filters(visitor: Client) -> None:
    filters = {
        "q": "shi",
        "show": "missing",
        "status": "ONGOING",
        "genre": "Drama",
        "monitored": True,
        "sort": "-size",
        "view": "TABLE",
        "columns": ["size"],
    }
    made = call(visitor, "post", "", 201, name="Gaps", filters=filters)
    assert made["filters"] == {**filters, "show": "MISSING"}
    assert get(visitor, f"/?{made['query']}").select("#filters [value=missing][checked]")
    assert call(visitor, "get", "", 200) == [made]
    changed = call(visitor, "patch", f"/{made['id']}", 200, name="Wider")
    assert changed == {**made, "name": "Wider"}
    changed = call(visitor, "patch", f"/{made['id']}", 200, filters={"show": "ALL"})
    assert changed["query"] == "sort=name&view=grid"
    assert changed["filters"]["monitored"] is None
    refused = call(visitor, "post", "", 400, name="Odd", filters={"sort": "mood"})
    assert [error["field"] for error in refused["errors"]] == ["filters.sort"]
    assert call(visitor, "post", "", 409, name="wider", filters={})["code"] == "view_name_taken"
    assert call(visitor, "delete", f"/{made['id']}", 204) is None
    call(visitor, "delete", f"/{made['id']}", 404)
