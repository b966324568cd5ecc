"""Titles as they are looked for: what one may write in more than one way is written in one.

Both the kept titles and what is typed go through the same folding, so nothing of it has to be
undone. It is for finding alone: two different titles may become the same.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")  # Latin accents; not the marks of Japanese kana
_WITHIN = re.compile("['’‘ʼ`´]")  # stands inside a word and is left out as often as not
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
# A vowel with what may stand for its umlaut or its length: ä is ae, ō is ou and oo. Whole runs, so
# that it does not matter which of several vowels in a row is written out.
_VOWELS = re.compile(r"a[ae]+|o[oue]+|u[ue]+|ee+|ii+")
# At most so much of a text is looked at: nobody types more, and no title is longer.
LONGEST = 1_000


def plain_words(title: str) -> str:
    """The words of a title without case, accents and punctuation, as it is sorted by.

    A title without letters and digits ("!!!") is its signs.
    """
    decomposed = unicodedata.normalize("NFKD", title[:LONGEST].casefold()).translate(_LETTERS)
    without = unicodedata.normalize("NFC", _MARKS.sub("", _WITHIN.sub("", decomposed)))
    shown = "".join(map(_visible, without.casefold()))
    words = "".join(c if c.isalnum() else " " for c in shown).split()
    return " ".join(words or shown.split())


def folded_words(title: str) -> str:
    """The same for finding: "Märchen-Prinz" and "maerchen prinz" alike."""
    return " ".join(_VOWELS.sub(_first, word) for word in plain_words(title).split())


def folded(title: str) -> str:
    """That without spaces: "Steins;Gate", "steins gate" and "steinsgate" alike."""
    return _VOWELS.sub(_first, plain_words(title).replace(" ", ""))


def initial(title: str) -> str:
    """Under which letter a title stands: ``a`` to ``z``, ``0`` for digits, ``~`` for the rest."""
    first = plain_words(title)[:1]
    if "a" <= first <= "z":
        return first
    return "0" if first.isdigit() else "~"


def _visible(char: str) -> str:
    """What nobody sees is nothing; what no database takes, and ends of lines, are a space."""
    kind = unicodedata.category(char)
    return "" if kind == "Cf" else " " if kind in {"Cc", "Cs"} else char


def _first(run: re.Match[str]) -> str:
    return run[0][0]
