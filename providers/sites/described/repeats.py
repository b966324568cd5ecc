"""Which pages of a step were read, so that one that comes again is known.

Where a page is asked for by its number, a site may answer with its last page, or its first, for
every number behind the last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from providers.sites.described.definition import Step

# What rows are told apart by.
_TOLD_APART = frozenset({"id", "key", "link", "number", "place"})


class PagesRead:
    """The pages of one step, in one question."""

    def __init__(self, step: Step) -> None:
        self._is_numbered = step.paging is not None and step.paging.next is None
        self._are_told_apart = not _TOLD_APART.isdisjoint(step.fields)
        self._known: set[bytes] = set()
        self.count = 0

    def add(self, text: str, rows: Sequence[Mapping[str, Sequence[str]]]) -> None:
        """Note one. Args: text: of the page. rows: the fields of each of its rows."""
        self._known.add(self._digest(text, rows))
        self.count += 1

    def has(self, text: str, rows: Sequence[Mapping[str, Sequence[str]]]) -> bool:
        """Whether a page that was come to by its number is one of these."""
        return self._is_numbered and self._digest(text, rows) in self._known

    def _digest(self, text: str, rows: Sequence[Mapping[str, Sequence[str]]]) -> bytes:
        # Rows that are only counted may well be the same on two pages.
        told = repr(rows) if self._are_told_apart else text
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()
