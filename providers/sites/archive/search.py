"""Finding items. Source: ``docs/providers/archive.md``, section 2."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from providers.base import SearchResult
from providers.errors import MarkupChanged
from providers.http import Page
from providers.sites.archive.answers import IDENTIFIER, object_of, text_of, texts_of, year_of
from providers.sites.archive.item import cover_address, item_address
from providers.sites.prose import LONGEST_TEXT, plain, prose

NAME = "search"
ROWS = 50
FIELDS = ("identifier", "title", "year", "date", "description")
_MOST_WORDS, _LONGEST_WORD = 12, 60
# Letters and digits alone: what is left out cannot be an operator of the query language, and words
# in quotes are none either.
_WORD = re.compile(r"[^\W_]+")


def search_path(query: str) -> str:
    """The address of a search for films whose title has every word; empty where there is none."""
    words = [word[:_LONGEST_WORD] for word in _WORD.findall(query[:1_000])][:_MOST_WORDS]
    if not words:
        return ""
    wanted = " AND ".join(f'"{word}"' for word in words)
    asked = f"title:({wanted}) AND mediatype:movies AND NOT access-restricted-item:true"
    sent = [("q", asked), *(("fl[]", name) for name in FIELDS)]
    sent += [("rows", str(ROWS)), ("page", "1"), ("output", "json")]
    return f"/advancedsearch.php?{urlencode(sent)}"


def read_search(page: Page, base: str) -> list[SearchResult]:
    """The items of an answer, in its order.

    Raises:
        MarkupChanged: it is not the answer of a search, or none of its items has a name.
        UnexpectedAnswer: it is larger than any.
    """
    response = object_of(page, NAME).get("response")
    listed = response.get("docs") if isinstance(response, dict) else None
    if not isinstance(listed, list):
        raise MarkupChanged(NAME, "response.docs", url=page.url)
    found: dict[str, SearchResult] = {}
    for entry in listed[:ROWS]:
        key = text_of(entry, "identifier") if isinstance(entry, dict) else ""
        name = plain(text_of(entry, "title")) if key else ""
        if not (IDENTIFIER.fullmatch(key) and name):
            continue
        found.setdefault(
            key,
            SearchResult(
                key=key,
                name=name,
                link=item_address(base, key),
                year=year_of(entry),
                cover_url=cover_address(base, key),
                description=prose(" ".join(texts_of(entry, "description")), most=LONGEST_TEXT),
            ),
        )
    if listed and not found:
        raise MarkupChanged(NAME, "response.docs[].identifier", url=page.url)
    return list(found.values())
