"""What codes say, in the reader's language.

Database, events and processes hold a code with parameters; the sentence is made here, where it is
shown. Every room registers the texts of its codes in ``AppConfig.ready()``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from django.utils.translation import gettext

from providers.coded import AS_TOLD, WHY, CodedError, text_key

Params = Mapping[str, Any]
# A template with the parameters in braces; a function where the words depend on them (plurals,
# lists). A function asks for its translations itself.
Text = str | Callable[[Params], str]


class Told(TypedDict):
    """A code as the API and events give it: for programs, and in words."""

    code: str
    params: dict[str, Any]
    text: str


_texts: dict[str, Text] = {}


def register(texts: Mapping[str, Text]) -> None:
    """Say what these codes mean. Called in ``AppConfig.ready()``.

    Args:
        texts: by key, see ``providers.coded.text_key``. Templates are English and marked for
            translation where they stand.
    """
    _texts.update(texts)


def text(code: str, params: Params | None = None) -> str:
    """The sentence of a code; empty for no code.

    A code that nobody registered (of a row that a later version wrote) is shown as it is.
    """
    if not code:
        return ""
    params = params or {}
    if params.get(WHY) == AS_TOLD:
        return str(params.get("text", ""))
    known = _texts.get(text_key(code, params)) or _texts.get(code)
    if known is None:
        return code
    return known(params) if callable(known) else gettext(known).format_map(_Params(params))


def text_of(error: CodedError) -> str:
    """The sentence of an error."""
    return text(error.code, error.params)


def told(code: str, params: Params | None = None) -> Told | None:
    """A code with its parameters and its text; None for no code."""
    if not code:
        return None
    return {"code": code, "params": dict(params or {}), "text": text(code, params)}


class _Params(dict[str, Any]):
    """Of a row that another version wrote a parameter may be missing; the rest is told."""

    def __missing__(self, name: str) -> str:
        return "…"
