"""HTML as numbered elements: what lies below one is a range, and its text is a part of one text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from providers.parsing import refuse_monsters
from providers.sites.described.budget import CHARACTERS, Budget
from providers.sites.described.css import Selector

LONGEST_ATTRIBUTE = 100_000  # characters; whole documents stand in some
_UNSEEN = frozenset({"script", "style", "template", "noscript"})
# A word of one of these does not go on in the next.
_APART = frozenset(
    {"address", "article", "aside", "br", "dd", "div", "dl", "dt", "figure", "footer", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option"}
    | {"p", "pre", "section", "table", "td", "th", "tr", "ul"}
)


@dataclass(frozen=True, slots=True)
class HtmlNode:
    """One element of a page."""

    page: HtmlDocument
    at: int


class HtmlDocument:
    """A page. Element 0 is its root.

    Attributes:
        ends: behind the last element below each.
        befores: the sibling before each; -1 where it is the first.
        places: the place of each among its siblings, from 1.
    """

    def __init__(self, text: str, *, url: str, budget: Budget) -> None:
        """Raises ``UnexpectedAnswer`` for a page with more in it than any real one has."""
        budget.spend(len(text) // 20)
        refuse_monsters(text, url=url)
        self._budget = budget
        self.tags: list[str] = []
        self.ends: list[int] = []
        self.parents: list[int] = []
        self.befores: list[int] = []
        self.places: list[int] = []
        self.is_last: list[bool] = []
        self._elements: list[etree._Element] = []
        self._spans: list[tuple[int, int]] = []
        self.text = self._read(text)
        budget.spend(len(self.tags))

    def select(self, selector: Selector, scope: int, budget: Budget) -> Iterator[HtmlNode]:
        """The elements below ``scope`` that match."""
        return (HtmlNode(self, at) for at in selector.select(self, scope, budget))

    def attribute(self, at: int, name: str) -> str | None:
        """None where the element has none of that name."""
        said = self._elements[at].get(name)
        if said is None:
            return None
        if len(said) > 500:
            self._budget.spend(len(said) // CHARACTERS)
        return str(said)[:LONGEST_ATTRIBUTE]

    def text_of(self, at: int) -> str:
        """What is seen of an element; of a script or style what stands in it."""
        if self.tags[at] in _UNSEEN:
            inside = "".join(map(str, self._elements[at].itertext()))
            self._budget.spend(1 + len(inside) // CHARACTERS)
            return inside
        begin, end = self._spans[at]
        # It is copied, and may be once for each row.
        self._budget.spend(1 + (end - begin) // CHARACTERS)
        return self.text[begin:end]

    def own_text_of(self, at: int) -> str:
        """What stands in an element itself, and not in those below it."""
        element = self._elements[at]
        self._budget.spend(1 + len(element))
        told = " ".join([element.text or "", *(below.tail or "" for below in element)])
        self._budget.spend(len(told) // CHARACTERS)
        return told

    def markup_of(self, at: int) -> str:
        """What stands in an element, with the markup."""
        element = self._elements[at]
        self._budget.spend(self.ends[at] - at)
        told = [etree.tostring(below, encoding="unicode", method="html") for below in element]
        markup = (element.text or "") + "".join(told)
        self._budget.spend(1 + len(markup) // CHARACTERS)
        return markup

    def has_words(self, at: int, words: str) -> bool:
        """Whether an element's text holds these."""
        begin, end = self._spans[at]
        self._budget.spend(1 + (end - begin) // 500)
        return self.text.find(words, begin, end) >= 0

    def is_empty(self, at: int) -> bool:
        begin, end = self._spans[at]
        if self.ends[at] > at + 1:
            return False
        self._budget.spend((end - begin) // CHARACTERS)
        return not self.text[begin:end].strip()

    @cached_property
    def places_of_type(self) -> list[int]:
        """The place of each among its siblings of the same name, from 1."""
        counted: Counter[tuple[int, str]] = Counter()
        places = []
        for parent, tag in zip(self.parents, self.tags, strict=True):
            counted[parent, tag] += 1
            places.append(counted[parent, tag])
        return places

    @cached_property
    def is_last_of_type(self) -> list[bool]:
        seen: set[tuple[int, str]] = set()
        last = []
        for pair in zip(reversed(self.parents), reversed(self.tags), strict=True):
            last.append(pair not in seen)
            seen.add(pair)
        return last[::-1]

    def _read(self, text: str) -> str:
        parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        # The parser ends a page at a zero.
        body = text.replace("\0", "\ufffd").encode("utf-8", "replace")
        root = etree.fromstring(body, parser) if body.strip() else None
        if root is None:
            root = etree.Element("html")
        reading = _Reading()
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                self._begin(element, reading)
            else:
                self._end(element, reading)
        return "".join(reading.pieces)

    def _begin(self, element: etree._Element, reading: _Reading) -> None:
        at, tag = len(self.tags), str(element.tag)
        parent = reading.open[-1] if reading.open else -1
        before = reading.last.get(parent, -1)
        if before >= 0:
            self.is_last[before] = False
        reading.last[parent] = at
        reading.open.append(at)
        self._elements.append(element)
        self.tags.append(tag)
        self.parents.append(parent)
        self.befores.append(before)
        self.places.append(1 + (self.places[before] if before >= 0 else 0))
        self.is_last.append(True)
        self.ends.append(at + 1)
        if tag in _APART:
            reading.add("\n")
        self._spans.append((reading.length, reading.length))
        if tag not in _UNSEEN:
            reading.add(element.text or "")

    def _end(self, element: etree._Element, reading: _Reading) -> None:
        at = reading.open.pop()
        self.ends[at] = len(self.tags)
        self._spans[at] = (self._spans[at][0], reading.length)
        if self.tags[at] in _APART:
            reading.add("\n")
        if reading.open and self.tags[reading.open[-1]] not in _UNSEEN:
            reading.add(element.tail or "")


class _Reading:
    """Where a page is being read: the open elements, the last child of each, and the text."""

    def __init__(self) -> None:
        self.open: list[int] = []
        self.last: dict[int, int] = {}
        self.pieces: list[str] = []
        self.length = 0

    def add(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.length += len(text)


def spaced(text: str) -> str:
    """A text with single spaces."""
    return re.sub(r"\s+", " ", text).strip()
