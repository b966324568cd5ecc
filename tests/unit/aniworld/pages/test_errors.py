from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from aniworld.pages import errors
from library.errors import NoLibraryRoot
from library.models import LibraryRoot
from tests.factories import make_series
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


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("*/*", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        (None, False),
    ],
)
def test_an_unknown_address_answers_each_in_its_own_way(
    visitor: Client, accept: str | None, is_json: bool
) -> None:
    answer = visitor.get("/nothing/here", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/json" if is_json else "text/html")
    if is_json:
        assert answer.json()["code"] == "not_found"
    assert "series" not in answer.content.decode().lower()


def test_metrics_are_for_programs_and_people(visitor: Client) -> None:
    assert visitor.get("/metrics/none").json()["code"] == "not_found"
    shown = visitor.get("/metrics/none", headers={"Accept": "text/html"})
    assert shown["Content-Type"].startswith("text/html")
    assert "/api/" not in visitor.get("/api/no-such", headers={"Accept": "text/html"}).json()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/series/nope", "series_not_found"),
        ("/series/nope/mapping", "series_not_found"),
        ("/series/known/episodes/9/9/why", "episode_not_found"),
        ("/covers/999", "not_found"),
    ],
)
def test_programs_are_told_by_its_code_what_is_not_there(
    visitor: Client, library: LibraryRoot, path: str, code: str
) -> None:
    make_series("Known", key="known")
    answer = visitor.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert answer.json()["detail"]
    shown = get(visitor, path, status=404)
    assert texts(shown, "h1") == ["Not found"]


def test_programs_are_told_by_its_code_what_cannot_be_done() -> None:
    request = RequestFactory().get("/add", headers={"Accept": "application/json"})
    middleware = errors.AppErrorMiddleware(lambda _: HttpResponse())
    answer = middleware.process_exception(request, NoLibraryRoot())
    assert answer is not None
    assert (answer.status_code, json.loads(answer.content)["code"]) == (503, "no_library_root")


def test_what_a_room_does_not_know_is_not_found_and_no_fault(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    page = get(visitor, "/jobs/nobody", status=404)
    assert texts(page, "h1") == ["Not found"]
    assert "There is no job of the name nobody." in page.get_text()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_what_is_not_there_is_named(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/series/nobody", status=404)
    assert "There is no series “nobody” in the library." in page.get_text()
    series = make_series("Mushishi", present=1)
    page = get(visitor, f"/series/{series.key}/episodes/9/9/why", status=404)
    assert "Mushishi has no episode 9 in season 9." in page.get_text()


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/queue/start", "/queue"),
        ("/queue/items/5/move", "/queue"),
        ("/series/mushishi/refresh", "/series/mushishi"),
        ("/library/scan/start", "/library/scan"),
        ("/library/folder", "/"),
        ("/library/selected", "/"),
        ("/unmatched/5/match", "/unmatched"),
        ("/add/sites", "/add"),
        ("/journal/5/undo", "/journal"),
        ("/logout", "/"),
    ],
)
def test_loading_the_address_of_a_form_again_leads_to_its_page(
    visitor: Client, address: str, leads_to: str
) -> None:
    answer = visitor.get(address, headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (302, leads_to)
    assert visitor.get(address, headers={"Accept": "application/json"}).status_code == 405


def test_programs_are_answered_in_json() -> None:
    answer = errors.server_error(RequestFactory().get("/api/queue/status"))
    assert answer["Content-Type"] == "application/json"
    assert b'"code": "error"' in answer.content
