"""Foreign HTML, refused before it is parsed where that would take longer than any real page.

The time and the memory of a parser follow the number of tags and attributes, and with the depth
both grow faster.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from providers.addresses import host_of
from providers.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

MOST_TAGS = 120_000  # the list of all series of a large site has a tenth of it
MOST_ATTRIBUTES = 200_000  # in all: each is about 900 bytes
MOST_DEPTH = 250
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})")
# What is in a tag: its end, a value, or the name of an attribute.
_PIECE = re.compile(r"""(>)|"[^"]*+"?|'[^']*+'?|=\s*+[^\s"'>]*+|([^\s"'=>/]++)""")
# Tags without an end, and those whose end may be left out: they say nothing of the depth.
_FLAT = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"}
    | {"track", "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot"}
    | {"option", "optgroup", "colgroup", "html", "head", "body"}
)


def make_ready() -> None:
    """Do what the first page would wait for a tenth of a second: parser and grammar of selectors.

    That grammar is compiled with the first selector, each rule as it is come to: this one passes
    by all of them.
    """
    parsed("<p>", url="").select("a.b[c] > d")


def parsed(text: str, *, url: str) -> BeautifulSoup:
    """Parse a page.

    Raises:
        UnexpectedAnswer: it has more tags, or they lie deeper, than any real page's do.
    """
    # A twentieth of a second to import, in which a page can be asked for already.
    from bs4 import BeautifulSoup  # noqa: PLC0415 - see above

    refuse_monsters(text, url=url)
    return BeautifulSoup(text, "lxml")


def refuse_monsters(text: str, *, url: str) -> None:
    """Raise ``UnexpectedAnswer`` for a page that would take the parser too long."""
    if _is_too_deep(text) or _is_too_crowded(text):
        raise UnexpectedAnswer(why="monster", site=host_of(url), url=url)


def _is_too_deep(text: str) -> bool:
    depth = deepest = 0
    for count, tag in enumerate(_TAG.finditer(text)):
        if count > MOST_TAGS or deepest > MOST_DEPTH:
            return True
        if tag[2].lower() in _FLAT:
            continue
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest > MOST_DEPTH


def _is_too_crowded(text: str) -> bool:
    """Whether there are too many attributes. Looked for from each tag on, also from one that lies
    in the value of another: so often over the same text that it takes too long is too crowded."""
    attributes, left = 0, 4 * len(text) + 100_000
    for tag in _TAG.finditer(text):
        end = tag.end()
        for piece in _PIECE.finditer(text, end):
            end = piece.end()
            attributes += piece[2] is not None
            if piece[1] or attributes > MOST_ATTRIBUTES:
                break
        left -= end - tag.end()
        if attributes > MOST_ATTRIBUTES or left < 0:
            return True
    return False
