"""What forms and addresses may hold that no page of ours would send: refused, never an error."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_item, make_series

ZERO = "\0"  # which PostgreSQL takes in no text


@pytest.fixture
def series(library: LibraryRoot) -> AnimeSeries:
    series = make_series("Mushishi", key="mushishi", present=1, missing=2, root=library)
    make_item(series, 2)
    return series


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    "address",
    [
        "/journal?since=0001-01-01",
        "/journal?until=9999-12-31",
        "/queue/history?day=0001-01-01",
        "/queue/history?day=9999-12-31",
        "/api/queue/items?day=0001-01-01",
        "/api/queue/items?day=9999-12-31",
    ],
)
@pytest.mark.usefixtures("series")
def test_any_day_can_be_asked_for(visitor: Client, address: str, zone: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert visitor.get(address).status_code == 200


@pytest.mark.usefixtures("series")
def test_a_zero_in_an_address_names_nothing(visitor: Client) -> None:
    assert visitor.get("/library/rename", {"series": ZERO}).status_code == 404
    for address in ("/missing", "/files", "/queue/history", "/"):
        assert visitor.get(address, {"series": ZERO, "q": ZERO, "genre": ZERO}).status_code == 200


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/missing/queue", {"keys": ZERO}),
        ("/missing/queue", {"episodes": "-".join(["9" * 18] * 3)}),
        ("/queue/missing", {"keys": ZERO}),
        ("/queue/missing", {"every": "q=%00&genre=%00"}),
        ("/queue/selected", {"action": "retry", "ids": "9" * 18, "runs": ZERO}),
        ("/queue/selected", {"action": "top", "ids": "9" * 18}),
        ("/series/mushishi/queue", {"episodes": "-".join(["9" * 18] * 2)}),
        ("/series/mushishi/queue", {"season": "9" * 18}),
        ("/series/mushishi/preferences", {"languages": ZERO}),
        ("/journal/undo", {"next": f"/{ZERO}"}),
    ],
)
@pytest.mark.usefixtures("series")
def test_a_form_may_hold_anything(
    visitor: Client,
    address: str,
    sent: dict[str, str],
) -> None:
    assert visitor.post(address, sent).status_code == 302


@pytest.mark.parametrize("place", ["//evil.example", "/\\evil.example", "https://evil.example/"])
def test_no_form_leads_elsewhere(visitor: Client, place: str) -> None:
    for address in ("/journal/undo", "/journal/redo", "/queue/selected?ids=1"):
        led_to = visitor.post(address, {"next": place, "action": "top"}).headers["Location"]
        assert "evil" not in led_to


@pytest.mark.parametrize("here", ["http://[", "//[", "http://a]b/", ZERO])
@pytest.mark.usefixtures("visitor")
def test_a_stranger_may_say_any_page_is_shown(here: str) -> None:
    answer = Client().get("/queue", headers={"HX-Request": "true", "HX-Current-URL": here})
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"].startswith("/login")
