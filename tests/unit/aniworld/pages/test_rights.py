"""Who may do what: every address says it, every visitor is held to it, and no page offers more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import Tag
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, resolve
from pytest_django import Settings

from accounts import services as accounts
from accounts.credentials import COOKIE
from accounts.middleware import OPEN_PATHS
from accounts.rights import grant
from aniworld.journal.models import Entry
from aniworld.web.permissions import OPEN, Needs, answers, needs_of, refusal
from aniworld.web.rights import Right
from downloads import services as queue
from library.models import AnimeSeries
from tests.factories import make_item
from tests.unit.aniworld.pages.test_reads import (  # noqa: F401 - fixtures
    addressed,
    filled,
    stale,
)
from tests.unit.reading import get

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What everybody who is logged in may change: what is their own.
OWN_THINGS = {
    *("/logout", "/admin/logout/", "/api/auth/logout", "/api/auth/password"),
    *("/api/auth/sessions", "/api/auth/sessions/nothing", "/api/auth/keys", "/api/auth/keys/1"),
    *("/account/language", "/account/shortcuts"),
    *("/account", "/account/keys", "/account/keys/1/revoke", "/account/sessions/end"),
    *("/account/sessions/nothing/end", "/api/calendar/feed"),
    *("/calendar/feed/issue", "/calendar/feed/revoke"),
}


def browser_of(name: str, right: Right) -> Client:
    user = User.objects.create(username=name, password="!")
    grant(user, right)
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(user).token
    return client


def said(address: str) -> Needs | None:
    return needs_of(resolve(urlsplit(address).path))


def declared() -> Iterator[tuple[str, Needs]]:
    """Every address with what it takes."""
    for address, route in addressed():
        found = said(address)
        assert found is not None, f"{route.callback} does not say who may ask {address}"
        yield address, found


def test_every_address_says_who_may_ask_it(visitor: Client, filled: AnimeSeries) -> None:  # noqa: F811
    everything = dict(declared())
    assert len(everything) > 150
    for address, found in everything.items():
        is_open = (address.rstrip("/") or "/") in OPEN_PATHS
        assert is_open == (found == OPEN), address
        if address.startswith("/admin/") and address not in OWN_THINGS:
            assert (found.reading, found.writing) == (Right.OWN, Right.OWN)
        if is_open or address in OWN_THINGS:
            continue
        assert found.reading is not None
        assert found.writing is not None
        assert found.writing >= Right.OPERATE or _only_read(address), address


def _only_read(address: str) -> bool:
    """Whether nothing is changed there: any other method is answered with 405."""
    callback = resolve(address).func
    view = getattr(callback, "cls", None)
    if view is not None:
        return not any(hasattr(view, method.lower()) for method in METHODS[1:])
    request = HttpRequest()
    request.method, request.path = "POST", address
    answer: HttpResponse = callback(request, **resolve(address).kwargs)
    return answer.status_code == 405


def test_whoever_has_too_little_right_is_refused(visitor: Client, filled: AnimeSeries) -> None:  # noqa: F811
    guest = browser_of("guest", Right.VIEW)
    before = Entry.objects.count()
    refused = 0
    for address, found in declared():
        methods = METHODS if address.startswith("/api/") else METHODS[:2]
        for method in methods:
            needed = found.of(method)
            if needed is None or needed is Right.VIEW or not answers(resolve(address).func, method):
                continue
            answer = guest.generic(method, address, "{}", content_type="application/json")
            assert answer.status_code == 403, f"{method} {address}"
            if address.startswith("/api/"):
                assert answer.json()["code"] == "permission_denied"
            refused += 1
    assert refused > 100
    assert Entry.objects.count() == before


def test_whoever_has_the_right_is_let_through(visitor: Client, filled: AnimeSeries) -> None:  # noqa: F811
    for address, found in declared():
        for method in METHODS:
            for right in Right:
                request = HttpRequest()
                request.right = right  # type: ignore[attr-defined]
                needed = found.of(method)
                is_refused = refusal(request, found, method) is not None
                assert is_refused == (needed is not None and right < needed), address


def forgotten(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("anybody reads this")


urlpatterns = [path("forgotten", forgotten), path("", forgotten, name="library")]


def test_an_address_that_says_nothing_is_closed(
    visitor: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = __name__
    assert visitor.get("/forgotten").status_code == 403
    assert "address=forgotten does not say who may ask it" in caplog.text


PAGES = (
    *("/", "/?view=table", "/?show=removed", "/?q=nothing-of-the-kind", "/unmatched"),
    *("/queue", "/queue?page=1", "/queue?open=1-1-1", "/queue/history", "/queue/screen"),
    *("/series/{key}", "/series/{gone}", "/series/{key}/mapping", "/library/folders"),
    *("/series/{key}/episodes/1/1/why", "/account", "/journal"),
)


MODES = {"/queue": queue.start, "/queue?page=1": queue.pause}


def offers(page: Tag, address: str) -> Iterator[tuple[str, str]]:
    """Method and address of everything a page lets its visitor do."""
    for found in page.select("a[href], form, [formaction], [hx-get], [hx-post]"):
        for name in ("href", "action", "formaction", "hx-get", "hx-post"):
            if (target := found.get(name)) is None:
                continue
            method = "POST" if name in {"formaction", "hx-post"} else "GET"
            if name == "action" and str(found.get("method", "get")).lower() == "post":
                method = "POST"
            parts = urlsplit(urljoin(address, str(target)))
            if not parts.netloc and not parts.path.startswith("/static/"):
                yield method, parts.path


@pytest.mark.parametrize("right", Right)
def test_no_page_offers_what_its_visitor_may_not_do(
    visitor: Client,
    filled: AnimeSeries,  # noqa: F811
    right: Right,
) -> None:
    guest = browser_of("guest", right)
    filled.mapping = [_range()]
    filled.save()
    make_item(filled, 9, status="FAILED")
    seen = set()
    places = {"key": filled.key, "gone": AnimeSeries.objects.exclude(deleted_at=None)[0].key}
    for address in (page.format(**places) for page in PAGES):
        MODES.get(address, queue.stop)()
        for method, target in offers(get(guest, address), address):
            needed = said(target)
            assert needed is not None
            least = needed.of(method)
            assert least is None or least <= right, f"{address} offers {method} {target}"
            seen.add((method, target))
    posted = {target for method, target in seen if method == "POST"}
    expected = {Right.VIEW: 0, Right.OPERATE: 8, Right.OWN: 14}[right]
    assert len(posted - OWN_THINGS) >= expected
    assert right > Right.VIEW or all(said(target).by_key is False for target in posted)  # type: ignore[union-attr]


def _range() -> dict[str, int | None]:
    return {
        "library_season": None,
        "library_first": 1,
        "library_last": 3,
        "provider_season": 1,
        "provider_first": 1,
    }


def test_what_is_the_owners_in_a_request_of_operators(visitor: Client, library: object) -> None:
    """To start a scan is theirs; that files are gone for good is not theirs to say."""
    operator = browser_of("guest", Right.OPERATE)
    answer = operator.post(
        "/api/v1/anime/rescan", {"accept_removals": True}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_an_undo_takes_the_right_of_doing_it(visitor: Client, filled: AnimeSeries) -> None:  # noqa: F811
    operator = browser_of("guest", Right.OPERATE)
    item = make_item(filled, 11)
    visitor.post(f"/queue/items/{item.pk}/remove")
    visitor.post(f"/series/{filled.key}/remove", {"sure": "yes"})
    of_series, of_queue = (
        Entry.objects.get(action="series.removed"),
        Entry.objects.filter(action="queue.removed").earliest("pk"),
    )
    shown = {e["id"]: e for e in operator.get("/api/journal").json()["results"]}
    assert not shown[str(of_series.pk)]["can_be_undone"]
    assert operator.post(f"/api/journal/{of_series.pk}/undo").status_code == 403
    assert AnimeSeries.objects.exclude(deleted_at=None).filter(pk=filled.pk).exists()
    assert visitor.post(f"/api/journal/{of_series.pk}/undo").status_code == 200
    assert shown[str(of_queue.pk)]["can_be_undone"]
    assert operator.post(f"/api/journal/{of_queue.pk}/undo").status_code == 200


def test_a_right_counts_from_the_next_request_on(visitor: Client, tmp_path: Path) -> None:
    guest = browser_of("guest", Right.VIEW)
    assert guest.post("/queue/pause").status_code == 403
    grant(User.objects.get(username="guest"), Right.OPERATE)
    assert guest.post("/queue/pause").status_code == 302
    grant(User.objects.get(username="guest"), Right.VIEW)
    assert guest.post("/queue/pause").status_code == 403
