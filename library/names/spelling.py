"""One spelling for all: the same characters, whatever keyboard or tool wrote the name."""

from __future__ import annotations

import re
import unicodedata

from library.naming.videos import VIDEO_EXTENSIONS

# Cut off before reading: of videos that a scan counts, and of what people ask `parsenames` about.
KNOWN_EXTENSIONS = (
    VIDEO_EXTENSIONS
    | {"rm", "iso", "3gp", "mka", "mks", "strm"}
    | {"srt", "ass", "ssa", "sub", "idx", "vtt", "sup", "nfo", "jpg", "jpeg", "png"}
    | {"torrent", "nzb", "part", "txt"}
)

# Same length in, same length out: positions found in the lowered text cut the original one.
_CHARACTERS: dict[int, int | str] = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)
}  # full-width ASCII
# The zeros of the scripts that have digits of their own; the nine others follow each.
_ZEROS = (
    "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66"
    "\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040\u17e0\u1810"
)
_CHARACTERS |= {ord(zero) + digit: ord("0") + digit for zero in _ZEROS for digit in range(10)}
_CHARACTERS |= {ord(c): "-" for c in "‐‑‒–—―−－"}
_CHARACTERS |= {ord(c): "[" for c in "【〔〖「『《〈"}
_CHARACTERS |= {ord(c): "]" for c in "】〕〗」』》〉"}
_CHARACTERS |= {ord(c): " " for c in "\u00a0\u2002\u2003\u2009\u202f\u3000★☆"}
_CHARACTERS |= {ord("×"): "x", ord("〜"): "~", ord("～"): "~", ord("İ"): "I", ord("＿"): " "}
_CHARACTERS[ord("♯")] = "#"

_KANJI = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "十": 10, "百": 100}
_NUMBER_WORDS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NUMBER_WORDS |= {"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
# Ordinals, as they stand behind the Arabic and Persian words for season and episode.
_NUMBER_WORDS |= {"الأول": 1, "الاول": 1, "الأولى": 1, "الاولى": 1, "الثاني": 2, "الثانية": 2}
_NUMBER_WORDS |= {"الثالث": 3, "الثالثة": 3, "الرابع": 4, "الرابعة": 4, "الخامس": 5}
_NUMBER_WORDS |= {"الخامسة": 5, "السادس": 6, "السادسة": 6, "السابع": 7, "السابعة": 7}
_NUMBER_WORDS |= {"الثامن": 8, "الثامنة": 8, "التاسع": 9, "التاسعة": 9, "العاشر": 10}
_NUMBER_WORDS |= {"العاشرة": 10, "اول": 1, "دوم": 2, "سوم": 3, "چهارم": 4, "پنجم": 5}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_ROMAN |= {"x": 10, "xi": 11, "xii": 12, "xiii": 13, "xiv": 14, "xv": 15}
_CYRILLIC_X = re.compile(r"(?<=\d)[хХ](?=\d)")  # 06х05 typed on a Russian keyboard

NUMBER_WORD = "|".join(
    sorted([*(set(_NUMBER_WORDS) - {"zero"}), *_ROMAN], key=lambda word: (-len(word), word))
)


def plain(name: str) -> str:
    """`name` with full-width, CJK and typographic characters made plain; `_` is a space."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", name).translate(_CHARACTERS)
        name = _CYRILLIC_X.sub("x", name)
    return name.replace("_", " ")


def without_extension(name: str) -> str:
    """`name` without a known file extension (an unknown one may be part of the title)."""
    stem, dot, extension = name.rpartition(".")
    if dot and stem and extension.lower() in KNOWN_EXTENSIONS:
        return stem
    return name


def number(word: str) -> int:
    """The value of digits, an English number word, a Roman or a Japanese numeral."""
    if word.isdecimal():
        return int(word)
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS[word]
    if word in _ROMAN:
        return _ROMAN[word]
    return _kanji(word)


def _kanji(word: str) -> int:
    total, digit = 0, 0
    for char in word:
        value = int(char) if char.isdecimal() else _KANJI[char]
        if value >= 10:
            total += (digit or 1) * value
            digit = 0
        else:
            digit = digit * 10 + value
    return total + digit
