"""Every code a wrong value can have says something, and names just the facts it is given."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from string import Formatter
from typing import Any

from aniworld.config import codec
from aniworld.config.errors import ConfigInvalid
from aniworld.config.texts import FIELDS
from aniworld.rhythm.errors import RhythmUnreadable
from aniworld.web import texts
from aniworld.web.errors import FieldError
from providers.coded import WHY, text_key
from providers.errors import DefinitionInvalid

from .values import anything, document, settings, value_for

ALL = list(settings())
# Whose sentences stand beside their errors, and are held to their facts there.
ELSEWHERE = {**RhythmUnreadable.all_texts(), **DefinitionInvalid.all_texts()}
# What chance makes but seldom.
RARE = (
    (("library", "directories"), ["/a", "/a/b"]),
    (("downloads", "naming_template"), "../{season}x{episode}"),
)


def found(seed: int, rounds: int) -> Iterator[FieldError]:
    random = Random(seed)
    for one in RARE:
        yield from errors_of(document(*one))
    for _ in range(rounds):
        path, member = random.choice(ALL)
        value = random.choice([value_for(random, member), anything(random)])
        name = random.choice([*path, "colour"])
        yield from errors_of(document(path, value))
        yield from errors_of(document((*path[:-1], name), value))


def errors_of(data: dict[str, Any]) -> Iterator[FieldError]:
    try:
        codec.parse(data)
    except ConfigInvalid as error:
        yield from error.errors


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    seen = set()
    for error in found(seed=1, rounds=8000):
        key = text_key(error.code, error.params)
        template = {**FIELDS, **ELSEWHERE}[key]
        assert isinstance(template, str)
        named = {name for _, name, _, _ in Formatter().parse(template) if name}
        assert named == set(error.params) - {WHY}, key
        seen.add(key)
    # What is masked is of what is sent back: test_masking.py.
    assert (seen - set(ELSEWHERE)) | {"masked"} == set(FIELDS)


def test_of_two_folders_neither_is_said_to_have_been_first() -> None:
    (error,) = errors_of(document(("library", "directories"), ["/a/b", "/a"]))
    assert error.detail == "/a/b lies in /a: no library folder may lie in another."


def test_a_sentence_is_made_where_it_is_read() -> None:
    assert texts.text("between", {"low": 0, "high": 20}) == "Must lie between 0 and 20."
    unknown = {"why": "unknown_token", "token": "colour", "tokens": ["key", "name"]}
    assert texts.text("naming_template", unknown) == "Knows no {colour}; there are key, name."
    assert texts.text("naming_template", {"why": "no_numbers"}).startswith(
        "Must contain {season} and {episode}"
    )
