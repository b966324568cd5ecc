"""The base of every error the product raises on purpose.

``aniworld.web.api`` is the only place that turns these into HTTP answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field a caller must mend."""

    field: str
    code: str
    detail: str


class AppError(Exception):
    """An error with words for the owner.

    ``code`` is stable, ``status`` is the HTTP status it maps to, ``permanent`` says that trying
    again unchanged cannot help.
    """

    code = "error"
    status = 400
    permanent = True

    def __init__(self, message: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.errors = tuple(errors)
