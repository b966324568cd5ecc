"""What holds answers to the document finds what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.api import shapes
from tests.document import operation_of, problems

RIGHT = {"access_token": "t", "token_type": "bearer", "expires_at": "2026-01-31T12:00:00Z"}


def _held(status: int, body: Any) -> list[str]:
    operation = operation_of("POST", "/api/auth/login")
    assert operation is not None
    return operation.problems(status, body)


def _error(code: str) -> dict[str, Any]:
    return {"code": code, "params": {}, "detail": "", "errors": []}


def test_what_is_as_described_passes() -> None:
    assert _held(200, RIGHT) == []
    assert _held(401, _error("invalid_credentials")) == []
    assert _held(405, _error("method_not_allowed")) == []


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, {**RIGHT, "more": 1}, "'more' was unexpected"),
        (200, {"access_token": "t", "token_type": "bearer"}, "'expires_at' is a required"),
        (200, {**RIGHT, "access_token": None}, "None is not of type 'string'"),
        (200, {**RIGHT, "token_type": "cookie"}, "'cookie' is not one of"),
        (200, {**RIGHT, "expires_at": "2026-01-31T13:00:00+01:00"}, "is not a 'date-time'"),
        (200, {**RIGHT, "expires_at": "soon"}, "is not a 'date-time'"),
        (202, RIGHT, "status 202 is not described"),
        (401, _error("made_up"), "code made_up is not described for 401"),
        (401, {"detail": "No."}, "'code' is a required"),
    ],
)
def test_what_is_not_is_told(status: int, body: Any, told: str) -> None:
    assert told in " ".join(_held(status, body))


def test_a_body_where_there_should_be_none_is_told() -> None:
    assert problems("DELETE", "/api/queue/1", 204, "application/json", b"{}")
    assert not problems("DELETE", "/api/queue/1", 204, "", b"")


@pytest.mark.parametrize(
    "path", ["/api/v1/anime/search", "/api/v1/anime/search/", "/api/anime/search"]
)
def test_plain_words_of_an_address_come_first(path: str) -> None:
    found = operation_of("POST", path)
    assert found is not None
    assert found.id == "anime_search_create"


def test_what_is_no_address_is_no_operation() -> None:
    assert operation_of("GET", "/api/nothing") is None


def test_every_test_is_held(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/api/auth/status").status_code == 200
    wrong = {"configured": "perhaps", "authenticated": False}
    monkeypatch.setattr(shapes, "auth_status", lambda *_, **__: wrong)
    with pytest.raises(AssertionError, match="is not of type 'boolean'"):
        client.get("/api/auth/status")
