"""The OpenAPI document, and holding answers to it.

An answer must have every field that the document names and no other, with the types it names; its
status must stand there, and an error's code too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

Schema = dict[str, Any]
Field = tuple[str, str]  # a component and one of its properties

# Of these no operation can speak: the address has no such method, or we are at fault.
LEFT_TO_DEFAULT = {405, 500}
_formats = FormatChecker(())


@_formats.checks("date-time", raises=ValueError)
def _is_utc(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    return datetime.fromisoformat(value).tzinfo is not None and value.endswith("Z")


@dataclass(frozen=True)
class Operation:
    """What the document says of one method of one address."""

    method: str
    path: str
    said: Schema
    components: Schema

    @property
    def id(self) -> str:
        return str(self.said["operationId"])

    @property
    def responses(self) -> Schema:
        return dict(self.said["responses"])

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"{\w+}", "[^/]+", self.path.rstrip("/")) + "/?")

    def problems(self, status: int, body: Any) -> list[str]:
        """What an answer has that the document does not say, or the other way round."""
        said = self.responses.get(str(status))
        if said is None and status not in LEFT_TO_DEFAULT:
            return [f"status {status} is not described"]
        said = said or self.responses["default"]
        if "content" not in said:
            return [] if body is None else ["a body that is not described"]
        found = _problems(self.schema(said), self.components, body)
        if not found and self.is_error(said) and status not in LEFT_TO_DEFAULT:
            is_told = f"`{body['code']}`" in said["description"]
            found += [] if is_told else [f"code {body['code']} is not described for {status}"]
        return found

    def is_error(self, said: Schema) -> bool:
        return bool(self.schema(said) == {"$ref": "#/components/schemas/Error"})

    def schema(self, said: Schema) -> Schema:
        return dict(next(iter(said["content"].values()))["schema"])

    def fields(self, status: int, body: Any) -> set[Field]:
        """The properties of components that have a value somewhere in an answer."""
        said = self.responses[str(status)]
        return set(self._fields(self.schema(said), body)) if "content" in said else set()

    def _fields(self, schema: Schema, value: Any) -> Iterator[Field]:
        for one in (schema, *schema.get("anyOf", ())):
            if "$ref" in one and isinstance(value, dict):
                yield from self._of_component(one["$ref"].rpartition("/")[2], value)
        if isinstance(value, list):
            for entry in value:
                yield from self._fields(schema.get("items", {}), entry)
        if isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
            for entry in value.values():
                yield from self._fields(schema["additionalProperties"], entry)

    def _of_component(self, name: str, value: dict[str, Any]) -> Iterator[Field]:
        for field, schema in self.components[name]["properties"].items():
            # An empty object says all there is to say where nothing is said of what it holds.
            nothing: tuple[Any, ...] = (
                (None, [], {}) if "additionalProperties" in schema else (None, [])
            )
            if value.get(field) not in nothing:
                yield name, field
                yield from self._fields(schema, value[field])


@cache
def document() -> Schema:
    """The document of the whole product."""
    generator = SchemaGenerator(urlconf="aniworld.urls")  # type: ignore[no-untyped-call]
    found = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return dict(json.loads(json.dumps(found)))


@cache
def operations() -> list[Operation]:
    components = _closed(document()["components"]["schemas"])
    return [
        Operation(method.upper(), path, said, components)
        for path, methods in document()["paths"].items()
        for method, said in methods.items()
    ]


def _closed(schema: Any) -> Any:
    """The same schemas with no room for a field they do not name."""
    if isinstance(schema, list):
        return [_closed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(value) for name, value in schema.items()}
    is_shape = schema.get("type") == "object" and "properties" in schema
    return {**closed, "additionalProperties": False} if is_shape else closed


def _problems(schema: Schema, components: Schema, body: Any) -> list[str]:
    root = {**schema, "components": {"schemas": components}}
    errors = Draft202012Validator(root, format_checker=_formats).iter_errors(body)
    return [f"{error.json_path}: {error.message}" for error in errors]


def errors_of(component: str, body: Any) -> list[str]:
    """What keeps a body from being one of these."""
    return _problems(
        {"$ref": f"#/components/schemas/{component}"}, operations()[0].components, body
    )


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that serves an address. Plain words come before what stands for any word."""
    path = re.sub(r"^/api/anime", "/api/v1/anime", path)
    fitting = [one for one in operations() if one.method == method and one.pattern.fullmatch(path)]
    return min(fitting, key=lambda one: len(one.parameters), default=None)


def problems(method: str, path: str, status: int, content_type: str, content: bytes) -> list[str]:
    """What is wrong with an answer; nothing where it is a page, or no address of the document."""
    operation = operation_of(method, path)
    is_json = content_type.startswith("application/json")
    if operation is None or (content and not is_json):
        return []
    return operation.problems(status, json.loads(content) if content else None)
