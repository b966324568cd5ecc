"""What a new password must be like, as errors by field."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from aniworld.web.errors import FieldError
from aniworld.web.texts import text

MIN_LENGTH = 8  # Django's own default
MAX_LENGTH = 1024
_LIMIT = {"max_length": MAX_LENGTH}


class MaximumLengthValidator:
    """Hashing must not be a way to keep the machine busy."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django's signature
        if len(password) > MAX_LENGTH:
            raise ValidationError(self.get_help_text(), code="password_too_long", params=_LIMIT)

    def get_help_text(self) -> str:
        return text("password_too_long", _LIMIT)


def password_errors(field: str, password: str) -> list[FieldError]:
    """Return what is wrong with a new password, as errors of ``field``."""
    try:
        validate_password(password)
        password.encode()
    except UnicodeEncodeError:
        return [FieldError(field, "invalid", params={"why": "broken_characters"})]
    except ValidationError as error:
        return [
            FieldError(field, str(entry.code), params=entry.params or {})
            for entry in error.error_list
        ]
    return []
