"""The language of a source, by what a site says that is spoken in it."""

from __future__ import annotations

import re

from providers.base import Language
from providers.languages import short

UNKNOWN = "unknown-und"  # nobody says: the code of ISO 639 for that
SEVERAL = "unknown-mul"  # several, and nobody says which is where: the code for that
LONGEST = 64  # characters of what is looked at
_NAMED = {language.casefold(): str(language) for language in Language}
_SPOKEN = {
    "de": Language.GERMAN_DUB,
    "en": Language.ENGLISH_DUB,
    "ja": Language.JAPANESE,
}
_OTHER = re.compile(r"unknown-[A-Za-z0-9_.-]{1,50}")


def language_of(said: str) -> str:
    """A name of our own (``German Sub``) as it is, a tag or the name of a language (``de-AT``,
    ``ger``, ``Deutsch``) as what is spoken; ``unknown-<code>`` of what has no name among ours, and
    empty of what is no language.
    """
    word = " ".join(said[:LONGEST].split())
    named = _NAMED.get(word.casefold())
    if named or _OTHER.fullmatch(word):
        return named or word
    code = short(word)
    if not code:
        return ""
    known = _SPOKEN.get(code)
    return str(known) if known else f"unknown-{code}"
