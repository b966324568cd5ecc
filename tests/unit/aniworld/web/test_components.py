"""From the type of an answer to its schema."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, NotRequired, TypedDict, TypeVar

import pytest
from drf_spectacular.plumbing import ComponentRegistry

from aniworld.web.components import Components, is_made_from
from aniworld.web.pagination import Page
from aniworld.web.shapes import Format, Moment, OneOf

Thing = TypeVar("Thing")


class Leaf(TypedDict):
    """A leaf,
    in two lines."""

    name: str


class Tree(TypedDict):
    leaves: list[Leaf]
    parent: Tree | None
    note: NotRequired[Annotated[str, "Of the gardener."]]


class Loose(TypedDict, total=False):
    name: str


class Tall(Loose):
    height: float


class Pair(TypedDict, Generic[Thing]):
    one: Thing
    others: list[Thing]
    named: dict[str, Thing]


class LeafPair(Pair[Leaf]):
    count: int


class LeafPairPage(Page[LeafPair]):
    failures: dict[str, str]


def described(hint: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a type, and the components it brought along."""
    registry = ComponentRegistry()
    schema = Components(registry).schema(hint)
    return schema, registry.build({}).get("schemas", {})


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (str, {"type": "string"}),
        (bool, {"type": "boolean"}),
        (int | None, {"type": ["integer", "null"]}),
        (datetime, {"type": "string", "format": "date-time"}),
        (Moment | None, {"type": ["string", "null"], "format": "date-time"}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (dict[str, Any], {"type": "object"}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Annotated[str, OneOf("AB")], {"type": "string", "enum": ["A", "B"]}),
        (Annotated[str, "Why."], {"type": "string", "description": "Why."}),
        (Annotated[int, Format("int64")], {"type": "integer", "format": "int64"}),
        (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (
            Literal["a"] | None,  # null is none of the words: it must stand beside them
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
        ),
    ],
)
def test_plain_types(hint: Any, schema: dict[str, Any]) -> None:
    assert described(hint) == (schema, {})


def test_a_shape_is_a_component_and_may_hold_itself() -> None:
    schema, components = described(list[Tree])
    assert schema == {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
    assert components["Leaf"]["description"] == "A leaf, in two lines."
    assert components["Tree"] == {
        "type": "object",
        "properties": {
            "leaves": {"type": "array", "items": {"$ref": "#/components/schemas/Leaf"}},
            "parent": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
            "note": {"type": "string", "description": "Of the gardener."},
        },
        "required": ["leaves", "parent"],
    }


def test_what_a_loose_shape_has_is_not_required() -> None:
    assert described(Tall)[1]["Tall"]["required"] == ["height"]


def test_a_generic_shape_is_named_after_what_it_holds() -> None:
    schema, components = described(Pair[Leaf])
    leaf = {"$ref": "#/components/schemas/Leaf"}
    assert schema == {"$ref": "#/components/schemas/LeafPair"}
    assert components["LeafPair"]["properties"] == {
        "one": leaf,
        "others": {"type": "array", "items": leaf},
        "named": {"type": "object", "additionalProperties": leaf},
    }


def test_a_shape_made_from_a_generic_one_fills_it_in() -> None:
    _, components = described(LeafPairPage)
    rows = components["LeafPairPage"]["properties"]["results"]
    assert rows == {"type": "array", "items": {"$ref": "#/components/schemas/LeafPair"}}
    assert set(components["LeafPair"]["properties"]) == {"one", "others", "named", "count"}
    assert is_made_from(LeafPairPage, Page)
    assert not is_made_from(LeafPair, Page)


def test_what_json_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be described"):
        described(set[str])


def test_two_shapes_of_one_name_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    components = Components(ComponentRegistry())
    components.schema(Pair[Leaf])
    components.schema(LeafPair)
    assert 'identical names "LeafPair"' in capsys.readouterr().err
