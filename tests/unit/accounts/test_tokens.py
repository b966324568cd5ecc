"""Tokens that are ours are read; every other is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings

from accounts import tokens
from accounts.errors import TokenInvalid

SESSION = uuid.UUID("5f0b4b0e-3a0c-4b51-9d6c-0a4a3f4f1d11")


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "sub": "1",
        "jti": SESSION.hex,
        "iat": now,
        "exp": now + timedelta(hours=1),
    } | changes


def signed(payload: dict[str, Any], key: str | None = None, algorithm: str = "HS256") -> str:
    return jwt.encode(payload, key or settings.JWT_SECRET_KEY, algorithm=algorithm)


def test_there_and_back() -> None:
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    given = tokens.Claims("7", SESSION, expires_at)

    assert tokens.decode(tokens.encode(given)) == given


def test_the_standard_claims_are_there() -> None:
    token = tokens.encode(tokens.Claims("7", SESSION, datetime.now(UTC) + timedelta(hours=1)))
    payload = jwt.decode(token, settings.JWT_SECRET_KEY, algorithms=["HS256"])

    assert payload["sub"] == "7"
    assert set(payload) == {"sub", "jti", "iat", "exp"}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "ü" * 20,
        "x" * 10_000,
        signed(claims(), key="another key that is long enough for it"),
        signed(claims(), algorithm="HS512", key="x" * 64),
        jwt.encode(claims(), "", algorithm="none"),
        signed(claims(exp=datetime.now(UTC) - timedelta(seconds=1))),
        signed(claims(jti="not an id")),
        signed(claims(sub=1)),
        *(signed({k: v for k, v in claims().items() if k != left}) for left in claims()),
    ],
)
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(TokenInvalid):
        tokens.decode(token)


def test_a_clock_set_back_ends_no_session() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    payload = {"sub": "1", "jti": uuid.uuid4().hex, "iat": later, "exp": later + timedelta(hours=9)}
    token = jwt.encode(payload, settings.JWT_SECRET_KEY, algorithm="HS256")
    assert tokens.decode(token).user_id == "1"


@pytest.mark.parametrize("exp", [10**12, 10**18, 10**30])
def test_an_absurd_end_is_no_token_of_ours(exp: int) -> None:
    payload = {"sub": "1", "jti": uuid.uuid4().hex, "iat": 0, "exp": exp}
    token = jwt.encode(payload, settings.JWT_SECRET_KEY, algorithm="HS256")
    with pytest.raises(TokenInvalid):
        tokens.decode(token)
