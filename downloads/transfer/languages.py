"""What a source carries, by what its site calls it: sound in one language, subtitles in another."""

from __future__ import annotations

import re

from downloads.transfer.media import Wanted
from providers.languages import in_files, short

__all__ = ["ORIGINAL", "in_files", "short", "wanted"]

# What a source of a site carries: sound, and subtitles that belong to it.
_DUB = re.compile(r"^(?P<language>\w+) dub$", re.IGNORECASE)
_SUB = re.compile(r"^(?P<language>\w+) sub$", re.IGNORECASE)
ORIGINAL = "ja"  # what anime is spoken in where it is subtitled


def wanted(language: str, others: tuple[str, ...] = ()) -> Wanted:
    """What a source in ``language`` (the site's words: ``German Dub``) is to bring.

    Args:
        others: the languages the owner takes, best first; what they speak is kept too.
    """
    sound, subtitles = _carried(language)
    spoken = (_carried(other) for other in others)
    more = dict.fromkeys(code for pair in spoken for code in pair if code and code != sound)
    return Wanted(sound, subtitles, is_original=bool(subtitles), more=tuple(more))


def _carried(language: str) -> tuple[str, str]:
    dub, sub = _DUB.match(language.strip()), _SUB.match(language.strip())
    if dub:
        return short(dub["language"]), ""
    if sub:
        return ORIGINAL, short(sub["language"])
    return short(language), ""
