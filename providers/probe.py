"""Asking for the first bytes of a media file before a download is begun.

A playlist can load while its segments are refused (page contract, 3), and a hoster may answer
with a page where the video should be. Found out here, the next hoster is tried at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from providers.addresses import absolute
from providers.base import Media, MediaKind
from providers.coded import foreign
from providers.errors import HosterBlocked, MediaGone
from providers.hosters.boundary import hoster_errors
from providers.http import Blob, HttpClient
from providers.wire import decode

_FIRST_BYTES = 2_048
_PLAYLIST_SIZE = 2_000_000
_NESTING = 3  # master, media, and one to spare
_HTML = re.compile(rb"^\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)


def probe(media: Media, client: HttpClient) -> None:
    """Read the beginning of ``media``: a file's first bytes, the first segment of a playlist,
    or a DASH manifest (whose segments are left to the download).

    Raises:
        HosterBlocked: refused, or something else than media came.
        MediaGone: 404, or a playlist without segments.
        HosterDown: the server does not answer.
        AddressRefused: a playlist leads to a private address.
    """
    with hoster_errors():
        if media.kind is MediaKind.HLS:
            _probe_bytes(_first_segment(media, client), media.headers, client)
        elif media.kind is MediaKind.DASH:
            manifest = client.peek(media.url, size=_PLAYLIST_SIZE, headers=media.headers)
            if b"<MPD" not in manifest.data:
                raise _not_media(manifest)
        else:
            _probe_bytes(media.url, media.headers, client)


def _probe_bytes(url: str, headers: Mapping[str, str], client: HttpClient) -> None:
    start = client.peek(url, size=_FIRST_BYTES, headers=headers)
    if not start.data:
        raise MediaGone(why="empty_file", url=url)
    # Judged by its bytes: some hosters name their segments .html or .jpg, and type them so.
    if _HTML.match(start.data):
        raise _not_media(start)


def _first_segment(media: Media, client: HttpClient) -> str:
    """The address of the first segment, through the first variant of a master playlist."""
    url = media.url
    for _level in range(_NESTING):
        playlist = client.peek(url, size=_PLAYLIST_SIZE, headers=media.headers)
        text = decode(playlist.data)
        if not text.lstrip().startswith("#EXTM3U"):
            raise _not_media(playlist)
        lines = (line.strip() for line in text.splitlines())
        first = next((line for line in lines if line and not line.startswith("#")), None)
        if first is None:
            raise MediaGone(why="no_segments", url=url)
        url = absolute(playlist.url, first)
        if "#EXT-X-STREAM-INF" not in text:
            return url
    raise HosterBlocked(why="nested", url=media.url)


def _not_media(answer: Blob) -> HosterBlocked:
    content_type = foreign(answer.content_type)
    return HosterBlocked(why="not_media", content_type=content_type, url=answer.url)
