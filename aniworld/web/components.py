"""JSON Schema out of the types of answers: how a TypedDict becomes a component of the document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from aniworld.web.shapes import AtMost, Bounds, Closed, Described, Format, OneOf

Schema = dict[str, Any]
Filled = Mapping[Any, Any]

_BASIC: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    NoneType: {"type": "null"},
    Any: {},
    object: {},
}


class Components:
    """The named shapes of one document.

    A TypedDict stands in it once, under its own name; two that share a name are refused with a
    warning, which fails the test of the document.
    """

    def __init__(self, registry: ComponentRegistry) -> None:
        self._registry = registry

    def schema(self, hint: Any) -> Schema:
        """The schema of a type; of a TypedDict, a reference to its component.

        Raises:
            TypeError: JSON has nothing for this type.
        """
        origin = get_origin(hint) or hint
        if is_typeddict(origin):
            return self._component(hint)
        if origin is Annotated:
            return self._noted(hint)
        if origin in (Union, UnionType):
            return self._any_of(get_args(hint))
        if origin in (list, dict, Literal):
            return self._container(origin, get_args(hint))
        if hint in _BASIC:
            return dict(_BASIC[hint])
        raise TypeError(f"{hint!r} cannot be described in JSON Schema.")

    def _component(self, shape: Any) -> Schema:
        component = ResolvedComponent(_name(shape), ResolvedComponent.SCHEMA, object=shape)  # type: ignore[no-untyped-call]
        if component not in self._registry:
            self._registry.register(component)  # before its fields: a shape may hold itself
            component.schema = self._object(shape)
        return dict(component.ref)

    def _object(self, shape: Any) -> Schema:
        found = fields(shape)
        words = (get_origin(shape) or shape).__dict__.get("__doc__")
        return {
            "type": "object",
            **({"description": _unwrapped(words)} if words else {}),
            "properties": {name: self.schema(hint) for name, (hint, _) in found.items()},
            "required": [name for name, (_, is_required) in found.items() if is_required],
        }

    def _noted(self, hint: Any) -> Schema:
        plain, *notes = get_args(hint)
        schema = self._object(plain) if Closed() in notes else self.schema(plain)
        for note in notes:
            said = note.schema() if isinstance(note, Described) else _said(note)
            schema = {**schema, **said}
        return schema

    def _any_of(self, hints: tuple[Any, ...]) -> Schema:
        schemas = [self.schema(hint) for hint in hints]
        first, *others = schemas
        if others == [_BASIC[NoneType]] and "type" in first and "enum" not in first:
            return {**first, "type": [first["type"], "null"]}
        return {"anyOf": schemas}

    def _container(self, origin: Any, arguments: tuple[Any, ...]) -> Schema:
        if origin is list:
            return {"type": "array", "items": self.schema(arguments[0])}
        if origin is dict:
            values = self.schema(arguments[1])
            return {"type": "object", **({"additionalProperties": values} if values else {})}
        return {**_BASIC[type(arguments[0])], "enum": list(arguments)}


def _said(note: Any) -> Schema:
    """What a note of an ``Annotated`` says in JSON Schema."""
    if isinstance(note, str):
        return {"description": note}
    if isinstance(note, OneOf):
        return {"enum": list(note)}
    if isinstance(note, Format):
        return {"format": note.name}
    if isinstance(note, Bounds):
        return {"minimum": note.low, "maximum": note.high}
    if isinstance(note, AtMost):
        return {"maxItems": note.entries}
    return {"additionalProperties": False} if note == Closed() else {}


def fields(shape: Any) -> dict[str, tuple[Any, bool]]:
    """The fields of a TypedDict with their types, and whether they are always there."""
    plain = get_origin(shape) or shape
    filled = _filled(shape)
    found = {}
    for name, hint in get_type_hints(plain, include_extras=True).items():
        is_marked = get_origin(hint) is NotRequired
        # Of annotations that are texts the class knows no marker, so that both must be asked.
        is_required = name in plain.__required_keys__ and not is_marked
        found[name] = (_fill(get_args(hint)[0] if is_marked else hint, filled), is_required)
    return found


def is_made_from(shape: Any, base: Any) -> bool:
    """Whether a TypedDict is another one, or has its fields from it."""
    plain = get_origin(shape) or shape
    bases = getattr(plain, "__orig_bases__", ())
    return plain is base or any(is_made_from(one, base) for one in bases)


def _name(shape: Any) -> str:
    """``Page[QueueItem]`` is a ``QueueItemPage``."""
    own = str((get_origin(shape) or shape).__name__)
    return "".join(argument.__name__ for argument in get_args(shape)) + own


def _filled(shape: Any) -> dict[Any, Any]:
    """What stands for the type variables of a shape and of those it is made from."""
    plain = get_origin(shape) or shape
    filled = dict(zip(getattr(plain, "__parameters__", ()), get_args(shape), strict=True))
    for base in getattr(plain, "__orig_bases__", ()):
        if is_typeddict(get_origin(base)):
            filled |= {name: _fill(hint, filled) for name, hint in _filled(base).items()}
    return filled


def _fill(hint: Any, filled: Filled) -> Any:
    if isinstance(hint, TypeVar):
        return filled[hint]
    wanted = getattr(hint, "__parameters__", ())
    return hint[tuple(filled[one] for one in wanted)] if wanted else hint


def _unwrapped(words: str) -> str:
    return " ".join(words.split())
