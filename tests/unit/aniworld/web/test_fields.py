"""A body is read as the JSON it is, and its schema says the same."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rest_framework.exceptions import ValidationError

from aniworld.web import fields
from tests.document import document

KINDS: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "text": (fields.Text(), ["a", "7"], [7, True, 1.5, None, [], {}]),
    "pattern": (fields.Text(pattern="^[a-z]+$"), ["abc"], ["7", "aB", "a b"]),
    "flag": (fields.Flag(), [True, False], ["true", "on", 1, 0, "null", None, []]),
    "whole": (fields.WholeNumber(), [0, -3, 3.0, 10**30], ["3", True, 3.5, None, []]),
    "number": (fields.Number(), [0, 1.5], ["1.5", True, None]),
    "id": (
        fields.IdField(),
        ["7", 7, 7.0, "007", 10**18 - 1],
        [-1, "-1", "", "²", "٣", " 7", "7\n", "1.0", True, 1.5, 10**18, "9" * 5000],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_type_that_is_named_is_read(kind: str) -> None:
    field, good, bad = KINDS[kind]
    for value in good:
        field.run_validation(value)
    for value in bad:
        with pytest.raises(ValidationError):
            field.run_validation(value)


@pytest.mark.parametrize(
    ("component", "good", "bad"),
    [
        ("PatchedChange", {"folder": "Show (2013)"}, {"folder": "a\u202eb"}),
        ("PatchedChange", {"folder": "a\\\\b"}, {"folder": "a/b"}),
        ("PatchedChange", {"folder": "a"}, {"folder": " .. "}),
        (
            "PatchedChange",
            {"preferences": {"hosters": ["voe"]}},
            {"preferences": {"hosters": ["x"]}},
        ),
        ("PatchedChange", {}, {"misspelt": 1}),
        ("AddSeries", {"site": "a", "key": "k"}, {"site": "a", "key": "k", "link": "l"}),
        ("AddSeries", {"site": "a", "link": "l"}, {"site": "a"}),
        ("AddSeries", {"site": "a", "key": "k"}, {"site": "a", "key": "k y"}),
        ("ItemIds", {"item_ids": ["1", 2]}, {"item_ids": []}),
        ("ItemIds", {"item_ids": ["1"]}, {"item_ids": ["x"]}),
        ("PatchedProviderChange", {"base_url": ""}, {"base_url": "ftp://x"}),
        ("PatchedProviderChange", {"position": 0}, {"position": -1}),
        ("Search", {"query": " a "}, {"query": "  "}),
        ("PatchedProviderChange", {"base_url": "http://[fe80::1]:80/"}, {"base_url": "http://[E]"}),
        ("PatchedProviderChange", {"mirrors": ["http://a:1"]}, {"mirrors": ["http://a:65536"]}),
        ("Rescan", {"series": None}, {"series": ""}),
        ("Search", {"query": "a"}, {"query": "a\x00"}),
        ("Search", {"query": "a" * 200}, {"query": "a" * 201}),
        ("Login", {"password": " "}, {"password": ""}),
        (
            "PatchedChange",
            {"preferences": {"languages": ["German Dub"]}},
            {"preferences": {"languages": [7]}},
        ),
        (
            "Setup",
            {"master_password": "a lantern", "providers": ["a"] * 100},
            {"master_password": "a lantern", "providers": ["a"] * 101},
        ),
        ("Mapping", {"mapping": []}, {"mapping": [{"library_first": 1}]}),
        ("Download", {"episodes": "missing"}, {"episodes": "all"}),
        ("Download", {"episodes": [{"season": 1, "episode": 1}]}, {"episodes": []}),
    ],
)
def test_the_document_says_what_a_body_may_hold(component: str, good: Any, bad: Any) -> None:
    said = document()["components"]
    validator = Draft202012Validator(
        {"$ref": f"#/components/schemas/{component}", "components": said}
    )
    assert validator.is_valid(good)
    assert not validator.is_valid(bad)


def test_the_document_says_how_many_episodes_may_be_wanted_at_once() -> None:
    wanted = document()["components"]["schemas"]["Download"]["properties"]["episodes"]["anyOf"][1]
    assert (wanted["minItems"], wanted["maxItems"]) == (1, 10_000)
