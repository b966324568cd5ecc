"""JSON Web Tokens: signed by us, read by us alone."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt
from django.conf import settings

from accounts.errors import TokenInvalid

ALGORITHM = "HS256"
MAX_LENGTH = 2048  # ours have about 250 characters


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: str
    session_id: uuid.UUID
    expires_at: datetime


def encode(claims: Claims) -> str:
    payload = {
        "sub": claims.user_id,
        "jti": claims.session_id.hex,
        "iat": datetime.now(UTC),
        "exp": claims.expires_at,
    }
    return jwt.encode(payload, settings.JWT_SECRET_KEY, algorithm=ALGORITHM)


def decode(token: str) -> Claims:
    """Read a token of ours. Raises ``TokenInvalid`` for any other, and for an expired one."""
    if len(token) > MAX_LENGTH:
        raise TokenInvalid(why="foreign")
    try:
        payload = jwt.decode(
            token,
            settings.JWT_SECRET_KEY,
            algorithms=[ALGORITHM],
            # Not held against the clock: one that was set back must log nobody out.
            options={"require": ["sub", "jti", "iat", "exp"], "verify_iat": False},
        )
        return Claims(
            user_id=payload["sub"],
            session_id=uuid.UUID(payload["jti"]),
            expires_at=datetime.fromtimestamp(payload["exp"], UTC),
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenInvalid(why="expired") from error
    except (jwt.InvalidTokenError, ValueError, OverflowError, OSError) as error:
        raise TokenInvalid(why="foreign") from error


def digest(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal: what the database keeps."""
    return hashlib.sha256(token.encode()).hexdigest()
