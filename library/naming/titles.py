"""How titles are compared: by what their spellings share."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\W_]+")
_MARKS = re.compile("[\u0300-\u036f]")  # Latin accents; not the marks of Japanese kana
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_WRITTEN_OUT = re.compile(r"(?<![aeioquäöü])[aou]e", re.IGNORECASE)  # not in "neue" or "queen"
_AS_UMLAUTS = {"ae": "ä", "oe": "ö", "ue": "ü"}


def plain_title(title: str) -> str:
    """Reduce a title to what spellings share: no case, accents, punctuation."""
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    without = unicodedata.normalize("NFC", _MARKS.sub("", decomposed))
    return " ".join(_SEPARATORS.sub(" ", without.replace("'", "").replace("’", "")).split())


def spellings(title: str) -> set[str]:
    """The plain title, also as it is where umlauts are written out: Bäcker, Backer, Baecker."""
    composed = unicodedata.normalize("NFC", title.casefold())
    return {plain_title(title), plain_title(composed.translate(_UMLAUTS))}


def with_umlauts(title: str) -> str:
    """A title as it is if what may be a written-out umlaut is one: Baecker, Bäcker."""

    def umlaut(match: re.Match[str]) -> str:
        found = _AS_UMLAUTS[match[0].lower()]
        return found.upper() if match[0][0].isupper() else found

    return _WRITTEN_OUT.sub(umlaut, title)
