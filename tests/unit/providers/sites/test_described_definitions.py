"""Definition files: what is refused, where it is said to stand, and that the schema agrees."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from string import Formatter
from typing import Any

import jsonschema
import pytest

from providers.base import LONGEST_DEFINITION
from providers.errors import DefinitionInvalid
from providers.sites.described.definition import parse, read
from providers.sites.described.faults import Fault
from providers.sites.described.structure import faults_of, schema
from tests.catalogues import ALL, definition

WRONG: tuple[Any, ...] = (
    None,
    True,
    7,
    -1,
    1.5,
    "",
    "x" * 5_000,
    [],
    [[]],
    {},
    {"x": {}},
    [7] * 99,
)


def whole(name: str = "cards") -> dict[str, Any]:
    made: dict[str, Any] = json.loads(definition(name, "https://site.example"))
    return made


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a definition, the whole first."""
    yield at
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from places(entry, (*at, name))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from places(entry, (*at, index))


def put(data: Any, at: tuple[str | int, ...], value: Any) -> Any:
    if not at:
        return value
    made = copy.deepcopy(data)
    inside = made
    for name in at[:-1]:
        inside = inside[name]
    inside[at[-1]] = value
    return made


def faults(data: Any) -> list[tuple[str, str]]:
    return [(fault.at, fault.why) for fault in read(json.dumps(data))[1]]


def names_just_its_facts(fault: Fault) -> bool:
    template = DefinitionInvalid.texts[fault.why]
    named = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    return set(fault.params) == named - {"at"}


@pytest.mark.parametrize("name", ALL)
def test_the_definitions_of_the_tests_are_good(name: str) -> None:
    jsonschema.validate(whole(name), schema())
    assert parse(json.dumps(whole(name))).name == whole(name)["name"]


def test_the_schema_is_one_itself() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_type_in_any_place_is_told_and_the_schema_agrees(name: str) -> None:
    data = whole(name)
    validator = jsonschema.Draft202012Validator(schema())
    for at in places(data):
        for value in WRONG:
            wrong = put(data, at, value)
            found = faults_of(wrong)
            assert bool(found) == (not validator.is_valid(wrong)), (at, value, found)
            # Whatever it is, reading it ends with a definition or with what is wrong.
            made, told = read(json.dumps(wrong))
            assert (made is None) == bool(told), (at, value)
            assert all(names_just_its_facts(fault) for fault in told), (at, value, told)
            if found:
                pointer = "".join(f"/{part}" for part in at)
                assert all(fault.at.startswith(pointer) for fault in found), (at, value, found)


@pytest.mark.parametrize("name", ALL)
def test_a_member_that_is_not_known_is_told_in_each_object(name: str) -> None:
    data = whole(name)
    validator = jsonschema.Draft202012Validator(schema())
    for at in places(data):
        wrong = put(data, (*at, "x-odd"), 1) if isinstance(_at(data, at), dict) else data
        assert bool(faults_of(wrong)) == (not validator.is_valid(wrong)), at


def _at(data: Any, at: tuple[str | int, ...]) -> Any:
    for name in at:
        data = data[name]
    return data


@pytest.mark.parametrize(
    ("at", "value", "told"),
    [
        (("address",), "file:///etc/passwd", ("/address", "address")),
        (("address",), "https://user:secret@site.example", ("/address", "address")),
        (("address",), "javascript:alert(1)", ("/address", "address")),
        (("steps", "search", "request", "address"), "file:///x", None),
        (("steps", "search", "request", "address"), "//elsewhere.example/{query}", None),
        (("steps", "search", "request", "address"), "https://{query}.example/", None),
        (("steps", "search", "request", "address"), "/a b", None),
        (("steps", "search", "rows"), "a:has(b)", ("/steps/search/rows", "selector")),
        (("steps", "search", "rows"), "a >", ("/steps/search/rows", "selector")),
        (("steps", "search", "rows"), "p " * 40, ("/steps/search/rows", "many")),
        (("steps", "episodes", "rows"), "a..b", ("/steps/episodes/rows", "path")),
        (("steps", "episodes", "rows"), "a[b]", ("/steps/episodes/rows", "path")),
        (("keys", "link"), "(", ("/keys/link", "pattern")),
        (("keys", "link"), r"(?=x)", ("/keys/link", "pattern")),
        (("keys", "link"), r"(a{900}){900}", ("/keys/link", "pattern")),
        (("keys", "link"), r"(a|b){400}c", ("/keys/link", "pattern_large")),
        (("time_zone",), "Mars/Olympus", ("/time_zone", "zone")),
        (("page",), "/t/{id}", ("/page", "placeholder")),
        (("hosts",), ["UPPER.example"], ("/hosts/0", "form")),
    ],
)
def test_what_a_schema_cannot_say_is_told_by_its_place(
    at: tuple[str | int, ...], value: Any, told: tuple[str, str] | None
) -> None:
    told = told or ("".join(f"/{part}" for part in at), "address")
    assert told in faults(put(whole(), at, value))
    assert all(map(names_just_its_facts, read(json.dumps(put(whole(), at, value)))[1]))


