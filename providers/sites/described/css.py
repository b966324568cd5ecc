"""Selectors of definitions: the part of CSS whose matching takes linear time, and its grammar.

A general matcher goes from an element to its ancestors and back for each combinator: ``a b c d e``
on a deep page takes as many steps as there are ways to choose five of its levels. Here each element
is looked at once, and keeps which beginnings of the selector it ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from providers.sites.described.faults import Unreadable

if TYPE_CHECKING:
    from providers.sites.described.budget import Budget
    from providers.sites.described.html import HtmlDocument

LONGEST = 300  # characters
MOST_PARTS = 12  # elements named in one selector, between its combinators
MOST_CHOICES = 10  # selectors with commas between them

Test = Callable[["HtmlDocument", int], bool]

_NAME = r"-?(?:[A-Za-z_\u0080-\uffff]|\\[^\n0-9A-Fa-f])(?:[\w\u0080-\uffff-]|\\[^\n0-9A-Fa-f])*"
_STRING = r'"[^"\\\n]*"|' + r"'[^'\\\n]*'"
_PIECE = re.compile(
    rf"(?P<tag>\*|{_NAME})"
    rf"|\#(?P<id>{_NAME}|[\w-]+)"
    rf"|\.(?P<class>{_NAME})"
    rf"|\[\s*(?P<attribute>{_NAME})\s*(?:(?P<how>[~^$*|]?=)\s*(?P<value>{_STRING}|[\w./-]+)"
    r"\s*(?P<case>[iI])?\s*)?\]"
    r"|:(?P<pseudo>[a-z-]+)(?P<open>\()?"
)
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_NTH = re.compile(
    r" {0,9}(?:(odd|even)|([+-]?\d{0,4})n(?: {0,9}([+-]) {0,9}(\d{1,4}))?|([+-]?\d{1,4})) {0,9}"
)
_TEXT = re.compile(rf" {{0,9}}({_STRING}) {{0,9}}")


@dataclass(frozen=True, slots=True)
class _Part:
    """What one element must be. ``joined`` is the combinator before it; empty for the first."""

    joined: str
    tests: tuple[Test, ...]

    def fits(self, page: HtmlDocument, at: int) -> bool:
        return all(test(page, at) for test in self.tests)


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of the selectors between commas. ``weight``: how much each element is looked at."""

    parts: tuple[_Part, ...]
    weight: int


class Selector:
    """A selector that has been read."""

    def __init__(self, text: str) -> None:
        """Raises ``Unreadable``."""
        self.text = text
        if len(text) > LONGEST:
            raise Unreadable("long", most=LONGEST)
        self._choices = _Reader(text).choices()

    def select(self, page: HtmlDocument, scope: int, budget: Budget) -> Iterator[int]:
        """The elements below ``scope`` that match, in the order of the page. Only what lies below
        it counts, for ancestors too."""
        if len(self._choices) == 1:
            return _select(self._choices[0], page, scope, budget)
        found = {at for choice in self._choices for at in _select(choice, page, scope, budget)}
        return iter(sorted(found))


def _select(choice: _Choice, page: HtmlDocument, scope: int, budget: Budget) -> Iterator[int]:
    """Each element is looked at once.

    Bit ``i`` of ``own`` says that an element ends the first ``i + 1`` parts, ``above`` the same of
    any of its ancestors, ``beside`` of any sibling before it.
    """
    parts = choice.parts
    first, last, goal = scope + 1, page.ends[scope], 1 << (len(parts) - 1)
    own, above, beside = ([0] * (last - first) for _ in range(3))
    for at in range(first, last):
        budget.spend(choice.weight)
        here, parent, before = at - first, page.parents[at] - first, page.befores[at] - first
        inside = own[parent] if parent >= 0 else 0
        above[here] = inside | (above[parent] if parent >= 0 else 0)
        next_to = own[before] if before >= 0 else 0
        beside[here] = next_to | (beside[before] if before >= 0 else 0)
        reached = {"": -1, " ": above[here], ">": inside, "+": next_to, "~": beside[here]}
        ends = 0
        for bit, part in enumerate(parts):
            is_led = part.joined == "" or reached[part.joined] >> (bit - 1) & 1
            if is_led and part.fits(page, at):
                ends |= 1 << bit
        own[here] = ends
        if ends & goal:
            yield at


