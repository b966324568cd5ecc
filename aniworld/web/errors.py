"""The base of every error the product raises on purpose.

``aniworld.web.api`` is the only place that turns these into HTTP answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from aniworld.web import texts
from providers.coded import Coded, CodedError


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field a caller must mend: what is wrong with it as a code with parameters."""

    field: str
    code: str
    params: Mapping[str, Any] = dataclass_field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The sentence, in the reader's language."""
        return texts.text(self.code, self.params)

    def as_json(self) -> Coded:
        """What is wrong, without the field."""
        return {"code": self.code, "params": dict(self.params)}


class AppError(CodedError):
    """An error that is told to the owner.

    ``status`` is the HTTP status it maps to, ``permanent`` says that trying again unchanged cannot
    help. ``errors`` names the fields that must be mended.
    """

    status = 400
    permanent = True

    def __init__(self, *, errors: Sequence[FieldError] = (), **params: Any) -> None:
        super().__init__(**params)
        self.errors = tuple(errors)
