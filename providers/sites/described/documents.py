"""The pages of one question as documents, each parsed once."""

from __future__ import annotations

from providers.http import Page
from providers.sites.described.budget import Budget
from providers.sites.described.changes import parsed_json
from providers.sites.described.html import HtmlDocument, HtmlNode
from providers.sites.described.values import Node

_KEPT_PAGES = 2  # a document is many times as large as its page; steps that follow read the last


class Documents:
    """Documents of pages; ``budget`` is charged for reading them."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        # A page is kept with its document: another one would get the number of one that is gone.
        self._kept: dict[tuple[int, str], tuple[Page, Node]] = {}

    def of(self, page: Page, kind: str) -> Node | None:
        """A page as ``html`` or ``json``; None of what is no JSON."""
        key = (id(page), kind)
        if key not in self._kept:
            root = self.parsed(page.text, page.url, kind)
            if root is None:
                return None
            self._kept[key] = (page, root)
            self._forget()
        return self._kept[key][1]

    def parsed(self, text: str, url: str, kind: str) -> Node | None:
        """A text that stands in a page, as a document; it is not kept."""
        if kind == "json":
            return parsed_json(text, self._budget)
        return HtmlNode(HtmlDocument(text, url=url, budget=self._budget), 0)

    def _forget(self) -> None:
        last = list(dict.fromkeys(number for number, _kind in self._kept))[-_KEPT_PAGES:]
        self._kept = {key: kept for key, kept in self._kept.items() if key[0] in last}
