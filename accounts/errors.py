"""What can go wrong at the door."""

from __future__ import annotations

from aniworld.web.errors import AppError


class AccountError(AppError):
    """Base of all errors of this room."""

    code = "account_error"


class AlreadyConfigured(AccountError):
    """Setup is done once only."""

    code = "already_configured"
    status = 409

    def __init__(self) -> None:
        super().__init__("Aniworld is set up already.")


class NotConfigured(AccountError):
    """Nobody can log in before setup."""

    code = "not_configured"
    status = 401

    def __init__(self) -> None:
        super().__init__("Aniworld is not set up yet; open /setup.")


class Unacceptable(AccountError):
    """What was given cannot be used; ``errors`` names each field."""

    code = "validation_error"


class InvalidCredentials(AccountError):
    """User name or password is wrong, or the user may not log in: never said which."""

    code = "invalid_credentials"
    status = 401

    def __init__(self) -> None:
        super().__init__("The password is not right.")


class TooManyTries(AccountError):
    """The client must wait ``retry_after`` seconds before the next try."""

    code = "too_many_tries"
    status = 429
    permanent = False

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"Too many tries. Wait {int(retry_after) + 1} seconds.")
        self.retry_after = retry_after


class TokenInvalid(AccountError):
    """The token was not issued here, was changed, or has expired."""

    code = "invalid_token"
    status = 401


class SessionUnknown(AccountError):
    """The user has no such session."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such session.")
