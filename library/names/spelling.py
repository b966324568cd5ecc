"""One spelling for all: the same characters, whatever keyboard or tool wrote the name."""

from __future__ import annotations

import unicodedata

KNOWN_EXTENSIONS = frozenset(
    # What counts as a video is decided in files.py; these are cut off before reading.
    "mkv mp4 m4v avi ts m2ts webm mov wmv flv ogm rmvb rm mpg mpeg vob iso divx 3gp asf "
    "srt ass ssa sub idx vtt sup nfo jpg jpeg png torrent nzb mka mks part txt strm".split()
)

# Same length in, same length out: positions found in the lowered text cut the original one.
_CHARACTERS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width ASCII
_CHARACTERS |= {ord(c): "-" for c in "‐‑‒–—―−－"}
_CHARACTERS |= {ord(c): "[" for c in "【〔〖「『《〈"}
_CHARACTERS |= {ord(c): "]" for c in "】〕〗」』》〉"}
_CHARACTERS |= {ord(c): " " for c in "\u00a0\u2002\u2003\u2009\u202f\u3000★☆"}
_CHARACTERS |= {ord("×"): "x", ord("〜"): "~", ord("～"): "~", ord("İ"): "I", ord("＿"): " "}

_KANJI = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "十": 10, "百": 100}
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_NUMBER_WORDS = {word: n for n, word in enumerate(_WORDS.split())}
_ROMAN = {
    word: n
    for n, word in enumerate("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split(), start=1)
}

NUMBER_WORD = "|".join(
    sorted([*(set(_NUMBER_WORDS) - {"zero"}), *_ROMAN], key=lambda word: (-len(word), word))
)


def plain(name: str) -> str:
    """`name` with full-width, CJK and typographic characters made plain; `_` is a space."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", name).translate(_CHARACTERS)
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