class _Reader:
    """Reads a selector from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._at = 0
        self._pieces = 0

    def choices(self) -> tuple[_Choice, ...]:
        choices = [self._choice()]
        while self._take(r"\s*,\s*"):
            choices.append(self._choice())
            if len(choices) > MOST_CHOICES:
                raise Unreadable("many", most=MOST_CHOICES)
        if self._at < len(self._text):
            raise self._wrong()
        return tuple(choices)

    def _choice(self) -> _Choice:
        before = self._pieces
        parts = self._parts()
        return _Choice(parts, self._pieces - before)

    def _parts(self) -> tuple[_Part, ...]:
        parts = [_Part("", self._compound())]
        while not re.match(r"\s*(,|$)", self._text[self._at :]):
            match = _COMBINATOR.match(self._text, self._at)
            if match is None:
                raise self._wrong()
            self._at = match.end()
            parts.append(_Part(match[1] or " ", self._compound()))
            if len(parts) > MOST_PARTS:
                raise Unreadable("many", most=MOST_PARTS)
        return tuple(parts)

    def _compound(self, *, inside_not: bool = False) -> tuple[Test, ...]:
        tests: list[Test] = []
        begin = self._at
        while match := _PIECE.match(self._text, self._at):
            if match["tag"] and self._at > begin:
                break
            self._at = match.end()
            self._pieces += 1
            tests.append(self._test(match, inside_not=inside_not))
        if self._at == begin:
            raise self._wrong()
        return tuple(tests)

    def _test(self, piece: re.Match[str], *, inside_not: bool) -> Test:
        if tag := piece["tag"]:
            return _tag(_unescaped(tag).lower())
        if name := piece["id"]:
            return _attribute("id", "=", _unescaped(name))
        if name := piece["class"]:
            return _attribute("class", "~=", _unescaped(name))
        if name := piece["attribute"]:
            value = piece["value"] or ""
            value = value[1:-1] if value[:1] in "\"'" else value
            return _attribute(
                _unescaped(name).lower(), piece["how"] or "", value, folds=bool(piece["case"])
            )
        return self._pseudo(piece, inside_not=inside_not)

    def _pseudo(self, piece: re.Match[str], *, inside_not: bool) -> Test:
        name, is_open = piece["pseudo"], bool(piece["open"])
        if not is_open and name in _PLACES:
            return _PLACES[name]
        if is_open and name == "not" and not inside_not:
            self._take(r"\s*")
            inner = self._compound(inside_not=True)
            self._need(r"\s*\)")
            return lambda page, at: not all(test(page, at) for test in inner)
        if is_open and name in {"nth-child", "nth-of-type"}:
            step, start = self._nth()
            self._need(r"\)")
            return _nth(step, start, of_type=name == "nth-of-type")
        if is_open and name == "contains":
            words = self._need(_TEXT.pattern)[1][1:-1]
            self._need(r"\)")
            return lambda page, at: page.has_words(at, words)
        self._at = piece.start()
        raise self._wrong()

    def _nth(self) -> tuple[int, int]:
        odd_or_even, step, sign, start, alone = self._need(_NTH.pattern).groups()
        if odd_or_even:
            return 2, int(odd_or_even == "odd")
        if alone:
            return 0, int(alone)
        step = step + "1" if step in {"", "+", "-"} else step
        return int(step), int(f"{sign or ''}{start or 0}")

    def _take(self, pattern: str) -> re.Match[str] | None:
        match = re.compile(pattern).match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _need(self, pattern: str) -> re.Match[str]:
        match = self._take(pattern)
        if match is None:
            raise self._wrong()
        return match

    def _wrong(self) -> Unreadable:
        return Unreadable("selector", piece=self._text[self._at : self._at + 20])


def _unescaped(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name)


def _tag(name: str) -> Test:
    if name == "*":
        return lambda _page, _at: True
    return lambda page, at: page.tags[at] == name


def _attribute(name: str, how: str, value: str, *, folds: bool = False) -> Test:
    wanted = value.casefold() if folds else value
    compare = _COMPARED[how]

    def test(page: HtmlDocument, at: int) -> bool:
        said = page.attribute(at, name)
        return said is not None and compare(said.casefold() if folds else said, wanted)

    return test


def _nth(step: int, start: int, *, of_type: bool) -> Test:
    def test(page: HtmlDocument, at: int) -> bool:
        place = page.places_of_type[at] if of_type else page.places[at]
        steps = place - start
        return steps == 0 if step == 0 else steps % step == 0 and steps // step >= 0

    return test


_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "": lambda _said, _wanted: True,
    "=": lambda said, wanted: said == wanted,
    "~=": lambda said, wanted: wanted in said and wanted in said.split(),
    "^=": lambda said, wanted: bool(wanted) and said.startswith(wanted),
    "$=": lambda said, wanted: bool(wanted) and said.endswith(wanted),
    "*=": lambda said, wanted: bool(wanted) and wanted in said,
    "|=": lambda said, wanted: said == wanted or said.startswith(f"{wanted}-"),
}
_PLACES: dict[str, Test] = {
    "first-child": lambda page, at: page.places[at] == 1,
    "last-child": lambda page, at: page.is_last[at],
    "only-child": lambda page, at: page.places[at] == 1 and page.is_last[at],
    "first-of-type": lambda page, at: page.places_of_type[at] == 1,
    "last-of-type": lambda page, at: page.is_last_of_type[at],
    "empty": lambda page, at: page.is_empty(at),
}
