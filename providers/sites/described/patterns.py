"""Patterns of definitions: RE2, which no pattern and no text can make take longer than linear.

Python's own ``re`` goes back and tries again: ``(a+)+$`` takes longer than anybody lives on forty
letters. RE2 never does. What is left is the size of the pattern, by which the time of each letter
grows: that is bounded, and charged.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from providers.coded import foreign
from providers.sites.described.budget import Budget
from providers.sites.described.faults import Unreadable

LONGEST = 300  # characters of a pattern
LARGEST = 500  # instructions it is compiled into
LONGEST_TEXT = 1_000_000  # characters that are looked at
_MEMORY = 1 << 20
# A letter takes so many instructions in the time that one element of a page takes.
_INSTRUCTIONS = 200
_ENDLESS = re.compile(r"[*+]|,\}")


class Pattern:
    """A pattern that is searched for."""

    def __init__(self, text: str) -> None:
        """Raises ``Unreadable``."""
        self.text = text
        self._compiled = _compiled(text)
        self._group = 1 if self._compiled.groups else 0
        # Without anything that repeats without end, no letter is looked at further ahead than the
        # program is long.
        self._reach = LONGEST_TEXT if _ENDLESS.search(text) else self._compiled.programsize

    def found(self, text: str, budget: Budget) -> str | None:
        """What the first group matches, or all of the match where there is none; None without a
        match."""
        match = self._compiled.search(self._bounded(text, budget))
        if match is None:
            return None
        told: str | None = match.group(self._group)
        return told or ""

    def matches(self, text: str, budget: Budget) -> bool:
        """Whether it is found anywhere."""
        return self._compiled.search(self._bounded(text, budget)) is not None

    def fits(self, text: str, budget: Budget) -> bool:
        """Whether it is the whole text."""
        return self._compiled.fullmatch(self._bounded(text, budget)) is not None

    def replaced(self, text: str, by: str, budget: Budget) -> str:
        """The text with ``by`` in the place of each match; ``by`` is taken by the letter."""
        text = self._bounded(text, budget)
        pieces, at, room = [], 0, LONGEST_TEXT
        for match in self._compiled.finditer(text):
            begin, end = match.span()
            # Whether it goes on is looked for behind each match anew, as far as the text's end.
            ahead = min(len(text) - begin, self._reach) * self._compiled.programsize
            budget.spend(1 + len(by) // 50 + ahead // _INSTRUCTIONS)
            room -= len(by)
            if begin == end or room < 0:
                continue
            pieces += [text[at:begin], by]
            at = end
        return "".join(pieces) + text[at:]

    def _bounded(self, text: str, budget: Budget) -> str:
        text = text[:LONGEST_TEXT]
        if not text.isascii():  # RE2 takes no halves of characters
            text = text.encode("utf-8", "replace").decode()
        budget.spend(1 + len(text) * self._compiled.programsize // _INSTRUCTIONS)
        return text


@lru_cache(maxsize=256)
def _compiled(text: str) -> Any:
    if len(text) > LONGEST:
        raise Unreadable("long", most=LONGEST)
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        compiled = re2.compile(text, options)
        size = max(compiled.programsize, compiled.reverseprogramsize)
    except re2.error as error:
        told = error.args[0] if error.args else ""
        reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        raise Unreadable("pattern", reason=foreign(reason)) from error
    except UnicodeEncodeError as error:
        raise Unreadable("pattern", reason="half of a character") from error
    if size > LARGEST:
        raise Unreadable("pattern_large")
    return compiled
