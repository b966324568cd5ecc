"""Reading the fields of one row: where each is looked for, and what it becomes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time

from providers.sites.described.budget import CHARACTERS, Budget
from providers.sites.described.changes import LONGEST, texts_of
from providers.sites.described.css import Selector
from providers.sites.described.definition import Field, Look, Where
from providers.sites.described.html import HtmlNode, spaced
from providers.sites.described.paths import JsonNode, JsonPath

Node = HtmlNode | JsonNode

MOST_VALUES = 1_000  # of one field
_NUMBER = re.compile(r"(?<![0-9])(?<![0-9][.,])([0-9]{1,6})(?:[.,]([0-9]{1,3}))?(?![0-9])")
_ROMAN = re.compile(r"(?=[MDCLXVI])(M{0,3})(C[MD]|D?C{0,3})(X[CL]|L?X{0,3})(I[XV]|V?I{0,3})")
_ROMANS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_PLACES = (
    re.compile(
        r"\bs(?:eason|taffel)?\W{0,3}([0-9]{1,3})\W{0,5}(?:e|ep|episode|folge)\W{0,3}([0-9]{1,5})\b"
    ),
    re.compile(r"\b([0-9]{1,3})x([0-9]{1,5})\b"),
)
_LONGEST_READ = 500  # characters that a number or a place is looked for in


class Values:
    """The fields of the rows of one document.

    Args:
        address: of the page.
        names: what can be filled in.
    """

    def __init__(self, root: Node, address: str, names: Mapping[str, str], budget: Budget) -> None:
        self._root = root
        self._address = address
        self._names = names
        self._budget = budget
        # What a field has on the page or before a place is looked for once, not for each row. The
        # row around is kept with it: another one would get the number of one that is gone.
        self._on_page: dict[tuple[int, int], tuple[Node | None, list[str]]] = {}
        self._before: dict[int, list[int]] = {}

    def read(self, field: Field, row: Sequence[Node]) -> list[str]:
        """The values of a field; none where nothing is found and it has no default.

        Args:
            row: the row, behind those that it lies in.
        """
        for look in field.looks:
            found = self._kept(look, row)
            if found:
                return found
        return next(([one.default] for one in field.looks if one.default is not None), [])

    def _kept(self, look: Look, row: Sequence[Node]) -> list[str]:
        if look.value is not None or look.parts or look.place in {"row", "before"}:
            return self._found(look, row)
        outer = row[-2] if look.place == "outer" and len(row) > 1 else None
        key = (id(look), id(outer))
        if key not in self._on_page:
            self._on_page[key] = (outer, self._found(look, row))
        return self._on_page[key][1]

    def _found(self, look: Look, row: Sequence[Node]) -> list[str]:
        values = self._raw(look, row)
        for change in look.changes:
            changed: list[str] = []
            for value in values:
                for one in change.applied(value, self._budget):
                    changed.append(one[:LONGEST])
                    self._budget.spend(1)
                    if len(changed) >= MOST_VALUES:
                        break
            values = changed
        told = [value for value in map(str.strip, values) if value]
        if look.join is not None and told:
            return [look.join.join(told)[:LONGEST]]
        return told

    def _raw(self, look: Look, row: Sequence[Node]) -> list[str]:
        if look.value is not None:
            return [self._charged(look.value.filled(self._names))]
        if look.parts:
            parts = [self.read(part, row)[:1] for part in look.parts]
            whole = "".join(part[0] for part in parts) if all(parts) else None
            return [] if whole is None else [self._charged(whole)]
        if look.place == "address":
            return [self._charged(self._address)]
        found: list[str] = []
        for node in self._nodes(look, row):
            found += self._texts(node, look)
            if (found and not look.every) or len(found) >= MOST_VALUES:
                break
        return found[:MOST_VALUES]

    def _nodes(self, look: Look, row: Sequence[Node]) -> Iterator[Node]:
        if look.place == "before":
            return self._nearest(look, row[-1])
        scopes = {"row": row[-1], "outer": row[-2] if len(row) > 1 else row[-1], "page": self._root}
        scope = scopes[look.place]
        return iter((scope,)) if look.select is None else select(scope, look.select, self._budget)

    def _nearest(self, look: Look, node: Node) -> Iterator[Node]:
        """The last element before a row that fits."""
        if not (isinstance(node, HtmlNode) and isinstance(look.select, Selector)):
            return
        places = self._before.get(id(look))
        if places is None:
            places = list(look.select.select(node.page, 0, self._budget))
            self._before[id(look)] = places
        at = bisect_left(places, node.at)
        if at:
            yield HtmlNode(node.page, places[at - 1])

    def _charged(self, text: str) -> str:
        """A text that is made for a row: there may be one for each."""
        self._budget.spend(1 + len(text) // CHARACTERS)
        return text[:LONGEST]

    def _texts(self, node: Node, look: Look) -> list[str]:
        self._budget.spend(1)
        if isinstance(node, JsonNode):
            told = [node.name] if look.take == "name" else texts_of(node.value)
            return [self._charged(one) for one in told[:MOST_VALUES]]
        if look.attribute:
            said = node.page.attribute(node.at, look.attribute)
            return [] if said is None else [self._charged(said)]
        if look.take == "html":
            return [node.page.markup_of(node.at)[:LONGEST]]
        if look.take == "own":
            return [spaced(node.page.own_text_of(node.at)[:LONGEST])]
        text = node.page.text_of(node.at)
        is_script = node.page.tags[node.at] in {"script", "style"}
        return [text[:LONGEST] if is_script else spaced(text[:LONGEST])]


def select(node: Node, where: Where, budget: Budget) -> Iterator[Node]:
    """What a selector finds below a node; nothing where it is one of another kind of document."""
    if isinstance(node, HtmlNode) and isinstance(where, Selector):
        return node.page.select(where, node.at, budget)
    if isinstance(node, JsonNode) and isinstance(where, JsonPath):
        return where.select(node, budget)
    return iter(())


def number_of(text: str) -> int | None:
    """The first whole number of a text ("Folge 12"), or the Roman one it is; None without one, and
    of one with a fraction: an episode 12.5 has no place among whole ones."""
    text = text.strip()[:_LONGEST_READ]
    if match := _NUMBER.search(text):
        return None if (match[2] or "").strip("0") else int(match[1])
    word = text.rpartition(" ")[2]
    return _roman(word) if word and _ROMAN.fullmatch(word) else None


def place_in(text: str) -> tuple[int, int] | None:
    """Season and episode of ``S01E02``, ``1x02`` or ``Staffel 1 Folge 2``."""
    folded = text[:_LONGEST_READ].casefold()
    for pattern in _PLACES:
        if match := pattern.search(folded):
            return int(match[1]), int(match[2])
    return None


def moment_of(text: str) -> datetime | date | None:
    """A day, or a moment (ISO 8601, or seconds since the epoch); None of what is neither."""
    text = text.strip()[:40]
    try:
        if text.isdecimal() and len(text) in {9, 10, 12, 13}:
            return datetime.fromtimestamp(int(text) / (1 if len(text) <= 10 else 1000), tz=UTC)
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None


def time_of(text: str) -> time | None:
    """A time of the clock: ``18:30``."""
    match = re.search(r"(?<![0-9:])([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?![0-9])", text[:100])
    return time(int(match[1]), int(match[2])) if match else None


def _roman(word: str) -> int:
    values = [_ROMANS[letter] for letter in word]
    following = [*values[1:], 0]
    return sum(-one if one < after else one for one, after in zip(values, following, strict=True))
