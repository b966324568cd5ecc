"""XML of strangers: parsed without anything that XML can do beside elements and their texts.

``lxml`` is there already, for pages. A document type declaration is refused before it is parsed:
with it go entities, which may unfold without end, and what a document has read from elsewhere.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from providers.errors import FeedInvalid

if TYPE_CHECKING:
    from lxml import etree

_MOST_MARKS = 400_000  # of the beginnings of tags, and of what may be attributes
_LONGEST_SPACE = 300  # characters of what names a namespace; it is copied for each element
_MOST_PROLOG = 1_000  # instructions and comments before the first element
_DECLARATION = re.compile(r"\s{0,100}<\?xml\s([^?]{0,200})\?>")
_ENCODING = re.compile(r"""encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]{1,40})["']""")
# A byte order mark is none to Python, and nothing at all to the parser.
_VISIBLE = re.compile(r"[^\s\ufeff]")
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})

# What namespaces are called here, by what their addresses hold: feeds write them in several ways.
_SPACES = (
    ("itunes.com/dtds/podcast", "itunes"),
    ("search.yahoo.com/mrss", "media"),
    ("podcastindex", "podcast"),
    ("w3.org/2005/atom", "atom"),
    ("purl.org/rss/1.0/modules/content", "content"),
)


def is_markup(text: str) -> bool:
    """Whether a text looks like XML."""
    return text.lstrip()[:1] == "<"


def parsed(text: str) -> etree._Element:
    """The root element of a document.

    Raises:
        FeedInvalid: it is no XML, has a document type, is not in UTF-8, or is larger or deeper than
            any feed, also in what names its namespaces.
    """
    # A twentieth of a second to import, which most feeds do without.
    from lxml import etree  # noqa: PLC0415 - see above

    if text.count("<") > _MOST_MARKS or text.count("=") > _MOST_MARKS:
        raise FeedInvalid(why="monster")
    body = _without_declaration(text)
    if _has_doctype(body):
        raise FeedInvalid(why="doctype")
    parser = etree.XMLPullParser(
        events=("start-ns",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        parser.feed(body.encode("utf-8", "replace"))
        root: etree._Element = parser.close()
    except etree.XMLSyntaxError as error:
        reason, place = _told(error)
        raise FeedInvalid(why="xml", place=place, reason=reason) from error
    # Each declaration once: asked of the elements, each would make its copy.
    declared = (found for _event, found in parser.read_events() if found is not None)
    if any(len(space) > _LONGEST_SPACE for _prefix, space in declared):
        raise FeedInvalid(why="monster")
    if root.getroottree().docinfo.internalDTD is not None:  # whatever was not seen before
        raise FeedInvalid(why="doctype")
    return root


def name_of(element: etree._Element) -> str:
    """The name of an element, behind what its namespace is called here: ``itunes:season``."""
    tag: object = element.tag
    return _named(tag) if isinstance(tag, str) else ""  # of what is left of an entity


@functools.lru_cache(maxsize=1_000)
def _named(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    if not space:
        return local
    lowered = space.lower()
    return next((f"{short}:{local}" for part, short in _SPACES if part in lowered), f"?:{local}")


def children(element: etree._Element, *names: str) -> list[etree._Element]:
    """The elements right below one that have one of these names."""
    # The parser finds those of the local name, in whatever namespace, a hundred times as fast: an
    # entry may have hundreds of thousands of elements, and is asked for thirty names.
    alike = element.iterchildren(*(f"{{*}}{name.rpartition(':')[2]}" for name in names))
    return [child for child in alike if name_of(child) in names]


def text_in(element: etree._Element, *names: str) -> str:
    """The first text below an element that is not empty, in the order of the names."""
    for name in names:
        for child in children(element, name):
            if text := whole_text(child).strip():
                return text
    return ""


def whole_text(element: etree._Element) -> str:
    """All text in an element, that of the elements in it too."""
    return "".join(str(part) for part in element.itertext())


def _without_declaration(text: str) -> str:
    """The document behind ``<?xml … ?>``.

    Raises:
        FeedInvalid: it says another encoding than the text was read in, and that has told.
    """
    found = _DECLARATION.match(text)
    if found is None:
        return text
    encoding = _ENCODING.search(found[1])
    if encoding and encoding[1].lower() not in _UTF_8 and "\N{REPLACEMENT CHARACTER}" in text:
        raise FeedInvalid(why="encoding", encoding=encoding[1])
    return text[found.end() :]


def _has_doctype(text: str) -> bool:
    """Whether a declaration stands before the first element, where alone it may stand."""
    at = 0
    for _ in range(_MOST_PROLOG):
        at = _begin(text, at)
        if text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text.startswith("<?", at):
            end = text.find("?>", at)
        else:
            break
        if end < 0:
            return False
        at = end + 2
        at += text.startswith(">", at)
    return text.startswith("<!", _begin(text, at))


def _begin(text: str, at: int) -> int:
    """Where something begins that is not space, from a place on."""
    found = _VISIBLE.search(text, at)
    return found.start() if found else len(text)


def _told(error: etree.XMLSyntaxError) -> tuple[str, str]:
    """What the parser says, and where."""
    line, column = error.position
    return str(error.msg or "").partition(", line ")[0][:200], f"line {line}, column {column}"
