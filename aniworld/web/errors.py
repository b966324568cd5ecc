"""The base of every error the product raises on purpose.

``aniworld.web.api`` is the only place that turns these into HTTP answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from providers.coded import CodedError


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field a caller must mend."""

    field: str
    code: str
    detail: str


class AppError(CodedError):
    """An error that is told to the owner.

    ``status`` is the HTTP status it maps to, ``permanent`` says that trying again unchanged cannot
    help. ``errors`` names the fields that must be mended.
    """

    status = 400
    permanent = True

    def __init__(
        self, message: str = "", *, errors: Sequence[FieldError] = (), **params: Any
    ) -> None:
        """Args: message: only until every error has a template."""
        if message:
            params = {"why": "as_told", "text": message}
        super().__init__(**params)
        self.errors = tuple(errors)