def test_what_steps_need_of_each_other() -> None:
    data = whole()
    del data["keys"], data["steps"]["search"]["request"], data["steps"]["episodes"]
    assert set(faults(data)) >= {
        ("/keys", "missing"),
        ("/steps/search", "missing"),
        ("/steps", "needs"),
    }
    data = whole()
    data["steps"]["search"]["request"] |= {"form": {}, "json": {}, "method": "GET"}
    data["steps"]["search"]["paging"] = {"next": "a", "from": 1}
    assert ("/steps/search/request", "one_body") in faults(data)
    assert ("/steps/search/paging", "one_of") in faults(data)
    assert ("/steps/search/paging", "no_page_number") in faults(data)
    data = whole()
    data["steps"]["series"]["fields"]["year"] = {
        "then": [{"split": ",", "date": "%Y"}, {"date": "%Q"}]
    }
    assert ("/steps/series/fields/year/then/0", "one_of") in faults(data)
    assert ("/steps/series/fields/year/then/1", "date") in faults(data)


@pytest.mark.parametrize("value", ["a\r\nX-Odd: 1", "ü", "\0"])
def test_a_header_has_one_line_of_ascii(value: str) -> None:
    data = whole()
    data["steps"]["search"]["request"]["headers"] = {"Referer": value}
    assert faults(data) in (
        [("/steps/search/request/headers/Referer", "header")],
        [("", "characters")],
    )
    data["steps"]["search"]["request"]["headers"] = {"Cookie": "a=b", "Host": "x"}
    assert {why for _at, why in faults(data)} == {"unknown"}


def test_no_file_is_too_odd_to_be_told_of() -> None:
    deep = '{"a":' * 50_000 + "1" + "}" * 50_000
    many = {"format": "aniworld-site/1", "steps": {f"s{n}": {} for n in range(10_000)}}
    fields = whole()
    fields["steps"]["series"]["fields"] = {f"f{n}": "a" for n in range(3_000)}
    posted = whole()
    inner: Any = "x"
    for _ in range(300):
        inner = [inner]
    posted["steps"]["search"]["request"]["json"] = {"a": inner}
    assert read(deep[:LONGEST_DEFINITION])[1][0].why in {"json", "deep"}
    assert read("[" * 60_000)[1][0].why in {"json", "deep"}
    assert read('{"a":' * 5_000 + "1" + "}" * 5_000)[1][0].why == "deep"
    assert read(json.dumps(many))[1][0].why == "long"
    assert len(read(json.dumps(fields))[1]) == 50
    assert [fault.why for fault in read(json.dumps(posted))[1]] == ["deep"]
    assert read("nonsense")[1][0] == ("", "json", {"line": 1, "column": 1})
    assert read('"\\ud800"')[1][0].why == "characters"
    assert read("9" * 5_000)[1][0].why == "characters"
    assert read('{"a": 1e999}')[1][0].why == "characters"
    for word in ("NaN", "Infinity", "-Infinity"):
        assert read(f'{{"a": [{word}]}}')[1] == (("", "number", {"word": word}),)
    for text in ("[]", "null", "7", '"x"'):
        assert read(text)[1][0].why == "type"


def test_an_error_has_the_first_fault_and_all_of_them() -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        parse('{"format": "aniworld-site/1"}')
    assert str(refused.value) == "#: “name” is missing."
    assert [fault.params["name"] for fault in refused.value.faults] == ["name", "address", "steps"]
