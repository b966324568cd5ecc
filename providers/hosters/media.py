"""What the address of a media file tells about it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from providers.base import MediaKind

_BY_EXTENSION = {
    ".m3u8": MediaKind.HLS,
    ".mpd": MediaKind.DASH,
    ".mp4": MediaKind.FILE,
    ".m4v": MediaKind.FILE,
    ".webm": MediaKind.FILE,
    ".mkv": MediaKind.FILE,
}


_DIGITS = re.compile(r"[0-9]{1,12}")


def kind_of_url(url: str) -> MediaKind | None:
    """The kind by the extension of the path, None when that says nothing."""
    path = urlsplit(url).path.lower()
    return next((kind for end, kind in _BY_EXTENSION.items() if path.endswith(end)), None)


def expiry_of_url(url: str) -> datetime | None:
    """When a signed address ends, by its ``s`` (Unix start) and ``e`` (seconds), as VOE and
    Vidmoly write them (page contract, 3.1 and 3.2)."""
    query = parse_qs(urlsplit(url).query)
    start, seconds = query.get("s", [""])[0], query.get("e", [""])[0]
    if not (_DIGITS.fullmatch(start) and _DIGITS.fullmatch(seconds)):
        return None
    try:
        return datetime.fromtimestamp(int(start) + int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return None
