"""What languages are called: by sites, in playlists, in files.

Among ourselves a language is its ISO 639-1 code (``de``), or the three letters where there is no
shorter one; files get ISO 639-2/T (``deu``).
"""

from __future__ import annotations

import re

# ISO 639-1, then 639-2/T, then 639-2/B where it differs, then what it is called.
_TABLE = """
ar ara arabic العربية
bg bul bulgarian български
ca cat catalan català
cs ces cze czech čeština
da dan danish dansk
de deu ger german deutsch
el ell gre greek ελληνικά
en eng english englisch
es spa spanish español castellano spanisch
et est estonian eesti
fa fas per persian farsi فارسی
fi fin finnish suomi
fr fra fre french français französisch
he heb hebrew עברית
hi hin hindi हिन्दी
hr hrv croatian hrvatski
hu hun hungarian magyar
id ind indonesian bahasa
it ita italian italiano italienisch
ja jpn japanese 日本語 japanisch
ko kor korean 한국어
lt lit lithuanian lietuvių
lv lav latvian latviešu
ms msa may malay
nl nld dut dutch nederlands
no nor norwegian norsk
pl pol polish polski polnisch
pt por portuguese português
ro ron rum romanian română
ru rus russian русский russisch
sk slk slo slovak slovenčina
sl slv slovenian slovenščina
sr srp serbian српски
sv swe swedish svenska
ta tam tamil தமிழ்
te tel telugu తెలుగు
th tha thai ไทย
tr tur turkish türkçe türkisch
uk ukr ukrainian українська
vi vie vietnamese
zh zho chi chinese 中文 chinesisch
"""
_ROWS = [line.split() for line in _TABLE.strip().splitlines()]
_SHORT = {word: row[0] for row in _ROWS for word in row}
_IN_FILES = {row[0]: row[1] for row in _ROWS}
_TAG = re.compile(r"^([a-z]{2,3})(?:[-_][a-z0-9]{1,8}){0,4}$")
_WORD = re.compile(r"[^\W\d_]+")
_NONE = frozenset({"und", "mul", "zxx", "mis", "qaa"})
LONGEST = 100  # of what is looked at


def short(text: str) -> str:
    """The language a tag (``de-DE``, ``ger``) or a name (``Deutsch (Dub)``) stands for, else "".

    A tag of two or three letters that stands in no table is kept: it is still that language.
    """
    word = text[:LONGEST].strip().casefold()
    tag = _TAG.match(word)
    if tag and tag[1] in _NONE:
        return ""
    if tag and len(tag[1]) <= 3:
        return _SHORT.get(tag[1], tag[1])
    named = (_SHORT[part] for part in _WORD.findall(word) if len(part) > 3 and part in _SHORT)
    return _SHORT.get(word) or next(named, "")


def in_files(language: str) -> str:
    """ISO 639-2/T of an ISO 639-1 code; "" of none."""
    return _IN_FILES.get(language, language if len(language) == 3 else "")
