"""What a definition does to a value before it is used, one change after the other.

A value is a text. A change makes none of it, one or several: what does not fit is dropped.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import unquote

from providers.sites.described.budget import CHARACTERS, Budget
from providers.sites.described.css import Selector
from providers.sites.described.faults import Unreadable
from providers.sites.described.paths import JsonNode, JsonPath
from providers.sites.described.patterns import Pattern
from providers.sites.described.templates import Template

LONGEST = 1_000_000  # characters of a value
_DIRECTIVE = re.compile(r"%(.)")
_DIRECTIVES = frozenset("dmYyHMSBbp%")
MOST_BRACKETS = 200_000  # of JSON: each is an object of its own
MOST_ENTRIES = 1_000_000


class Change(Protocol):
    """One change of a value."""

    def applied(self, value: str, budget: Budget) -> Iterable[str]: ...


@dataclass(frozen=True, slots=True)
class Picked:
    """What a pattern finds in it."""

    pattern: Pattern

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        found = self.pattern.found(value, budget)
        return () if found is None else (found,)


@dataclass(frozen=True, slots=True)
class Replaced:
    """Something else in the place of what a pattern finds in it."""

    pattern: Pattern
    by: str

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        return (self.pattern.replaced(value, self.by, budget),)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a table says of it; the table knows no case."""

    table: Mapping[str, str]
    keeps_others: bool

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        budget.spend(1 + len(value) // 100)
        told = self.table.get(value.strip().casefold())
        if told is None and self.keeps_others:
            return (value,)
        return () if told is None else (told,)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What it says undone: ``base64`` (of addresses too), ``html`` or ``percent``."""

    how: str

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        budget.spend(1 + len(value) // 50)
        if self.how == "html":
            return (html.unescape(value),)
        if self.how == "percent":
            return (unquote(value),)
        plain = "".join(value.split()).replace("-", "+").replace("_", "/").rstrip("=")
        try:
            told = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except (binascii.Error, ValueError):
            return ()
        return (told.decode("utf-8", "replace"),)


@dataclass(frozen=True, slots=True)
class FromJson:
    """The values that a path leads to in it."""

    path: JsonPath

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        read = parsed_json(value, budget)
        if read is None:
            return ()
        return [told for node in self.path.select(read, budget) for told in texts_of(node.value)]


@dataclass(frozen=True, slots=True)
class FromHtml:
    """The text, or an attribute, of the elements that a selector finds in it."""

    selector: Selector
    attribute: str

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        # Definitions are read where no page is, by every process: not for the sake of a parser.
        from providers.sites.described.html import HtmlDocument  # noqa: PLC0415 - see above

        budget.spend(100)
        page = HtmlDocument(value, url="", budget=budget)
        for at in self.selector.select(page, 0, budget):
            told = page.attribute(at, self.attribute) if self.attribute else page.text_of(at)
            if told is not None:
                yield told


@dataclass(frozen=True, slots=True)
class Split:
    """Its parts."""

    by: str

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        parts = value.split(self.by, 1_000)
        budget.spend(len(parts))
        return parts


@dataclass(frozen=True, slots=True)
class Templated:
    """A text with it inside."""

    template: Template

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        told = self.template.filled({"value": value})
        budget.spend(1 + len(told) // CHARACTERS)
        return (told,)


@dataclass(frozen=True, slots=True)
class Dated:
    """The day, or the moment, that it names in a form of ``strptime``; in the form of ISO 8601."""

    form: str

    def applied(self, value: str, budget: Budget) -> Iterable[str]:
        budget.spend(5)
        try:
            read = datetime.strptime(value.strip()[:100], self.form)
        except (ValueError, OverflowError):
            return ()
        return (read.isoformat(),)


_MEMBERS = ("pattern", "replace", "map", "decode", "json", "html", "split", "template", "date")


def change_of(said: Mapping[str, Any]) -> Change:
    """Read one change of a definition. Raises ``Unreadable``."""
    named = [name for name in _MEMBERS if name in said]
    if len(named) != 1:
        raise Unreadable("one_of", known=list(_MEMBERS))
    name, value = named[0], said[named[0]]
    strange = set(said) - {name} - _BESIDE.get(name, frozenset())
    if strange:
        raise Unreadable("unknown", name=min(strange), known=sorted({name, *_BESIDE.get(name, ())}))
    match name:
        case "pattern":
            return Picked(Pattern(value))
        case "replace":
            return Replaced(Pattern(value), said.get("with", ""))
        case "map":
            table = {word.strip().casefold(): told for word, told in value.items()}
            return Mapped(table, said.get("others", "keep") == "keep")
        case _:
            return _simple_change(name, value, said)


def _simple_change(name: str, value: str, said: Mapping[str, Any]) -> Change:
    match name:
        case "decode":
            return Decoded(value)
        case "json":
            return FromJson(JsonPath(value))
        case "html":
            return FromHtml(Selector(value), said.get("attribute", ""))
        case "split":
            return Split(value)
        case "template":
            return Templated(Template(value, {"value"}))
        case _:
            return Dated(_date_form(value))


_BESIDE = {
    "replace": frozenset({"with"}),
    "map": frozenset({"others"}),
    "html": frozenset({"attribute"}),
}


def _date_form(form: str) -> str:
    directives = _DIRECTIVE.findall(form)
    once = len(set(directives)) == len(directives)
    if not once or not directives or not set(directives) <= _DIRECTIVES or form.endswith("%"):
        raise Unreadable("date", known=sorted(f"%{name}" for name in _DIRECTIVES - {"%"}))
    return form


def parsed_json(text: str, budget: Budget) -> JsonNode | None:
    """JSON that has been read; None of what is none, or is larger than any real answer."""
    brackets = text.count("[") + text.count("{")
    if brackets > MOST_BRACKETS or text.count(",") > MOST_ENTRIES:
        return None
    budget.spend(brackets + len(text) // 100)
    try:
        return JsonNode(json.loads(text))
    except (ValueError, RecursionError):
        return None


def texts_of(value: Any) -> list[str]:
    """A value of JSON as texts: of a list of plain values each; none of what is null."""
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return [text for one in value for text in texts_of(one)]
    if value is None:
        return []
    if isinstance(value, str):
        return [value[:LONGEST]]
    return [json.dumps(value, ensure_ascii=False)[:LONGEST]]
