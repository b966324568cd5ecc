"""A list of series that is searched here: the whole of a site, or a feed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from providers.base import SearchResult

_MOST = 50


class Catalogue:
    """The whole list, made ready for searching once (folding names is the slow part)."""

    def __init__(self, results: Iterable[SearchResult]) -> None:
        self._entries = [
            (result, tuple(map(_folded, (result.name, *result.alternative_names))))
            for result in results
        ]

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, query: str) -> list[SearchResult]:
        """The series whose title or another name holds every word of ``query``, best first."""
        wanted = _folded(query)
        if not wanted:
            return []
        ranked = ((_rank(names, wanted), result) for result, names in self._entries)
        hits = sorted(
            ((rank, len(result.name), result.name, result) for rank, result in ranked if rank < 9),
            key=lambda hit: hit[:3],
        )
        return [result for *_order, result in hits[:_MOST]]


def _rank(names: tuple[str, ...], wanted: str) -> int:
    """0 is the title itself (the first name), 9 no match."""
    best = 9
    for offset, name in enumerate(names):
        if name == wanted:
            best = min(best, 0 if offset == 0 else 1)
        elif name.startswith(wanted):
            best = min(best, 2 if offset == 0 else 3)
        elif wanted in name:
            best = min(best, 4)
        elif set(wanted.split()) <= set(name.split()):
            best = min(best, 5)
    return best


def _folded(text: str) -> str:
    """Letters and digits of any script, without case and accents, one space between words.

    A title that has neither ("!!!") is compared by its signs.
    """
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(char)
        and char not in "'’`"
        and unicodedata.category(char) != "Cf"
    )
    words = "".join(char if char.isalnum() else " " for char in plain).split()
    return " ".join(words or plain.split())
