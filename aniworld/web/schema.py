"""The OpenAPI document, made from what the views say of themselves (``aniworld.web.answers``).

Answers come from the return annotations, requests from serializers, errors from the classes a route
raises and from what every route of its kind can answer. With ``HTTPS_ONLY`` every route leads to
HTTPS, apart from those that are asked from inside the container.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from drf_spectacular.drainage import warn
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import exceptions, serializers
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.serializers import Serializer

from aniworld.web.answers import (
    Answer,
    Attachment,
    Description,
    NoContent,
    PlainAnswer,
    PlainView,
    description_of,
)
from aniworld.web.api import code_of, status_of
from aniworld.web.components import Components, Schema, is_made_from
from aniworld.web.errors import AppError, DatabaseUnusable
from aniworld.web.pagination import Page, Pages
from aniworld.web.permissions import said_of
from aniworld.web.rights import Right
from aniworld.web.serializers import StrictSerializer
from aniworld.web.shapes import Error
from providers.errors import ProviderError

JSON = "application/json"
# What the framework refuses, in words that hold for every route.
WORDS = {
    400: (
        "What was sent is not right, and `errors` names each field; or it was sent to a `Host` "
        "that is not ours."
    ),
    401: "No valid token or cookie came with the request.",
    403: (
        "The right of the user, or the scope of the key, is too small; or a browser's cookie came "
        "without its CSRF token, or from a page that is not one of ours."
    ),
    404: "The list has no such page.",
    406: "Nothing of what `Accept` names can be answered.",
    413: "The body is too large.",
    415: "A body of this kind is not read.",
}
ANY_OTHER = (
    "Any other error: 400 for what is no HTTP, 405 for a method this address has not, 408 for a "
    "request that comes too slowly, 413 for one that is too large, 429 where too many of one "
    "address are being answered, 500 for a fault of ours."
)
HEADERS: dict[int, Schema] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}},
    503: {"Retry-After": {"description": "Seconds, where known.", "schema": {"type": "string"}}},
}
FILE: Schema = {"type": "string", "format": "binary"}
ELSEWHERE: Schema = {
    "description": "It was asked by HTTP: ask the same by HTTPS.",
    "headers": {"Location": {"schema": {"type": "string", "format": "uri"}}},
}
# A bare Response would not say what is in it.
ANSWERS = (Answer, NoContent, PlainAnswer, Attachment)
Causes = dict[int, dict[str, str]]  # by status: the codes and what they mean


class AnswerSchema(AutoSchema):
    """Describes one operation."""

    def get_operation_id(self) -> str:
        return self._said.operation_id or super().get_operation_id()

    def get_request_serializer(self) -> type[Serializer[Any]] | None:
        return self._said.body

    def get_override_parameters(self) -> list[Any]:
        queries = [self._said.query] if self._said.query else []
        return [*queries, *self._said.headers]

    def _get_pagination_parameters(self) -> list[Schema]:
        return Pages().get_schema_operation_parameters(self.view) if self._is_paged else []

    def _is_list_view(self, serializer: Any = None) -> bool:  # noqa: ARG002 - asked for its name alone
        return self._is_paged or any(get_origin(body) is list for _, body in self._answers())

    def _map_serializer_field(
        self, field: Any, direction: Direction, bypass_extensions: bool = False
    ) -> Schema:
        if shape := getattr(field, "shape", None):
            return Components(self.registry).schema(shape)
        if told := getattr(field, "told", None):
            return dict(told)
        if word := getattr(field, "word", None):
            other = self._map_serializer_field(field.other, direction)
            return {"anyOf": [{"type": "string", "enum": [word]}, other]}
        if isinstance(field, serializers.CharField):
            return _text(field)
        schema: Schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        schema.pop("x-spec-enum-id", None)  # for a naming of enumerations that we do without
        return _bounded(field, schema)

    def _insert_field_validators(self, field: Any, schema: Schema) -> None:
        if not isinstance(field, serializers.CharField):  # of texts all is said already
            super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]

    def _map_basic_serializer(self, serializer: Any, direction: Direction) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if not vars(type(serializer)).get("__doc__"):
            schema.pop("description", None)  # or a base would speak for it
        for name, checks in getattr(serializer, "checks", {}).items():
            schema["properties"][name] = _merged(schema["properties"][name], checks)
        if isinstance(serializer, StrictSerializer):
            schema = {**schema, "additionalProperties": False, **serializer.said()}
        return schema

    def _get_request_body(self, direction: Direction = "request") -> Schema | None:
        if kind := self._said.file:
            return {"content": {kind: {"schema": FILE}}, "required": True}
        if self._said.body is None:
            return None
        schema, is_required = self._get_request_for_media_type(self._said.body, direction)  # type: ignore[no-untyped-call]
        content = {kind: {"schema": schema} for kind in self.map_parsers()}
        return {"content": content, **({"required": True} if is_required else {})}

    def _get_response_bodies(self, direction: Direction = "response") -> Schema:  # noqa: ARG002
        components = Components(self.registry)
        bodies: Schema = {}
        for status, body in self._answers():
            bodies[str(status)] = self._answer(status, body, components)
        if not bodies:
            warn(f"{self.method} {self.path} does not say what it answers.")
        if settings.HTTPS_ONLY and not isinstance(self.view, PlainView):
            bodies["301"] = ELSEWHERE
        kinds = dict.fromkeys([JSON, *self.map_renderers("media_type")])
        error = {kind: {"schema": components.schema(Error)} for kind in kinds}
        for status, codes in self._causes().items():
            bodies.setdefault(str(status), _error(status, codes, error))
        bodies["default"] = {"description": ANY_OTHER, "content": error}
        return dict(sorted(bodies.items()))

    @property
    def _said(self) -> Description:
        return description_of(getattr(self.view, self.method.lower()))

    @property
    def _is_paged(self) -> bool:
        return any(is_made_from(body, Page) for _, body in self._answers())

    @property
    def _takes_more_than_a_login(self) -> bool:
        said = said_of(type(self.view))
        if said is None:
            return True
        return not said.by_key or said.of(self.method) is not Right.VIEW

    def _answers(self) -> Iterator[tuple[int, Any]]:
        """The statuses and bodies that the method's return annotation names."""
        hint = get_type_hints(getattr(self.view, self.method.lower())).get("return")
        for answer in get_args(hint) if get_origin(hint) in (Union, UnionType) else [hint]:
            kind = get_origin(answer) or answer
            if isinstance(kind, type) and issubclass(kind, ANSWERS):
                is_file = issubclass(kind, Attachment)
                yield kind.status_code, kind if is_file else next(iter(get_args(answer)), None)

    def _causes(self) -> Causes:
        found: Causes = {}
        for kind in self._refusals():
            words = _words(kind)
            found.setdefault(status_of(kind), {}).setdefault(code_of(kind), words)
        return found

    def _refusals(self) -> Iterator[type[Exception]]:
        """The errors the route can answer: its own first, they say more."""
        if isinstance(self.view, PlainView):
            yield exceptions.ValidationError
            return
        for kind in (*self._said.raises, *getattr(self.view, "raises", ())):
            yield from _raised(kind)
        if not any(isinstance(one, AllowAny) for one in self.view.get_permissions()):
            yield exceptions.NotAuthenticated
            if self.method not in SAFE_METHODS or self._takes_more_than_a_login:
                yield exceptions.PermissionDenied
        yield exceptions.NotAcceptable
        yield DatabaseUnusable
        if self._said.file:
            yield from (exceptions.UnsupportedMediaType, RequestDataTooBig)
        yield exceptions.ValidationError  # of the Host at least
        if self._said.body:
            yield from (exceptions.UnsupportedMediaType, RequestDataTooBig)
        if self._is_paged:
            yield exceptions.NotFound

    def _answer(self, status: int, body: Any, components: Components) -> Schema:
        described: Schema = {"description": HTTPStatus(status).phrase}
        if isinstance(body, type) and issubclass(body, Attachment):
            described["content"] = {body.media_type: {"schema": FILE}}
        elif body is not None:
            schema = components.schema(body)
            kinds = self.map_renderers("media_type")
            described["content"] = {kind: {"schema": schema} for kind in kinds}
        return described


