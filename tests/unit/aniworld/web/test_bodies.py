"""What clients send as the body of a request, and are told when it makes no sense."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import services as accounts

pytestmark = pytest.mark.django_db

HALF = '"\\ud800"'


@pytest.fixture
def api(settings: Any) -> APIClient:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    owner = accounts.set_up(master_password="a lantern in the fog")
    client = APIClient()
    token = accounts.open_session(owner).token
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("[" * 100_000, id="deep-array"),
        pytest.param('{"a":' * 50_000, id="deep-object"),
        pytest.param("{" + HALF + ": 1}", id="half-a-character-as-name"),
        pytest.param('{"priority": ' + HALF + "}", id="half-a-character-as-value"),
        pytest.param("{", id="cut"),
        pytest.param("NaN", id="not-a-number"),
    ],
)
@pytest.mark.parametrize("path", ["/api/queue/add", "/api/v1/anime/rescan"])
def test_a_body_that_is_no_sensible_json_is_refused(api: APIClient, path: str, body: str) -> None:
    answer = api.post(path, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert json.loads(answer.content)["code"] == "validation_error"


def test_a_whole_character_in_two_halves_is_taken(api: APIClient) -> None:
    body = '{"query": "\\ud83c\\udf19", "site": "nowhere"}'
    answer = api.post("/api/v1/anime/search", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_provider")


def test_too_large_a_body_is_said_so(api: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = json.dumps({"query": "x" * 2000})
    answer = api.post("/api/v1/anime/search", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
