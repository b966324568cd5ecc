"""What every AniWorld page has in common, and telling its error pages from changed ones.

Source: the page contract, 2.2, 2.7 and 2.8. Error pages come with status 200, and every page
carries their words in its style sheet, so elements are tested, never the raw text.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from bs4 import Tag

from providers.addresses import absolute
from providers.errors import Blacklisted, MarkupChanged, NotFound, PageBroken
from providers.http import Page

LABEL = "AniWorld"
SERIES_PATH = re.compile(r"^/anime/stream/([A-Za-z0-9-]+)(?=/|$)")
_SPAM = "Deine Anfrage wurde als Spam erkannt."
_DISABLED = "Die gewünschte Serie wurde nicht gefunden oder ist im Moment deaktiviert."
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
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
        _refuse_error_page(page)
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


def clean(text: str) -> str:
    """A text from a page: entities undone until stable (they come doubly encoded), markup and
    outer spaces dropped."""
    for _ in range(3):
        undone = html.unescape(text)
        if undone == text:
            break
        text = undone
    return " ".join(_TAG.sub("", text).split())


def attribute(tag: Tag, name: str) -> str:
    """An attribute as one string, empty when it is missing."""
    value = tag.get(name, "")
    return value if isinstance(value, str) else " ".join(value or ())


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


def _refuse_error_page(page: Page) -> None:
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
