"""What one did, as a page, and the two buttons on it, without JavaScript."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts import services as accounts
from accounts.credentials import COOKIE
from aniworld.journal.models import Entry
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_series
from tests.unit.reading import get, soup, texts


@pytest.fixture
def series(visitor: Client, library: LibraryRoot) -> AnimeSeries:
    """A series that its owner has taken out of the library by the page."""
    series = make_series("The Lantern", key="lantern", root=library)
    visitor.post("/series/lantern/remove", {"sure": "yes"})
    visitor.get("/")  # the message is read
    return series


def is_out() -> bool:
    return not AnimeSeries.objects.active().exists()


def buttons(client: Client) -> list[bool]:
    page = get(client, "/journal/own")
    found = [page.select_one(f"#{name}") for name in ("undo-last", "redo-last")]
    return [one is not None and not one.has_attr("disabled") for one in found]


def test_the_buttons_take_back_and_do_again(visitor: Client, series: AnimeSeries) -> None:
    assert buttons(visitor) == [True, False]
    answer = visitor.post("/journal/undo", {"next": "/queue"}, follow=True)
    assert answer.redirect_chain == [("/queue", 302)]
    assert texts(soup(answer), ".toast p:not([data-text])") == [
        "The Lantern is back in the library."
    ]
    assert not is_out()
    assert buttons(visitor) == [False, True]
    answer = visitor.post("/journal/redo", follow=True)
    assert answer.redirect_chain == [("/journal/own", 302)]
    assert is_out()
    assert buttons(visitor) == [True, False]


def test_each_act_has_its_button(visitor: Client, series: AnimeSeries) -> None:
    visitor.post("/journal/undo")
    page = get(visitor, "/journal/own")
    rows = [" ".join(one.split()) for one in texts(page, ".journal-lines .rows-row")]
    assert rows[0].endswith("Redo")
    assert "undone" in rows[1]
    form = page.select_one(".journal-lines form")
    assert form is not None
    visitor.post(str(form["action"]))
    assert is_out()


def test_there_is_nothing_to_undo_or_redo(visitor: Client, library: LibraryRoot) -> None:
    for address, said in (("undo", "nothing in the last hour"), ("redo", "nothing to redo")):
        answer = visitor.post(f"/journal/{address}", follow=True)
        [told] = texts(soup(answer), ".toast--error p:not([data-text])")
        assert said in told
        assert visitor.get(f"/journal/{address}").status_code == 405


def test_a_refusal_names_the_act(visitor: Client, series: AnimeSeries) -> None:
    AnimeSeries.objects.filter(pk=series.pk).update(deleted_at=None)
    answer = visitor.post("/journal/undo", follow=True)
    [told] = texts(soup(answer), ".toast--error p:not([data-text])")
    assert "The Lantern" in told
    assert "changed again since" in told or "cannot be undone" in told


def test_a_viewer_sees_what_they_did_and_has_no_buttons(
    visitor: Client, series: AnimeSeries
) -> None:
    viewer = User.objects.create(username="viewer", password="!")
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(viewer).token
    page = get(client, "/journal/own")
    assert page.select("form[action^='/journal/']") == []
    assert "The Lantern" not in page.get_text()
    assert client.post("/journal/undo").status_code == 403
    assert client.post("/api/journal/redo").status_code in {401, 403}
    assert Entry.objects.filter(action="series.restored").count() == 0
