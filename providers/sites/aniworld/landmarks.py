"""What every AniWorld page has in common, and telling its error pages from changed ones.

Source: the page contract, 2.2, 2.7 and 2.8. Error pages come with status 200, and every page
carries their words in its style sheet, so elements are tested, never the raw text.
"""

from __future__ import annotations

import html
import html.entities
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from providers.addresses import absolute
from providers.errors import Blacklisted, MarkupChanged, NotFound, PageBroken
from providers.http import Page

if TYPE_CHECKING:
    from bs4 import Tag

LABEL = "AniWorld"
SERIES_PATH = re.compile(r"^/anime/stream/([A-Za-z0-9-]+)(?=/|$)")
_SPAM = "Deine Anfrage wurde als Spam erkannt."
_DISABLED = "Die gewünschte Serie wurde nicht gefunden oder ist im Moment deaktiviert."
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_HIT = re.compile(r"<em>((?:(?!</?em>).)*)</em>", re.IGNORECASE)  # what a search has found
# Only whole ones: "&notes" and "&copy" in a title that the parser has undone are no entities.
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MOST_ROUNDS = 8  # of undoing entities
_LONGEST_RAW = 50_000  # characters
LONGEST_TITLE = 1_000
LONGEST_TEXT = 10_000
_ERROR_TITLE = re.compile(r"^(?:Fehler\s+)?([45]\d\d)\b")


def refuse_spam_page(page: Page) -> None:
    """Raise Blacklisted for the page that says our requests are spam (status 200)."""
    if _SPAM in page.text and _SPAM in visible_text(page):
        raise Blacklisted(site=LABEL, url=page.url)


def require_stream(page: Page, name: str) -> Tag:
    """The block with the season links, which every page of a series has.

    Raises:
        NotFound: it is a "not found" page with status 200.
        PageBroken: it is a server's error page with status 200.
        MarkupChanged: it is neither.
    """
    stream = page.soup.select_one("#stream")
    if stream is None or not stream.select("a[href]"):
        refuse_error_page(page)
        raise MarkupChanged(name, "#stream a[href]", url=page.url)
    return stream


def visible_text(page: Page) -> str:
    """The text of a page without scripts and style sheets, spaces collapsed."""
    strings = (
        text
        for text in page.soup.find_all(string=True)
        if text.parent is None or text.parent.name not in {"script", "style"}
    )
    return " ".join(" ".join(strings).split())


def clean(text: str, *, most: int = LONGEST_TITLE) -> str:
    """A text from a page as a person wrote it, whole but for outer spaces.

    Entities are undone until there are none, for they come escaped several times. What looks like
    markup is none: a title may be "<harmony/>". Of that the page's own is gone before.

    Args:
        most: characters that are kept.
    """
    text = text[:_LONGEST_RAW]
    for _ in range(_MOST_ROUNDS):
        undone = _ENTITY.sub(_undone, text)
        if undone == text:
            break
        text = undone
    if not text.isprintable():
        text = "".join(map(_storable, text))
    return " ".join(text.split())[:most].rstrip()


def clean_title(text: str) -> str:
    """A title of a search's answer, without the mark at what was found in it."""
    return " ".join(_HIT.sub(r"\1", clean(text)).split())


def clean_text(text: str) -> str:
    """A description, without markup."""
    return " ".join(_TAG.sub("", clean(text, most=_LONGEST_RAW)).split())[:LONGEST_TEXT]


def whole_title(shown: str, told: str) -> str:
    """A title that stands in an element and in an attribute beside it.

    Where the site forgets to escape it, "<harmony/>" is an element to a parser: the attribute alone
    has it then.
    """
    return told if told and (not shown or "<" in told) else shown


def attribute(tag: Tag, name: str) -> str:
    """An attribute as one string, empty when it is missing."""
    value = tag.get(name, "")
    text = value if isinstance(value, str) else " ".join(value or ())
    return text[:_LONGEST_RAW]


def text_of(root: Tag, selector: str) -> str:
    """The cleaned text of the first match, empty without one."""
    found = root.select_one(selector)
    return clean(found.get_text()) if found is not None else ""


def path_of(address: str, base: str) -> str:
    """The path of a relative or absolute address, without a slash at its end."""
    return urlsplit(absolute(base, address)).path.rstrip("/")


def key_in(address: str, base: str) -> str | None:
    """The series key in an address of the site, None in any other."""
    match = SERIES_PATH.match(path_of(address, base))
    return match.group(1) if match else None


def _undone(entity: re.Match[str]) -> str:
    known = entity[1].startswith("#") or entity[0][1:] in html.entities.html5
    return html.unescape(entity[0]) if known else entity[0]


def _storable(char: str) -> str:
    """Half characters, of an emoji cut in two, can be kept nowhere; control characters say
    nothing."""
    if "\ud800" <= char <= "\udfff":
        return "�"
    return char if char.isspace() or unicodedata.category(char) != "Cc" else ""


def refuse_error_page(page: Page) -> None:
    """Raise what an error page with status 200 says.

    Raises:
        NotFound: there is no such page.
        PageBroken: it is a server's error page.
    """
    if page.soup.select_one("div.messageAlert.danger") or _DISABLED in visible_text(page):
        raise NotFound(why="disabled", site=LABEL, url=page.url)
    code = _error_code(page)
    if code in {"404", "410"}:
        raise NotFound(why="status", site=LABEL, status=int(code), url=page.url)
    if code:
        raise PageBroken(why="error_page", site=LABEL, status=int(code), url=page.url)


def _error_code(page: Page) -> str:
    """The status an error page names in its title or heading, empty on any other page."""
    match = _ERROR_TITLE.match(text_of(page.soup, "title"))
    if match:
        return match.group(1)
    heading = text_of(page.soup, "h2")
    return heading if re.fullmatch(r"[45]\d\d", heading) else ""
