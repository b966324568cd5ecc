"""The reader against the table of names: one test a line, so that a broken form is named."""

from __future__ import annotations

import pytest

from library.names import read
from tests.unit.library.names.table import Expected, names, nothing

NAMES = names()
NOTHING = nothing()


def test_the_table_is_as_large_as_promised() -> None:
    assert len({case.name for case in NAMES}) >= 600
    assert len(set(NOTHING)) >= 100


@pytest.mark.parametrize("case", NAMES, ids=lambda case: case.name)
def test_numbers_and_facts(case: Expected) -> None:
    reading = read(case.name)
    assert (reading.season, reading.episodes, reading.absolute) == (
        case.season,
        case.episodes,
        case.absolute,
    )
    assert reading.special == case.special
    got = {
        "t": reading.title,
        "y": reading.year,
        "g": reading.group,
        "v": reading.version,
        "l": reading.language,
    }
    for fact, value in case.facts.items():
        assert str("" if got[fact] is None else got[fact]) == value, fact


@pytest.mark.parametrize("case", NAMES, ids=lambda case: case.name)
def test_what_was_read_names_its_rule_and_what_was_not_its_reason(case: Expected) -> None:
    reading = read(case.name)
    if case.episodes or case.absolute:
        assert reading.rule
        assert not reading.problem
    else:
        assert reading.problem


@pytest.mark.parametrize("name", NOTHING)
def test_garbage_yields_nothing_and_says_why(name: str) -> None:
    reading = read(name)
    assert reading.episodes == ()
    assert reading.absolute == ()
    assert reading.problem
