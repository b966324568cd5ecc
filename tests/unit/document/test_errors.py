"""Every operation describes the errors that can be provoked of it, and answers them in one shape.

That the status, the body and its code are described is held by ``tests.conftest``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from accounts import services as accounts
from accounts.credentials import COOKIE
from tests.document import Operation, document, errors_of, operations
from tests.unit.document.house import House
from tests.unit.document.walk import JSON, WALK, Step

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY")
FORMS = ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded")
PLAIN = ("/ping/", "/health/", "/health/ready/")  # they answer whatever is to be accepted


def _step(operation: Operation) -> Step:
    steps = [step for step in WALK if step.operation == operation.id]
    assert steps, f"tests.unit.document.walk has no step for {operation.id} yet"
    return steps[0]


def _answered(house: House, operation: Operation, status: int, **asked: Any) -> None:
    """Ask for it in the way that must end with an error."""
    operation, answer = replace(_step(operation), **asked).answer(house)
    assert answer.status_code == status, (operation.id, answer.content)
    assert str(status) in operation.responses, operation.id


def _with_body() -> list[Operation]:
    """Setup last: it begins with a house that knows nobody."""
    found = [one for one in operations() if "requestBody" in one.said]
    return sorted(found, key=lambda one: _step(one).before is not None)


def _takes_json(operation: Operation) -> bool:
    return JSON in operation.said["requestBody"]["content"]


def _needs_login(operation: Operation) -> bool:
    return {} not in operation.said["security"]


def test_without_a_login_everything_else_is_closed(house: House) -> None:
    closed = [one for one in operations() if _needs_login(one)]
    assert len(operations()) - len(closed) == 7  # ping, two of health, status, login, two of setup
    for operation in closed:
        _answered(house, operation, 401, client=lambda _: Client(), place=_nowhere(operation))


def test_a_cookie_needs_its_csrf_token(house: House) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies[COOKIE] = accounts.open_session(User.objects.get()).token
    for operation in operations():
        if operation.method != "GET" and _needs_login(operation):
            _answered(house, operation, 403, client=lambda _: browser, place=_nowhere(operation))


def test_a_page_of_somebody_else_is_refused(house: House) -> None:
    foreign = Client(headers={"Origin": "https://evil.example"})
    opened = [one for one in operations() if not _needs_login(one) and one.path not in PLAIN]
    assert len(opened) == 4
    for operation in opened:
        _answered(house, operation, 403, client=lambda _: foreign, before=None)


def test_a_name_that_is_not_ours_is_answered_by_no_address(house: House) -> None:
    elsewhere = _asking(house.client, Host="evil.example", Accept=JSON)
    for operation in operations():
        asked = {"client": lambda _: elsewhere, "before": None, "place": _nowhere(operation)}
        _answered(house, operation, 400, **asked)


def test_what_is_not_there_is_not_found(house: House) -> None:
    somewhere = [one for one in operations() if one.parameters]
    assert len(somewhere) > 10
    for operation in somewhere:
        _answered(house, operation, 404, place=_nowhere(operation))


def test_a_page_that_is_not_there_is_not_found(house: House) -> None:
    paged = [one for one in operations() if "page" in _queries(one)]
    assert len(paged) > 3
    for operation in paged:
        _answered(house, operation, 404, query="page=1000")


def test_a_body_that_makes_no_sense_is_refused(house: House) -> None:
    assert len(_with_body()) > 15
    for operation in _with_body():
        _answered(house, operation, 400, body=["no", "object"])


def test_a_query_that_makes_no_sense_is_refused(house: House) -> None:
    chosen = [one for one in operations() if "status" in _queries(one)]
    assert len(chosen) > 1
    for operation in chosen:
        _answered(house, operation, 400, query="status=SLEEPY")


def test_an_empty_word_is_none_of_those_that_a_query_can_be(house: House) -> None:
    chosen = [(one, name) for one in operations() for name in _choices(one)]
    assert len(chosen) > 5
    for operation, name in chosen:
        _answered(house, operation, 400, query=f"{name}=")


def test_where_a_file_is_the_body_an_empty_one_is_refused(house: House) -> None:
    files = [one for one in _with_body() if not _takes_json(one)]
    assert files
    for operation in files:
        for kind in (*operation.said["requestBody"]["content"], JSON, *FORMS):
            _answered(house, operation, 400, body=None, content_type=kind)


def test_a_body_of_another_kind_is_refused(house: House) -> None:
    for operation in _with_body():
        _answered(house, operation, 415, body={}, content_type="text/csv")


def test_too_large_a_body_is_refused(house: House, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    for operation in (one for one in _with_body() if _takes_json(one)):  # files go to the disk
        _answered(house, operation, 413, body={"text": "x" * 200})


def test_what_cannot_be_answered_in_the_way_asked_for_is_said(house: House) -> None:
    picky = _asking(house.client, Accept="image/png")
    for operation in operations():
        if operation.path not in PLAIN:
            asked = {"client": lambda _: picky, "before": None, "place": _nowhere(operation)}
            _answered(house, operation, 406, **asked)


def test_a_method_that_an_address_has_not_is_said(house: House) -> None:
    """No operation can describe it, for there is none; it has the one shape all the same."""
    client = _asking(house.client, Accept=JSON)
    paths = {one.path: one for one in operations()}
    for path, operation in paths.items():
        known = {one.method for one in operations() if one.path == path}
        for method in set(METHODS) - known:
            asked = path.format(**_nowhere(operation))
            answer = client.generic(method, asked)
            assert answer.status_code == 405, (method, path)
            assert set(answer["Allow"].split(", ")) >= known
            assert errors_of("Error", answer.json()) == []
            assert answer.json()["code"] == "method_not_allowed"


def test_an_address_that_is_none_is_not_found(house: House) -> None:
    answer = house.client.get("/api/nothing/here")
    assert answer.status_code == 404
    assert errors_of("Error", answer.json()) == []


@pytest.fixture
def _https_only(house: House, settings: Settings) -> Iterator[None]:
    """The house as it is with ``HTTPS_ONLY``, and its document."""
    settings.HTTPS_ONLY = settings.SECURE_SSL_REDIRECT = True
    document.cache_clear()
    operations.cache_clear()
    yield
    document.cache_clear()
    operations.cache_clear()


@pytest.mark.usefixtures("_https_only")
def test_where_https_is_asked_for_every_address_leads_there(house: House) -> None:
    for operation in operations():
        if operation.path in PLAIN:
            assert "301" not in operation.responses
            continue
        _answered(house, operation, 301, before=None, place=_nowhere(operation))
    led = house.client.get("/api/queue/status/?a=b")
    assert led["Location"] == "https://testserver/api/queue/status/?a=b"
    assert {one.path for one in operations() if "301" not in one.responses} == set(PLAIN)


def test_where_https_is_not_asked_for_nothing_leads_there() -> None:
    assert not [one.id for one in operations() if "301" in one.responses]


def _asking(client: Client, **headers: str) -> Client:
    """The same visitor, asking with other headers."""
    return Client(headers={"Authorization": client.defaults["HTTP_AUTHORIZATION"], **headers})


def _queries(operation: Operation) -> set[str]:
    return {one["name"] for one in operation.said.get("parameters", ()) if one["in"] == "query"}


def _choices(operation: Operation) -> set[str]:
    """Queries that can be one of some words, of which none is empty. How the document itself is
    written (``format``) DRF reads, before anything of ours."""
    return {
        one["name"]
        for one in operation.said.get("parameters", ())
        if one["in"] == "query"
        and one["name"] != "format"
        and "" not in one["schema"].get("enum", [""])
    }


def _nowhere(operation: Operation) -> dict[str, str]:
    """Names and numbers that nothing has."""
    found = {}
    for parameter in operation.said.get("parameters", ()):
        if parameter["in"] == "path":
            is_number = r"\d" in parameter["schema"].get("pattern", "")
            found[parameter["name"]] = "999999" if is_number else "nothing-here"
    return found
