"""A definition as it is used, and reading it from a file.

Everything that can be wrong with it is found here, before anything is asked; a definition that has
been read never fails for its own form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from providers.base import LONGEST_DEFINITION
from providers.sites.described.changes import Change
from providers.sites.described.css import Selector
from providers.sites.described.faults import Fault, Unreadable, refusal
from providers.sites.described.paths import JsonPath
from providers.sites.described.patterns import Pattern
from providers.sites.described.structure import MOST_FAULTS, faults_of
from providers.sites.described.templates import AddressTemplate, Template

FORMAT = "aniworld-site/1"
LONGEST_WORDS = 300

Where = Selector | JsonPath


@dataclass(frozen=True, slots=True)
class Look:
    """One way to a value: where it is looked for, and what is done to it.

    ``place`` is ``row``, ``outer``, ``page``, ``before`` or ``address``; with ``value`` none, nor
    with ``parts``, which are put together.
    """

    place: str = "row"
    select: Where | None = None
    attribute: str = ""
    take: str = "text"
    value: Template | None = None
    parts: tuple[Field, ...] = ()
    every: bool = False
    changes: tuple[Change, ...] = ()
    changed: tuple[str, ...] = ()  # the same in words
    join: str | None = None
    default: str | None = None

    @property
    def words(self) -> str:
        """What it is called where it is not found."""
        if self.parts:
            return " + ".join(part.words for part in self.parts)
        told = self.select.text if self.select is not None else self.place
        told = f"{told}@{self.attribute}" if self.attribute else told
        return " → ".join((told, *self.changed))[:LONGEST_WORDS]


@dataclass(frozen=True, slots=True)
class Field:
    """What is read under one name: the first of its looks that gives a value."""

    name: str
    looks: tuple[Look, ...]
    is_required: bool = False

    @property
    def words(self) -> str:
        return ", ".join(look.words for look in self.looks)


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a row; without a pattern, that the field has a value."""

    field: Field
    pattern: Pattern | None
    is_not: bool


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for."""

    address: AddressTemplate
    method: str = "GET"
    form: Mapping[str, Template] | None = None
    json: Any = None
    headers: Mapping[str, Template] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paging:
    """How the next page is come to: by its address, or by its number."""

    next: Field | None
    begin: int
    step: int
    last: Field | None
    most: int


@dataclass(frozen=True, slots=True)
class Step:
    """One question, and how its answer is read.

    ``names`` are those that are filled in anywhere in it.
    """

    name: str
    request: Request | None
    read: str
    fields: Mapping[str, Field]
    first: tuple[Step, ...] = ()
    within: tuple[str, Field] | None = None  # how the document around it is read, and its text
    expects: Where | None = None
    rows: tuple[Where, ...] = ()
    where: tuple[Condition, ...] = ()
    paging: Paging | None = None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sign:
    """What tells that a page is not the one asked for."""

    read: str
    select: Where
    pattern: Pattern | None


@dataclass(frozen=True, slots=True)
class Edition:
    """Pages that there are once for each language."""

    value: str
    language: str


@dataclass(frozen=True, slots=True)
class Definition:
    """How one catalogue is read."""

    name: str
    description: str
    address: str
    hosts: frozenset[str]
    page: str
    key_pattern: Pattern | None
    link_pattern: Pattern | None
    slash: str
    language: str
    languages: Mapping[str, str]
    hosters: Mapping[str, str]
    editions: tuple[Edition, ...]
    season: int
    time_zone: str
    not_found: tuple[Sign, ...]
    challenge: tuple[Sign, ...]
    steps: Mapping[str, Step]
    locating: str  # link, redirect or page

    @property
    def series_path(self) -> str:
        """Where a series' page is, with ``{key}``; empty where a key is no part of an address."""
        is_plain = self.page.startswith("/") and not self.slash
        return self.page if is_plain and "{key}" in self.page else ""


def parse(text: str) -> Definition:
    """Read a definition file.

    Raises:
        DefinitionInvalid: the first fault; ``faults`` are all of them.
    """
    definition, faults = read(text)
    if definition is None:
        raise refusal(faults)
    return definition


@lru_cache(maxsize=64)
def read(text: str) -> tuple[Definition | None, tuple[Fault, ...]]:
    """A definition, or what is wrong with it."""
    from providers.sites.described.building import built  # noqa: PLC0415 - it needs this module

    data, faults = _loaded(text)
    if not faults:
        faults = faults_of(data)
    if faults:
        return None, tuple(faults)
    definition, faults = built(data)
    return (None if faults else definition), tuple(faults[:MOST_FAULTS])


def _loaded(text: str) -> tuple[Any, list[Fault]]:
    if len(text) > LONGEST_DEFINITION:
        return None, [Fault("", "long", {"most": LONGEST_DEFINITION})]
    try:
        data = json.loads(text.removeprefix("\ufeff"), parse_constant=_refused_constant)
        # What is too large for a number becomes infinite, which would be sent on as no JSON.
        told = json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except json.JSONDecodeError as error:
        return None, [Fault("", "json", {"line": error.lineno, "column": error.colno})]
    except RecursionError:
        return None, [Fault("", "deep")]
    except Unreadable as error:
        return None, [error.fault("")]
    except ValueError:  # half of a character, or a number of thousands of digits
        return None, [Fault("", "characters")]
    return data, [Fault("", "characters")] if b"\\u0000" in told else []


def _refused_constant(word: str) -> None:
    """Python reads three words as numbers that are none in JSON."""
    raise Unreadable("number", word=word)