def _bounded(field: Any, schema: Schema) -> Schema:
    """With what the field refuses and drf-spectacular does not say."""
    if schema.get("type") == "array":
        most = getattr(field, "max_length", None)
        schema |= {} if getattr(field, "allow_empty", True) else {"minItems": 1}
        schema |= {} if most is None else {"maxItems": most}
    return schema


def _merged(one: Schema, other: Schema) -> Schema:
    both = {**one, **other}
    return {**both, "items": {**one["items"], **other["items"]}} if "items" in other else both


def _text(field: serializers.CharField) -> Schema:
    """A text: without NUL, and with more than spaces where those at its ends are cut off."""
    some = r"[^\x00]*"
    may_be_space = field.allow_blank or not field.trim_whitespace
    pattern = f"^{some}$" if may_be_space else rf"^{some}[^\x00\s]{some}$"
    least = max(field.min_length or 0, 0 if field.allow_blank else 1)
    return {
        "type": ["string", "null"] if field.allow_null else "string",
        "pattern": getattr(field, "pattern", "") or pattern,
        **({"minLength": least} if least else {}),
        **({"maxLength": field.max_length} if field.max_length else {}),
    }


def _error(status: int, codes: dict[str, str], content: Schema) -> Schema:
    lines = [f"* `{code}`: {words}" if words else f"* `{code}`" for code, words in codes.items()]
    headers = {"headers": HEADERS[status]} if status in HEADERS else {}
    return {"description": "\n".join(lines), **headers, "content": content}


def _raised(kind: type[Exception]) -> Iterator[type[Exception]]:
    """An error; of a base all errors below it, and itself where it has a sentence of its own, or
    one of them has its code."""
    below = kind.__subclasses__() if issubclass(kind, AppError | ProviderError) else []
    speaks = bool(vars(kind).get("texts"))
    if not below or speaks or code_of(kind) in {code_of(one) for one in below}:
        yield kind
    for one in below:
        yield from _raised(one)


def _words(kind: type[Exception]) -> str:
    """What an error means: the first paragraph of its docstring, else its one sentence."""
    if not issubclass(kind, AppError | ProviderError):
        return WORDS[status_of(kind)]
    paragraph, _, _ = (kind.__dict__.get("__doc__") or "").partition("\n\n")
    return " ".join(paragraph.split()) or kind.texts.get("", "")
