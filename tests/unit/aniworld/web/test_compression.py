"""What is compressed, and what is not because its length would tell something."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from aniworld.web.compression import SECRET_PREFIXES, CompressionMiddleware
from library.models import LibraryRoot
from tests.factories import make_series

pytestmark = pytest.mark.django_db

PACKED = {"Accept-Encoding": "gzip, deflate"}
TEXT = "episode " * 200


def answer(path: str = "/", accepts: str = "gzip", **headers: str) -> HttpResponse:
    """What the middleware makes of a view's answer."""
    headers = {"Content-Type": "text/html; charset=utf-8", **headers}
    middleware = CompressionMiddleware(lambda _request: HttpResponse(TEXT, headers=headers))
    made = middleware(RequestFactory().get(path, headers={"Accept-Encoding": accepts}))
    assert isinstance(made, HttpResponse)
    return made


@pytest.mark.parametrize("address", ["/", "/queue", "/api/v1/anime", "/api/schema"])
def test_pages_and_data_leave_compressed(
    visitor: Client, library: LibraryRoot, address: str
) -> None:
    for _ in range(20):
        make_series(missing=1)
    plain = visitor.get(address)
    packed = visitor.get(address, headers=PACKED)
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < 0.5 * len(plain.content)
    assert int(packed["Content-Length"]) == len(packed.content)


def test_lengths_differ_from_one_answer_to_the_next() -> None:
    lengths = {len(answer().content) for _ in range(40)}
    assert len(lengths) > 5
    assert gzip.decompress(answer().content).decode() == TEXT


@pytest.mark.parametrize(
    "kind", ["text/css", "application/json", "image/svg+xml", "text/calendar; charset=utf-8"]
)
def test_text_of_any_kind_is_compressed(kind: str) -> None:
    assert answer(**{"Content-Type": kind})["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("kind", ["image/webp", "application/zip", "application/octet-stream"])
def test_what_is_compressed_already_stays_as_it_is(kind: str) -> None:
    assert not answer(**{"Content-Type": kind}).has_header("Content-Encoding")


@pytest.mark.parametrize("accepts", ["", "identity", "gzip;q=0", "br, gzip; q=0.0", "deflate"])
def test_who_takes_no_gzip_gets_none(accepts: str) -> None:
    made = answer(accepts=accepts)
    assert not made.has_header("Content-Encoding")
    assert made.content.decode() == TEXT


@pytest.mark.parametrize("prefix", SECRET_PREFIXES)
def test_answers_with_a_secret_in_them_stay_as_they_are(prefix: str) -> None:
    for path in (prefix, prefix.rstrip("/"), f"{prefix}more"):
        assert not answer(path).has_header("Content-Encoding")


def test_the_addresses_with_secrets_are_addresses_of_ours() -> None:
    """One that was renamed would be compressed without anybody noticing."""
    secret = ("/api/auth/login", "/api/auth/keys", "/account/keys", "/calendar/feed/issue")
    for path in (*secret, "/api/calendar/feed"):
        assert resolve(path)
        assert f"{path}/".startswith(SECRET_PREFIXES)
    for prefix in SECRET_PREFIXES:
        assert [path for path in (*secret, "/api/calendar/feed/") if path.startswith(prefix)]


def test_a_new_key_is_in_an_answer_that_is_not_compressed(visitor: Client) -> None:
    made: Any = visitor.post("/account/keys", {"name": "nas", "scope": "read"}, headers=PACKED)
    assert made.status_code in (200, 201, 302), made.content[:300]
    assert not made.has_header("Content-Encoding")


def test_a_version_that_was_read_compressed_can_be_changed(visitor: Client) -> None:
    """Compressing makes a mark weak; who sends it back means the same version."""
    read = visitor.get("/api/config", headers=PACKED)
    assert read["Content-Encoding"] == "gzip"
    assert read["ETag"].startswith("W/")
    body, kind = gzip.decompress(read.content), "application/json"
    for mark, status in (('W/"77"', 409), (read["ETag"], 200)):
        answer = visitor.put("/api/config", body, kind, headers={"If-Match": mark})
        assert answer.status_code == status, answer.content[:300]
