"""Two columns of a table that hold a code with its parameters."""

from __future__ import annotations

from typing import Any, Self, overload

from django.db.models import Model

from aniworld.web.texts import Told, told
from providers.coded import Coded


class CodedColumns:
    """Both columns as one attribute of the row: what is set is a :class:`Coded` (or None for
    nothing), what is read has its text too."""

    def __init__(self, code: str, params: str) -> None:
        """Args: the names of the columns."""
        self._code, self._params = code, params

    @overload
    def __get__(self, row: None, kind: type[Model]) -> Self: ...
    @overload
    def __get__(self, row: Model, kind: type[Model]) -> Told | None: ...
    def __get__(self, row: Model | None, kind: type[Model]) -> Self | Told | None:
        if row is None:
            return self
        return told(getattr(row, self._code), getattr(row, self._params))

    def __set__(self, row: Model, said: Coded | None) -> None:
        for name, value in self.values(said).items():
            setattr(row, name, value)

    def values(self, said: Coded | None) -> dict[str, Any]:
        """The columns for a statement that writes them, by name."""
        code, params = (said["code"], said["params"]) if said else ("", {})
        return {self._code: code, self._params: params}
