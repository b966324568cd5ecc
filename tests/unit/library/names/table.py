"""Reads the tables of names beside this file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
_NUMBERS = re.compile(
    r"(?:S(?P<season>\d+))?(?:E(?P<episodes>[\d,-]+))?(?:A(?P<absolute>[\d,-]+))?"
)


@dataclass(frozen=True)
class Expected:
    """One line of names.tsv."""

    name: str
    season: int | None
    episodes: tuple[int, ...]
    absolute: tuple[int, ...]
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def special(self) -> bool:
        return self.season == 0


def names() -> list[Expected]:
    """Every line of names.tsv."""
    return [_expected(line) for line in _lines("names.tsv")]


def nothing() -> list[str]:
    """Every line of nothing.txt: names in which no number is to be read."""
    return _lines("nothing.txt")


def _lines(file: str) -> list[str]:
    text = (HERE / file).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line.strip() and not line.startswith("# ")]


def _expected(line: str) -> Expected:
    name, numbers, *facts = line.split("\t")
    match = _NUMBERS.fullmatch(numbers)
    if not match:
        raise ValueError(f"not a number column: {line!r}")
    pairs = dict(fact.split("=", 1) for fact in facts[0].split("|")) if facts else {}
    season = match["season"]
    return Expected(
        name,
        int(season) if season else None,
        _numbers(match["episodes"]),
        _numbers(match["absolute"]),
        pairs,
    )


def _numbers(text: str | None) -> tuple[int, ...]:
    if not text:
        return ()
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return tuple(found)
