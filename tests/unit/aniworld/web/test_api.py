"""Errors as HTTP answers: what the document says of a class is what is answered with it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions

from aniworld.web.api import SITE_ERRORS, code_of, exception_handler, status_of
from aniworld.web.schema import _raised
from library.errors import ScanRunning, SeriesNotFound
from providers.errors import HosterDown, NotFound, PageBroken, RateLimited, UnknownProvider

ERRORS = (
    SeriesNotFound(key="x"),
    ScanRunning(),
    PageBroken(why="empty_page", site="x"),
    RateLimited(why="slow_down", site="x"),
    NotFound(why="as_told", text="x"),
    UnknownProvider(why="as_told", text="x"),
    exceptions.ParseError(),
    exceptions.NotAcceptable(),
    exceptions.UnsupportedMediaType("text/csv"),
    exceptions.NotFound(),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_status_and_code_of_a_class_are_those_of_its_answer(error: Exception) -> None:
    answer = exception_handler(error, {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (
        status_of(type(error)),
        code_of(type(error)),
    )


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(Http404(), 404, "not_found"), (PermissionDenied(), 403, "permission_denied")],
)
def test_what_django_raises_is_answered_alike(error: Exception, status: int, code: str) -> None:
    answer = exception_handler(error, {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (status, code)


def test_what_nobody_knows_is_left_to_the_500() -> None:
    assert exception_handler(ValueError("x"), {}) is None
    assert (status_of(ValueError), code_of(ValueError)) == (500, "error")


def test_no_route_that_asks_a_site_speaks_of_hosters() -> None:
    assert not any(issubclass(HosterDown, kind) for kind in SITE_ERRORS)


def test_an_error_that_others_stand_below_is_described_too() -> None:
    """The catalogue of a site may have changed: that is no other error than that of a definition
    that does not fit."""
    described = {code_of(one) for kind in SITE_ERRORS for one in _raised(kind)}
    assert {kind.code for kind in SITE_ERRORS} <= described
    assert "definition_mismatch" in described
