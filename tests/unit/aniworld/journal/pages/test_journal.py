"""The journal as a page, without JavaScript."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts import services as accounts
from accounts.credentials import COOKIE
from accounts.rights import grant
from aniworld.journal.choices import Action
from aniworld.journal.models import Entry
from aniworld.web.rights import Right
from library import services
from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_series
from tests.unit.reading import get, soup, texts


@pytest.fixture
def removed(visitor: Client, library: LibraryRoot) -> AnimeSeries:
    """A series that its owner has taken out of the library by the page."""
    series = make_series("The Lantern", key="lantern", root=library)
    visitor.post("/series/lantern/remove", {"sure": "yes"})
    visitor.get("/")  # the message is read
    return series


def shown(client: Client, query: str = "") -> list[str]:
    return texts(get(client, f"/journal?{query}"), ".journal-lines .rows-row")


def test_it_says_what_who_and_when(visitor: Client, removed: AnimeSeries) -> None:
    newest, *_, oldest = shown(visitor)
    assert "The Lantern" in newest
    assert "· admin" in newest
    assert "logged in" in oldest


def test_an_act_is_undone_from_there_and_says_so(visitor: Client, removed: AnimeSeries) -> None:
    page = get(visitor, "/journal")
    form = page.select_one(".journal-lines form")
    assert form is not None
    answer = visitor.post(str(form["action"]), {"next": "/journal"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/journal"
    removed.refresh_from_db()
    assert not removed.is_deleted
    lines = texts(soup(answer), ".journal-lines .rows-row")
    assert "undone" in lines[1]
    assert services.get_series("lantern")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("area=series", 1),
        ("area=session", 1),
        ("area=queue", 0),
        ("actor=OWNER", 2),
        ("q=lANtern", 1),
        ("q=nothing", 0),
        ("only=undo", 1),
        ("only=audit", 2),
        ("since=2999-01-01", 0),
        ("until=2001-01-01", 0),
        ("area=nonsense&actor=X&since=never&page=99999", 2),
    ],
)
def test_it_is_filtered(visitor: Client, removed: AnimeSeries, query: str, count: int) -> None:
    assert len(shown(visitor, query)) == count


def test_all_that_is_journalled_can_be_chosen(visitor: Client) -> None:
    chosen = {str(one["value"]) for one in get(visitor, "/journal").select("#id_area option")}
    ours = [kind for kind in Action.__subclasses__() if not kind.__module__.startswith("tests.")]
    areas = {code.partition(".")[0] for kind in ours for code in kind}
    assert areas - chosen == set()


def test_others_see_neither_logins_nor_settings(visitor: Client, removed: AnimeSeries) -> None:
    guest = User.objects.create(username="guest", password="!")
    grant(guest, Right.OPERATE)
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(guest).token
    assert len(shown(client)) == 1
    assert shown(client, "area=session") == shown(client)
    assert shown(client, "only=audit&q=admin") == []
    page = get(client, "/journal")
    assert not page.select("a[href='/journal/audit'], .journal-lines form")
    assert "session" not in [option["value"] for option in page.select("#id_area option")]
    assert client.get("/journal/audit").status_code == 403


def test_it_has_pages(visitor: Client, removed: AnimeSeries) -> None:
    entry = Entry.objects.get(action="series.removed")
    rows = [Entry(object_type="x", action="x.y", actor_kind="OWNER") for _ in range(60)]
    Entry.objects.bulk_create(rows)
    assert len(shown(visitor)) == 50
    assert len(shown(visitor, "page=2")) == 12
    link = get(visitor, "/journal?actor=OWNER").select_one("nav[aria-label=Pages] a")
    assert link is not None
    assert "actor=OWNER" in str(link["href"])
    assert entry.number is not None


def test_the_audit_page_says_whether_it_is_whole(visitor: Client, removed: AnimeSeries) -> None:
    page = get(visitor, "/journal/audit")
    assert "No line was removed or changed" in page.get_text()
    Entry.objects.filter(action="session.opened").delete()
    page = get(visitor, "/journal/audit")
    assert texts(page, "[role=alert] p") == ["Lines 1 to 1 are missing."]
    told = visitor.get("/api/journal/audit").json()
    assert (told["is_whole"], told["faults"][0]["kind"]) == (False, "missing")
