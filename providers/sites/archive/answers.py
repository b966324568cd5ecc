"""What the archive's answers have in common. Source: ``docs/providers/archive.md``, section 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from providers.addresses import host_of
from providers.errors import MarkupChanged, UnexpectedAnswer
from providers.http import Page
from providers.sites.json_text import NotJson, TooMuchJson, read_json

LABEL = "Internet Archive"
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MOST_LISTED = 100  # entries of a field that is a list
_LONGEST_FIELD = 100_000
_YEAR = re.compile(r"\s{0,9}([12][0-9]{3})(?![0-9])")


def object_of(page: Page, name: str) -> Mapping[str, Any]:
    """The JSON object of an answer.

    Raises:
        UnexpectedAnswer: it is larger or deeper than any.
        MarkupChanged: it is none.
    """
    try:
        found = read_json(page.text)
    except TooMuchJson as error:
        raise UnexpectedAnswer(why="monster", site=host_of(page.url), url=page.url) from error
    except NotJson as error:
        raise MarkupChanged(name, "{…}", url=page.url) from error
    if not isinstance(found, dict):
        raise MarkupChanged(name, "{…}", url=page.url)
    return found


def texts_of(fields: Mapping[str, Any], name: str) -> Iterator[str]:
    """The texts of a field: one, or a list of them. Numbers count as what they look like."""
    value = fields.get(name)
    for one in islice(value, _MOST_LISTED) if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield one[:_LONGEST_FIELD]
        elif isinstance(one, int) and not isinstance(one, bool) and abs(one) < 10**18:
            yield str(one)


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """The first text of a field that is not empty."""
    return next((text for text in texts_of(fields, name) if text.strip()), "")


def year_of(fields: Mapping[str, Any]) -> int | None:
    """The year of an item, by its ``year`` or the beginning of its ``date``."""
    for name in ("year", "date"):
        if found := _YEAR.match(text_of(fields, name)):
            return int(found[1])
    return None
