"""A site's words for languages and hosters, in ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

from providers.base import Language
from providers.sites.described.definition import Definition

_LANGUAGES = {language.casefold(): language.value for language in Language}
_OTHER = re.compile(r"[^A-Za-z0-9_.-]+")
_MEDIA = (".mp4", ".m4v", ".mkv", ".webm", ".m3u8", ".mpd")
ANY = "*"


def language_of(word: str, definition: Definition) -> str:
    """What we call a language; ``unknown-<word>`` of one that the definition does not name."""
    folded = word.strip().casefold()
    known = definition.languages.get(folded) or _LANGUAGES.get(folded)
    if known:
        return known
    told = _OTHER.sub("-", word.strip())[:50].strip("-")
    return f"unknown-{told or 'language'}"


def languages_of(words: Iterable[str], definition: Definition) -> tuple[str, ...]:
    """Each once, in their order."""
    return tuple(dict.fromkeys(language_of(word, definition) for word in words))


def hoster_of(word: str, link: str, definition: Definition, known: Collection[str]) -> str:
    """What we call a hoster: by the site's word for it, by the host of its link, or by what the
    link leads to; the site's word where none of them says so."""
    host = _host(link)
    told = definition.hosters.get(word.strip().casefold()) or _by_host(host, definition.hosters)
    if told:
        return told
    folded = word.strip().casefold()
    if folded in known:
        return folded
    by_name = next((name for name in known if name in host.split(".")), "")
    if by_name:
        return by_name
    if ANY in definition.hosters:
        return definition.hosters[ANY]
    return "direct" if _path(link).endswith(_MEDIA) else folded or host


def _by_host(host: str, hosters: Mapping[str, str]) -> str:
    """What the table says of a host, or of one that it is a part of."""
    parts = host.split(".")
    named = (".".join(parts[at:]) for at in range(len(parts)))
    return next((hosters[name] for name in named if name and name in hosters), "")


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").lower()
    except ValueError:
        return ""


def _path(link: str) -> str:
    try:
        return urlsplit(link).path.lower()
    except ValueError:
        return ""
