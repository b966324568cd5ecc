"""What codes say, in the reader's language.

Database, events and processes hold a code with parameters; the sentence is made here, where it is
shown. Every room registers the texts of its codes in ``AppConfig.ready()``.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

from providers.coded import AS_TOLD, ERRNO, WHY, Coded, CodedError, text_key

Params = Mapping[str, Any]
# A template with the parameters in braces; a function where the words depend on them (plurals,
# lists). A function asks for its translations itself.
Text = str | Callable[[Params], str]

SEVERAL = "several"

# What a function may raise that reads parameters it does not expect.
_ODD_PARAMS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

log = logging.getLogger(__name__)


class Told(Coded):
    """A code as the API and events give it: for programs, and in words."""

    text: str


_texts: dict[str, Text] = {}
_site_labels: list[Callable[[], Mapping[str, str]]] = []
# The parameters that hold names of sites, one or several.
_OF_SITES = frozenset({"site", "sites", "silent"})


def register(texts: Mapping[str, Text]) -> None:
    """Say what these codes mean. Called in ``AppConfig.ready()``.

    Args:
        texts: by key, see ``providers.coded.text_key``. Templates are English and marked for
            translation where they stand.
    """
    _texts.update(texts)


def call_sites(labels: Callable[[], Mapping[str, str]]) -> None:
    """Say what sites are called for people, by the names that parameters hold. Called in
    ``AppConfig.ready()``; ``labels`` is asked whenever a sentence names a site."""
    _site_labels.append(labels)


def text(code: str, params: Params | None = None) -> str:
    """The sentence of a code; empty for no code.

    A code that nobody registered (of a row that a later version wrote) is shown as it is; so is one
    whose function cannot read its parameters.
    """
    if not code:
        return ""
    params = params or {}
    if params.get(WHY) == AS_TOLD:
        return str(params.get("text", ""))
    if code == SEVERAL:
        return " ".join(text_of(part) for part in params.get("parts", ()))
    known = _texts.get(text_key(code, params)) or _texts.get(code)
    if known is None:
        return code
    if callable(known):
        return _from_function(known, code, params)
    return gettext(known).format_map(_Shown(params))


def _from_function(function: Callable[[Params], str], code: str, params: Params) -> str:
    try:
        return function(params)
    except _ODD_PARAMS:
        # Another version wrote the row with other parameters. A template shows "…" for them, which
        # a function cannot count; one such row must not take the whole page with it.
        log.debug("the text of %s cannot read its parameters", code)
        return code


def text_of(said: Coded | CodedError | None) -> str:
    """The sentence of an error, or of what was stored of it; empty for None."""
    coded = said.as_json() if isinstance(said, CodedError) else said
    return text(coded["code"], coded["params"]) if coded else ""


def told(code: str, params: Params | None = None) -> Told | None:
    """A code with its parameters and its text; None for no code."""
    if not code:
        return None
    return {"code": code, "params": dict(params or {}), "text": text(code, params)}


def told_of(said: Coded | CodedError) -> Told:
    """An error, or what was stored of it, with its text."""
    coded = said.as_json() if isinstance(said, CodedError) else said
    return {**coded, "text": text_of(coded)}


def together(parts: Iterable[Coded | None]) -> Coded | None:
    """Several things that are said at once, as one; None where nothing is said."""
    said = [one for part in parts if part for one in _parts(part)]
    if len(said) > 1:
        return {"code": SEVERAL, "params": {"parts": said}}
    return said[0] if said else None


def _parts(said: Coded) -> list[Coded]:
    return said["params"]["parts"] if said["code"] == SEVERAL else [said]


def in_words(data: Any) -> Any:
    """Data that was stored, with a text beside every code and its parameters.

    A ``message`` is for people alone: it is its text.
    """
    if isinstance(data, Mapping):
        if data.keys() == Coded.__annotations__.keys():
            return told(data["code"], data["params"])
        words = {name: _named_in_words(name, value) for name, value in data.items()}
        if data.keys() > Coded.__annotations__.keys():  # other facts stand beside them
            words |= {"params": data["params"], "text": text(data["code"], data["params"])}
        return words
    if isinstance(data, list):
        return [in_words(entry) for entry in data]
    return data


def _named_in_words(name: str, value: Any) -> Any:
    said = in_words(value)
    if name != "message":
        return said
    return said["text"] if isinstance(said, Mapping) else said or ""


class _Shown(dict[str, Any]):
    """Parameters as a sentence shows them.

    Of a row that another version wrote a parameter may be missing; the rest is told.
    """

    def __getitem__(self, name: str) -> Any:
        value = self.get(name, "…")
        if name == ERRNO:
            return _said_by_the_system(str(value))
        if name in _OF_SITES:
            value = _called(value)
        return (
            ", ".join(str(_shown(entry)) for entry in value) if _is_list(value) else _shown(value)
        )


def _called(value: Any) -> Any:
    """Sites as people call them; what is no name of a site is left as it is."""
    if _is_list(value):
        return [_called(one) for one in value]
    if not isinstance(value, str):
        return value
    return next((known[value] for ask in _site_labels if value in (known := ask())), value)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping) and "code" in value:
        return text(value["code"], value.get("params"))
    return value


def _said_by_the_system(name: str) -> str:
    if name in _ERRNOS:
        return gettext(_ERRNOS[name])
    number = getattr(errno, name, None)
    return os.strerror(number) if isinstance(number, int) else name


# What a disk or a connection is likely to say. The others stay as the system words them.
_ERRNOS = {
    "EACCES": gettext_noop("Permission denied"),
    "EPERM": gettext_noop("Operation not permitted"),
    "ENOENT": gettext_noop("No such file or directory"),
    "ENOTDIR": gettext_noop("Not a directory"),
    "EISDIR": gettext_noop("Is a directory"),
    "EIO": gettext_noop("Input/output error"),
    "ENOSPC": gettext_noop("No space left on device"),
    "EDQUOT": gettext_noop("Disk quota exceeded"),
    "EFBIG": gettext_noop("File too large"),
    "EROFS": gettext_noop("Read-only file system"),
    "ELOOP": gettext_noop("Too many levels of symbolic links"),
    "ENAMETOOLONG": gettext_noop("File name too long"),
    "EINVAL": gettext_noop("Invalid argument"),
    "ESTALE": gettext_noop("Stale file handle"),
    "EBUSY": gettext_noop("Device or resource busy"),
    "ENODEV": gettext_noop("No such device"),
    "ENOTCONN": gettext_noop("Transport endpoint is not connected"),
    "EHOSTDOWN": gettext_noop("Host is down"),
    "ETIMEDOUT": gettext_noop("Connection timed out"),
    "EMFILE": gettext_noop("Too many open files"),
    "ENOMEM": gettext_noop("Cannot allocate memory"),
}
