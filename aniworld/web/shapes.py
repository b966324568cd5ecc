"""What the types of answers say beside their Python type.

The shape of an answer is a TypedDict: its functions are held to it by mypy, and the OpenAPI
document is made from it (``aniworld.web.components``). What JSON knows and Python's types do not
stands in an ``Annotated``: a text describes the field, the rest is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict


@dataclass(frozen=True, slots=True)
class Format:
    """How a text is written, in the words of JSON Schema."""

    name: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of numbers, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AtMost:
    """Of the entries of a list."""

    entries: int


@dataclass(frozen=True, slots=True)
class Described:
    """What data of ours say of an object: its JSON Schema, made when the document is."""

    schema: Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Closed:
    """A shape that is read: it may have no other fields."""


class OneOf(tuple[str, ...]):
    """The words of an enumeration: ``Annotated[str, OneOf(Status)]``."""

    __slots__ = ()

    def __new__(cls, values: Iterable[str]) -> OneOf:
        return super().__new__(cls, map(str, values))


Moment = Annotated[str, Format("date-time")]
Uri = Annotated[str, Format("uri")]


class FieldFault(TypedDict):
    """What is wrong with one field."""

    field: Annotated[str, "With dots where it lies deeper: `episodes.0.season`."]
    code: str
    params: dict[str, Any]
    detail: str


class Error(TypedDict):
    """What every error answers."""

    code: Annotated[str, "Stable; for programs."]
    params: Annotated[dict[str, Any], "The facts of `detail`."]
    detail: Annotated[str, "For people."]
    errors: Annotated[list[FieldFault], "The fields that must be mended; empty for other errors."]
