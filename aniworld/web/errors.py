"""The base of every error the product raises on purpose.

``aniworld.web.api`` is the only place that turns these into HTTP answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from aniworld.web import texts
from providers.coded import AS_TOLD, WHY, Coded, CodedError


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field a caller must mend: what is wrong with it as a code with parameters.

    ``message`` is a sentence that was made already; only until every field's error has a template.
    """

    field: str
    code: str
    message: str = ""
    params: Mapping[str, Any] = dataclass_field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The sentence, in the reader's language."""
        return self.message or texts.text(self.code, self.params)

    def as_json(self) -> Coded:
        """What is wrong, without the field."""
        told = {WHY: AS_TOLD, "text": self.message}
        return {"code": self.code, "params": told if self.message else dict(self.params)}


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
