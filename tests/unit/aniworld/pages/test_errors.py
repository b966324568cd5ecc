from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory

from aniworld.pages import errors
from tests.unit.reading import get, soup, texts


@pytest.fixture
def no_database() -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise AssertionError("An error page asked the database.")

    with connection.execute_wrapper(refuse):
        yield


def test_an_unknown_address_has_the_look_of_the_product(visitor: Client) -> None:
    page = get(visitor, "/nothing/here", status=404)
    assert texts(page, "h1") == ["Not found"]
    home = page.select_one("a.button")
    assert home is not None
    assert home["href"] == "/"


@pytest.mark.usefixtures("db", "no_database")
def test_error_pages_need_no_database() -> None:
    request: HttpRequest = RequestFactory().get("/queue")
    answers = [
        errors.bad_request(request, Exception()),
        errors.forbidden(request, Exception("For staff only.")),
        errors.not_found(request, Exception()),
        errors.server_error(request),
        errors.csrf_failure(request, "no cookie"),
    ]
    assert [answer.status_code for answer in answers] == [400, 403, 404, 500, 403]
    assert all(soup(answer).select_one("main.error-page h1") for answer in answers)
    assert "For staff only." in texts(soup(answers[1]), "p")


def test_programs_are_answered_in_json() -> None:
    answer = errors.server_error(RequestFactory().get("/api/queue/status"))
    assert answer["Content-Type"] == "application/json"
    assert b'"code": "error"' in answer.content
