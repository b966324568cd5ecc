"""Numbers no database holds, in forms and addresses: never more than "there is no such thing"."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

HUGE = ("9" * 30, "9" * 5000, "-1", "1.5", "²", "٣")


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize(
    ("path", "field", "status"),
    [
        ("/queue/items/1/move", "place", 302),
        ("/unmatched/confirm", "ids", 422),  # nothing that could be ticked
        ("/series/nowhere/queue", "episodes", 302),
    ],
)
def test_a_form_takes_no_harm(
    visitor: Client, path: str, field: str, status: int, number: str
) -> None:
    value = f"{number}-{number}" if field == "episodes" else number
    assert visitor.post(path, {field: value}).status_code == status


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize("path", ["/?page=", "/queue?limit=", "/unmatched?page="])
def test_a_page_takes_no_harm(visitor: Client, path: str, number: str) -> None:
    assert visitor.get(path + number).status_code == 200


@pytest.mark.parametrize("action", ["move", "hold", "release", "remove", "retry"])
def test_an_address_of_no_item_is_not_found(visitor: Client, action: str) -> None:
    assert visitor.post(f"/queue/items/{'9' * 30}/{action}").status_code == 404


@pytest.mark.parametrize("number", ["-1", "1.5", "²", "٣", "", "0", "last", " 1"])
@pytest.mark.parametrize("name", ["page", "page_size"])
def test_a_page_of_the_api_is_named_by_a_number(visitor: Client, name: str, number: str) -> None:
    answer = visitor.get("/api/journal", {name: number})
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [name]


@pytest.mark.parametrize("number", ["501", "9" * 30, "9" * 5000])
def test_a_page_of_the_api_is_never_larger_than_the_most(visitor: Client, number: str) -> None:
    assert visitor.get(f"/api/journal?page_size={number}").status_code == 200
    assert visitor.get(f"/api/journal?page={number}").status_code == 404
