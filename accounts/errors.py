"""What can go wrong at the door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from django.utils.translation import gettext_noop as _

from aniworld.web.errors import AppError, FieldError


class AccountError(AppError):
    """Base of all errors of this room."""

    code = "account_error"


class AlreadyConfigured(AccountError):
    """Setup is done once only."""

    code = "already_configured"
    status = 409
    texts = {"": _("Aniworld is set up already.")}


class NotConfigured(AccountError):
    """Nobody can log in before setup."""

    code = "not_configured"
    status = 401
    texts = {"": _("Aniworld is not set up yet; open /setup.")}


class Unacceptable(AccountError):
    """What was given cannot be used; ``errors`` names each field."""

    code = "validation_error"
    texts = {"": _("Some fields need to be mended."), "field": "{problem}"}

    @classmethod
    def of(cls, errors: Sequence[FieldError]) -> Self:
        """The error of these fields; that of one field says what is wrong with it."""
        if len(errors) == 1:
            return cls(why="field", problem=errors[0].as_json(), errors=errors)
        return cls(errors=errors)


class WrongPassword(Unacceptable):
    """The current password is another one."""

    code = "wrong_password"
    status = 403


class InvalidCredentials(AccountError):
    """User name or password is wrong, or the user may not log in: never said which."""

    code = "invalid_credentials"
    status = 401
    texts = {"": _("The password is not right.")}


class TooManyTries(AccountError):
    """The client must wait ``retry_after`` seconds before the next try."""

    code = "too_many_tries"
    status = 429
    permanent = False
    texts = {"": _("Too many tries. Wait {seconds} seconds.")}

    def __init__(self, retry_after: float) -> None:
        super().__init__(seconds=int(retry_after) + 1)
        self.retry_after = retry_after


class TokenInvalid(AccountError):
    """The token was not issued here, was changed, or has expired."""

    code = "invalid_token"
    status = 401
    texts = {
        "foreign": _("The token is not one of ours."),
        "expired": _("The token has expired; log in again."),
    }


class OwnerStays(AccountError):
    """Who has set Aniworld up owns it: nobody else could mend what is lost."""

    code = "owner_stays"
    status = 409
    texts = {
        "": _("{name} has set Aniworld up: keeps name and right, can log in and stays."),
    }


class TooManyKeys(AccountError):
    """The user has as many keys as anybody can keep apart."""

    code = "too_many_keys"
    status = 409
    texts = {"": _("There are {most} keys already. Revoke those that nothing uses.")}


class KeyUnknown(AccountError):
    """The user has no such key."""

    code = "not_found"
    status = 404
    texts = {"api_key": _("There is no such key.")}


class FeedUnknown(AccountError):
    """No feed has this key, or the user has none."""

    code = "not_found"
    status = 404
    texts = {
        "": _("There is nothing at this address."),
        "none": _("The calendar has no address for other programs."),
    }


class SessionUnknown(AccountError):
    """The user has no such session."""

    code = "not_found"
    status = 404
    texts = {"session": _("There is no such session.")}
