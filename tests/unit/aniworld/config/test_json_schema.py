"""The JSON Schema says the same as reading the file does."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import jsonschema
import pytest
from django.utils import translation

from aniworld.config import codec
from aniworld.config.description import explained
from aniworld.config.errors import ConfigInvalid
from aniworld.config.json_schema import json_schema
from aniworld.config.schema import Config
from aniworld.web.errors import FieldError

from .values import NAMES, Path, anything, document, settings, value_for

SEEDS = range(10)
ROUNDS = 700
SETTINGS = list(settings())


def _pattern(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> Iterator[jsonschema.ValidationError]:
    """In JSON Schema ``$`` is the very end; in Python a line break may follow."""
    if isinstance(instance, str) and not re.search(pattern.removesuffix("$") + r"\Z", instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _pattern})


def part(path: Path) -> dict[str, Any]:
    """What the schema says of one setting."""
    found: Any = json_schema()
    for name in path:
        is_named = name in NAMES.values()
        found = found["additionalProperties" if is_named else "properties"]
        found = found if is_named else found[name]
    return dict(found)


def errors_of(data: Any) -> tuple[FieldError, ...]:
    try:
        codec.parse(data)
    except ConfigInvalid as error:
        return error.errors
    return ()


def is_beyond(error: FieldError, value: Any) -> bool:
    """Whether JSON Schema cannot know this: see the module ``json_schema``."""
    if error.code == "listed_twice":
        return len(set(value)) == len(value)  # one folder in two spellings
    if error.code in ("not_a_web_address", "not_a_site_address"):
        text = value if isinstance(value, str) else value[int(error.field.rpartition(".")[2])]
        return bool(re.search(r":(0|65536|80)|\[", text))
    if error.code == "definition_invalid":  # it has a schema of its own
        return bool(error.params["why"] != "long")
    return error.code in {"inside_another", "naming_template", "rhythm"}


def test_it_is_a_json_schema_and_the_defaults_are_valid() -> None:
    schema = json_schema()

    jsonschema.Draft202012Validator.check_schema(schema)
    Validator(schema).validate({"schema": 1} | codec.plain(Config()))
    assert not Validator(schema).is_valid({"schema": 2})
    assert not Validator(schema).is_valid({"colour": {}})
    assert not Validator(schema).is_valid({"library": {"colour": 1}})


@pytest.mark.parametrize(("path", "member"), SETTINGS, ids=[".".join(p) for p, _ in SETTINGS])
def test_every_setting_is_described(path: Path, member: Any) -> None:
    said = part(path)

    assert said["title"] == member.setting.label
    assert said["description"] == explained(member.setting)
    assert said["default"] == codec.plain(member.default)
    assert said.get("readOnly", False) is (path == ("version",))
    if said["type"] in {"integer", "number"}:
        assert said["minimum"] <= said["default"] <= said["maximum"]


def test_words_come_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aniworld.config.json_schema.gettext", str.upper)
    with translation.override("en"):
        assert part(("library", "directories"))["title"] == "LIBRARY FOLDERS"


@pytest.mark.parametrize("seed", SEEDS)
def test_both_take_and_refuse_the_same_values(seed: int) -> None:
    random = Random(seed)
    validators = {path: Validator(part(path)) for path, _ in SETTINGS}
    seen: Counter[tuple[Path, bool]] = Counter()
    for _ in range(ROUNDS):
        path, member = random.choice(SETTINGS)
        value = value_for(random, member)
        errors = errors_of(document(path, value))
        allowed = validators[path].is_valid(value)
        seen[path, allowed] += 1
        if errors and allowed:
            assert all(is_beyond(error, value) for error in errors), (path, value, errors)
        else:
            assert allowed is not bool(errors), (path, value, errors)
    assert len(seen) > 1.8 * len(SETTINGS)  # nearly every setting was both taken and refused


@pytest.mark.parametrize("seed", SEEDS)
def test_every_wrong_value_of_a_file_is_named(seed: int) -> None:
    """As each is named alone; what is taken can be written and read again."""
    random = Random(seed)
    for _ in range(ROUNDS // 10):
        chosen = [(path, value_for(random, member)) for path, member in SETTINGS if len(path) < 4]
        data: dict[str, Any] = {}
        for path, value in chosen:
            merge(data, document(path, value))
        alone = [error for path, value in chosen for error in errors_of(document(path, value))]
        assert {error.field for error in errors_of(data)} == {error.field for error in alone}
        good: dict[str, Any] = {}
        for path, value in chosen:
            if not errors_of(document(path, value)):
                merge(good, document(path, value))
        config = codec.parse(good)
        written = json.dumps(codec.plain(config), ensure_ascii=False).encode()
        assert codec.parse(json.loads(written)) == config


@pytest.mark.parametrize("seed", SEEDS)
def test_no_json_breaks_the_reading(seed: int) -> None:
    random = Random(seed)
    for _ in range(ROUNDS):
        errors = errors_of(anything(random, depth=5))
        assert all(error.code and error.detail != error.code for error in errors), errors


def merge(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in other.items():
        if isinstance(one.get(name), dict) and isinstance(value, dict):
            merge(one[name], value)
        else:
            one[name] = value
