"""Every operation answers as the document says, and the document says nothing that is not so."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.document import Field, document, operations
from tests.unit.document.house import House
from tests.unit.document.walk import JSON, WALK

# A removed series is shown by lists alone, and an error is no answer of the walk.
ALWAYS_EMPTY = {("SeriesDetails", "deleted_at")}


@dataclass
class Walked:
    """What was seen on a walk: statuses of operations, and fields that had a value."""

    statuses: set[tuple[str, int]] = field(default_factory=set)
    fields: set[Field] = field(default_factory=set)


def test_every_operation_answers_as_described(house: House) -> None:
    """Held to the document by ``tests.conftest``; here nothing of it may go without an answer."""
    walked = Walked()
    for step in WALK:
        operation, answer = step.answer(house)
        assert answer.status_code == step.status, (step, answer.content)
        walked.statuses.add((operation.id, answer.status_code))
        if answer.streaming:
            assert b"".join(answer.streaming_content)
        elif answer.content and answer["Content-Type"].startswith(JSON):
            walked.fields |= operation.fields(answer.status_code, answer.json())
    assert sorted(_answers_described() - walked.statuses) == [], "WALK has no step for these yet"
    assert sorted(_fields_described() - walked.fields - ALWAYS_EMPTY) == [], "never had a value"


def _answers_described() -> set[tuple[str, int]]:
    """Every operation with every status it has an answer for that is no error."""
    return {
        (one.id, int(status))
        for one in operations()
        for status, said in one.responses.items()
        if status != "default" and not ("content" in said and one.is_error(said))
    }


def _fields_described() -> set[Field]:
    """The properties of every component that an answer is made of."""
    components = document()["components"]["schemas"]
    found: set[str] = set()
    wanted = {name for one in operations() for name in _named(one.responses)} - {"Error"}
    while wanted - found:
        found |= wanted
        wanted = {name for one in found for name in _named(components[one])}
    return {(name, prop) for name in found for prop in components[name]["properties"]}


def _named(part: Any) -> list[str]:
    return re.findall(r"#/components/schemas/(\w+)", json.dumps(part))
