"""What a user has chosen for the pages holds for that user, in every browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from accounts.credentials import COOKIE
from accounts.errors import Unacceptable
from accounts.models import Preferences
from accounts.preferences import choose
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_series
from tests.unit.reading import get, texts

USUAL = {
    "language": "",
    "shortcuts": "ALL",
    "theme": "SYSTEM",
    "density": "COMFORTABLE",
    "library_view": "GRID",
    "library_sort": "name",
    "library_columns": ["folder", "year"],
    "series_view": "LIST",
}


def another_browser(user: User) -> Client:
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(user).token
    return client


def change(client: Client, status: int = 200, **chosen: Any) -> dict[str, Any]:
    answer = client.patch("/api/preferences", chosen, content_type="application/json")
    assert answer.status_code == status, answer.content
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture
def series(visitor: Client, library: LibraryRoot) -> AnimeSeries:
    return make_series("Show", present=1, missing=1)


def test_nobody_has_chosen_anything(visitor: Client) -> None:
    assert visitor.get("/api/preferences").json() == USUAL
    assert not Preferences.objects.exists()


def test_a_choice_holds_in_another_browser(visitor: Client, series: AnimeSeries) -> None:
    chosen: dict[str, Any] = {
        "theme": "DARK",
        "density": "COMPACT",
        "library_view": "TABLE",
        "library_sort": "-year",
        "library_columns": ["status", "size"],
        "series_view": "GRID",
    }
    assert change(visitor, **chosen) == {**USUAL, **chosen}
    other = another_browser(User.objects.get())
    assert other.get("/api/preferences").json() == {**USUAL, **chosen}
    page = get(other, "/")
    html = page.select_one("html")
    assert html is not None
    assert (html["data-theme"], html["data-density"]) == ("dark", "compact")
    assert html.has_attr("data-kept")
    headings = texts(page, ".series-table thead th")
    assert headings[1:4] == ["Series", "Status", "Size"]
    selected = page.select_one("#filters [name=sort] option[selected]")
    assert selected is not None
    assert selected["value"] == "-year"
    assert get(other, f"/series/{series.key}").select(".series-grid, episode-grid")


def test_an_address_goes_before_what_is_kept(visitor: Client, series: AnimeSeries) -> None:
    change(visitor, library_view="TABLE", library_columns=[], series_view="GRID")
    assert get(visitor, "/").select(".series-table")
    assert len(texts(get(visitor, "/"), ".series-table thead th")) == 4
    assert not get(visitor, "/?view=grid").select(".series-table")
    assert "Year" in texts(get(visitor, "/?columns=year"), ".series-table thead th")
    assert not get(visitor, f"/series/{series.key}?view=list").select("episode-grid")
    # To look at it so once is no choice: an address changes nothing.
    assert change(visitor)["library_view"] == "TABLE"


def test_it_is_one_users_own(visitor: Client, series: AnimeSeries) -> None:
    change(visitor, theme="dark")
    viewer = another_browser(User.objects.create(username="viewer", password="!"))
    assert viewer.get("/api/preferences").json() == USUAL
    assert change(viewer, theme="LIGHT")["theme"] == "LIGHT"
    assert visitor.get("/api/preferences").json()["theme"] == "DARK"


@pytest.mark.parametrize(
    "chosen",
    [
        {"theme": "pink"},
        {"density": ""},
        {"library_view": "LIST"},
        {"library_sort": "-"},
        {"library_columns": ["name"]},
        {"library_columns": ["size"] * 20},
        {"language": "xx"},
        {"colour": "red"},
    ],
    ids=json.dumps,
)
def test_what_is_no_choice_is_refused(visitor: Client, chosen: dict[str, Any]) -> None:
    answer = change(visitor, 400, **chosen)
    assert [error["field"].split(".")[0] for error in answer["errors"]][:1] == list(chosen)
    assert not Preferences.objects.exists()


def test_a_choice_that_is_none_any_more_is_as_usual(visitor: Client, series: AnimeSeries) -> None:
    kept = {"library_view": "wall", "library_sort": "mood", "library_columns": "mood,year"}
    Preferences.objects.create(user=User.objects.get(), series_view="wall", **kept)
    assert visitor.get("/api/preferences").json() == {**USUAL, "library_columns": ["year"]}
    assert get(visitor, "/").select(".poster-grid")
    assert get(visitor, "/preferences").select("#keep-preferences")


def test_the_database_keeps_no_other_theme(visitor: Client) -> None:
    with pytest.raises(Unacceptable):
        choose(User.objects.get(), {"theme": "pink"})
    with pytest.raises(IntegrityError):
        Preferences.objects.create(user=User.objects.get(), theme="pink")


def test_the_page_keeps_all_of_it_without_script(visitor: Client, series: AnimeSeries) -> None:
    sent = {
        "theme": "light",
        "density": "compact",
        "library_view": "table",
        "library_sort": "added",
        "library_columns": ["next", "added"],
        "series_view": "grid",
    }
    answer = visitor.post("/preferences", sent, follow=True)
    assert "in every browser" in answer.content.decode()
    assert Preferences.objects.get().library_columns == "added,next"
    page = get(visitor, "/preferences")
    chosen = [
        str(one["value"]) for one in page.select("main option[selected], main input[checked]")
    ]
    assert chosen == ["light", "compact", "table", "added", "added", "next", "grid"]
    assert visitor.post("/preferences", {**sent, "theme": "pink"}).status_code == 422
    visitor.post("/account/shortcuts", {"shortcuts": "none"})  # the one does not undo the other
    assert Preferences.objects.get().theme == "light"


def test_the_switch_of_the_menu_is_a_form(visitor: Client, series: AnimeSeries) -> None:
    form = get(visitor, "/queue").select_one("theme-switch form")
    assert form is not None
    assert [button["value"] for button in form.select("button")] == ["system", "light", "dark"]
    answer = visitor.post(str(form["action"]), {"theme": "dark", "next": "/queue"})
    assert answer["Location"] == "/queue"
    assert Preferences.objects.get().theme == "dark"
    visitor.post(str(form["action"]), {"theme": "pink"})
    assert Preferences.objects.get().theme == "dark"


def test_before_the_login_the_browser_says_the_theme(client: Client, visitor: Client) -> None:
    html = get(Client(), "/login").select_one("html")
    assert html is not None
    assert html["data-theme"] == "system"
    assert not html.has_attr("data-kept")


def test_it_costs_no_query(
    visitor: Client, library: LibraryRoot, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner = User.objects.get()
    choose(owner, {"theme": "dark"})
    again = accounts.session_for(accounts.open_session(owner).token)
    assert again is not None
    with django_assert_num_queries(0):
        assert again.user.preferences.theme == "dark"
