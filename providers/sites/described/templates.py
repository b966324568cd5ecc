"""Addresses, forms and bodies with names to fill in: ``/show/{key}/{episode}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from providers.errors import AddressRefused, NotFound
from providers.sites.described.faults import Unreadable

LONGEST = 2_000  # characters of a template
LONGEST_FILLED = 4_000  # characters of what it becomes
_NAME = re.compile(r"\{([a-z][a-z0-9_]{0,29})(?::0([2-6]))?\}")
_ADDRESSES = ("link", "base")  # names that end so are addresses already
_WHOLE_ADDRESS = re.compile(r"\{[a-z0-9_]*(?:link|base)\}")
# In these a number is meant where the whole text is one of them.
_NUMBERS = frozenset({"page", "season", "episode"})


class Template:
    """A text with names in braces, and numbers of so many digits: ``{season:02}``.

    Only names of letters, digits and ``_`` right within the braces are meant: ``{ id }`` of a query
    language stays what it is.
    """

    def __init__(self, text: str, known: Collection[str]) -> None:
        """Raises ``Unreadable``: it names what cannot be filled in there."""
        if len(text) > LONGEST:
            raise Unreadable("long", most=LONGEST)
        self.text = text
        self.names = frozenset(name for name, _digits in _NAME.findall(text))
        # What stands between the names, a name, its digits, and so on.
        self._pieces: list[str | Any] = _NAME.split(text)
        if unknown := sorted(self.names - set(known)):
            raise Unreadable("placeholder", name=unknown[0], known=sorted(known))

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with the values as they are, up to ``LONGEST_FILLED`` characters."""
        return self._joined(values, lambda _name, value, _leads: value)[:LONGEST_FILLED]

    def _joined(self, values: Mapping[str, str], encoded: Callable[[str, str, bool], str]) -> str:
        """The text with what ``encoded`` makes of each name, its value, and whether the text begins
        with it. It ends where it is too long: values are foreign, and may be whole pages."""
        told, length = [self._pieces[0]], len(self._pieces[0])
        for at in range(1, len(self._pieces), 3):
            name, digits, behind = self._pieces[at : at + 3]
            value = values.get(name, "")[: LONGEST_FILLED + 1].zfill(int(digits or 0))
            told += [encoded(name, value, at == 1 and not told[0] and not digits), behind]
            length += len(told[-2]) + len(behind)
            if length > LONGEST_FILLED:
                break
        return "".join(told)


class AddressTemplate(Template):
    """An address: a path of the site, or a whole one. Values are percent-encoded."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        """Raises ``Unreadable``."""
        super().__init__(text, known)
        begins_well = text.startswith("/") and not text.startswith(("//", "/\\"))
        is_whole = is_web_address(text) and "{" not in urlsplit(text).netloc
        if not (begins_well or _WHOLE_ADDRESS.match(text) or is_whole):
            raise Unreadable("address")
        if any(char.isspace() or not char.isprintable() or char == "\\" for char in text):
            raise Unreadable("address")

    @property
    def host(self) -> str:
        """The host it names; empty of a path."""
        return "" if self.text[:1] in {"/", "{"} else _host(self.text)

    def filled(self, values: Mapping[str, str]) -> str:
        """The address. Of the values ``key`` alone may be several parts of it, with slashes.

        Raises:
            NotFound: a value would lead to another part of the site than is meant.
            AddressRefused: it gets too long.
        """

        def encoded(name: str, value: str, leads: bool) -> str:
            if leads and name.endswith(_ADDRESSES):
                return value
            return quote(value, safe="/" if name == "key" else "", errors="replace")

        address = self._joined(values, encoded)
        if len(address) > LONGEST_FILLED:
            raise AddressRefused(why="unusable", reason=f"more than {LONGEST_FILLED} characters")
        if _climbs(address):
            raise NotFound(why="key", key=" ".join(values.values())[:80], site=_host(address))
        return address


def filled_json(value: Any, values: Mapping[str, str]) -> Any:
    """A body with its templates filled in, whatever they lie in."""
    if isinstance(value, Template):
        name = _NAME.fullmatch(value.text)
        filled = value.filled(values)
        is_number = name is not None and name[1] in _NUMBERS and filled.isdecimal()
        return int(filled) if is_number else filled
    if isinstance(value, Mapping):
        return {name: filled_json(entry, values) for name, entry in value.items()}
    if isinstance(value, tuple):
        return [filled_json(entry, values) for entry in value]
    return value


def is_web_address(text: str) -> bool:
    """Whether a text is an address that can be asked: of http or https, without a password."""
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        )
    except ValueError:
        return False


def _climbs(address: str) -> bool:
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    return any(unquote(part) in {".", ".."} for part in path.split("/"))


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""
