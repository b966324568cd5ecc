"""Signs: short texts without which no line of a table can match: most names are spared it."""

from __future__ import annotations

import re


class Sign:
    """Looks for any of `latin` and, only in a name that holds more than ASCII, of `other`.

    Args:
        latin: alternatives of ASCII, put together by their first letters: a search looks at each
            letter of a name for one of these, and the fewer there are, the sooner it is done.
        other: alternatives that hold other letters.
    """

    __slots__ = ("_ascii", "_whole")

    def __init__(self, latin: str, other: str) -> None:
        self._ascii = re.compile(latin)
        self._whole = re.compile(f"{latin}|{other}")

    def is_in(self, low: str) -> bool:
        """Whether `low` (plain, lower case) holds the sign."""
        return (self._ascii if low.isascii() else self._whole).search(low) is not None
