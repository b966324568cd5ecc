"""Which of the formats that an extractor names is fetched: what our engines take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from providers.base import MediaKind

MOST_FORMATS = 500
MOST_CAPTIONS = 30
LONGEST_ADDRESS = 8_000  # characters: one more is no address that a server takes

Fields = Mapping[str, Any]


class Format(NamedTuple):
    """One address that carries picture and sound, and what it is to be asked with."""

    url: str
    kind: MediaKind
    headers: Mapping[str, str]
    height: int


def chosen(info: Fields) -> Format | None:
    """The best that one of our engines fetches; of the same height a file before a playlist.

    A playlist is taken by its own address, so that tracks of their own come with it.
    """
    listed = info.get("formats")
    formats = listed[:MOST_FORMATS] if isinstance(listed, list) else [info]
    known = [one for entry in formats if isinstance(entry, Mapping) for one in _formats(entry)]
    order = {MediaKind.FILE: 2, MediaKind.HLS: 1, MediaKind.DASH: 0}
    # yt-dlp lists the best last.
    ranked = enumerate(known)
    best = max(ranked, key=lambda one: (one[1].height, order[one[1].kind], one[0]), default=None)
    return best[1] if best else None


def captions(info: Fields) -> Iterator[tuple[str, str, str]]:
    """Address, language and label of the subtitles; not of those that a machine has made."""
    listed = info.get("subtitles")
    if not isinstance(listed, Mapping):
        return
    for language, kinds in list(listed.items())[:MOST_CAPTIONS]:
        texts = [one for one in _objects(kinds) if one.get("ext") in {"vtt", "srt"}]
        url = texts[0].get("url") if texts else None
        if _is_address(url):
            yield url, str(language)[:20], str(texts[0].get("name") or "")[:100]


def _formats(entry: Fields) -> Iterator[Format]:
    if entry.get("has_drm"):
        return
    protocol, url = str(entry.get("protocol") or "https"), entry.get("url")
    manifest = entry.get("manifest_url")
    if protocol.startswith("m3u8"):
        yield from _format(manifest or url, MediaKind.HLS, entry)
    elif protocol.startswith("http_dash"):
        yield from _format(manifest, MediaKind.DASH, entry)
    elif protocol in {"http", "https"} and "none" not in (entry.get("vcodec"), entry.get("acodec")):
        yield from _format(url, MediaKind.FILE, entry)


def _format(url: object, kind: MediaKind, entry: Fields) -> Iterator[Format]:
    if _is_address(url):
        height = entry.get("height")
        yield Format(url, kind, _headers(entry), height if isinstance(height, int) else 0)


def _is_address(url: object) -> TypeGuard[str]:
    return isinstance(url, str) and 0 < len(url) <= LONGEST_ADDRESS


def _headers(entry: Fields) -> dict[str, str]:
    """Those that matter to who serves media; never a cookie."""
    sent = entry.get("http_headers")
    named = sent if isinstance(sent, Mapping) else {}
    kept = ("User-Agent", "Referer", "Origin")
    return {name: str(named[name])[:2000] for name in kept if name in named}


def _objects(listed: object) -> Sequence[Fields]:
    entries = listed if isinstance(listed, list) else []
    return [one for one in entries if isinstance(one, Mapping)]
