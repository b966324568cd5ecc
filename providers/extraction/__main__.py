"""``python -m providers.extraction``: reads one question, answers it with one line, and ends.

The question is ``{"link", "referer", "user_agent", "allow"}``, the answer ``{"url", "kind",
"headers", "captions", "extractor"}`` or ``{"failure", "words"}``. Whatever a page does to the
extractor ends with this process: its memory and its time have an end, and its sockets lead nowhere
but where the guard lets them.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from yt_dlp.extractor import gen_extractor_classes
from yt_dlp.extractor.unsupported import UnsupportedInfoExtractor
from yt_dlp.networking.exceptions import HTTPError, RequestError
from yt_dlp.utils import DownloadError, ExtractorError, GeoRestrictedError, UnsupportedError

from providers.coded import foreign
from providers.errors import AddressRefused
from providers.extraction.downloader import WebDownloader
from providers.extraction.formats import captions, chosen
from providers.guard import AddressGuard, install_socket_guard

MOST_MEMORY = 1_000_000_000
MOST_SECONDS = 60  # of the processor
SOCKET_TIMEOUT = 20
LARGEST_QUESTION = 100_000

logger = logging.getLogger(__name__)


def main() -> None:
    """Answer the question on standard input."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    question = json.loads(sys.stdin.read(LARGEST_QUESTION))
    refused = install_socket_guard(AddressGuard(question["allow"]))
    try:
        answer = _answer(question)
    except Exception as error:  # noqa: BLE001 - whatever it is, the one who asks is told
        answer = _failure(error, refused)
    json.dump(answer, sys.stdout)


def _answer(question: Mapping[str, Any]) -> dict[str, Any]:
    if not _is_known(question["link"]):
        return {"failure": "unsupported", "words": ""}
    with WebDownloader(_options(question)) as downloader:
        info = downloader.extract_info(question["link"], download=False, process=True)
        info = downloader.sanitize_info(info) or {}
    if info.get("is_live") or info.get("live_status") in {"is_live", "is_upcoming"}:
        return {"failure": "live", "words": ""}
    found = chosen(info)
    if found is None:
        return {"failure": "nothing", "words": ""}
    return {
        "url": found.url,
        "kind": found.kind.value,
        "headers": dict(found.headers),
        "captions": list(captions(info)),
        "extractor": str(info.get("extractor") or "")[:100],
    }


def _is_known(link: str) -> bool:
    """Whether yt-dlp has an extractor of its own for a link, and does not refuse its site.

    Asked here, where time has an end: with some of its patterns a link takes as long as its writer
    likes.
    """
    refused = {one.ie_key() for one in UnsupportedInfoExtractor.__subclasses__()}
    fitting = (one for one in gen_extractor_classes() if one.suitable(link))
    first = next(fitting, None)
    return first is not None and first.IE_NAME != "generic" and first.ie_key() not in refused


def _options(question: Mapping[str, Any]) -> dict[str, Any]:
    headers = {"User-Agent": question["user_agent"], "Referer": question["referer"]}
    return {
        # The generic one would read any page, which our own decoders do.
        "allowed_extractors": ["default", "-generic"],
        "cachedir": False,
        "check_formats": False,
        "extract_flat": "in_playlist",
        "http_headers": {name: value for name, value in headers.items() if value},
        "logger": logger,
        "noplaylist": True,
        "playlistend": 1,
        "proxy": "",
        "quiet": True,
        "skip_download": True,
        "socket_timeout": SOCKET_TIMEOUT,
        "format": "all",
    }


def _failure(error: Exception, refused: Sequence[AddressRefused]) -> dict[str, Any]:
    """What went wrong, in one word for the one who asks, and what yt-dlp says of it."""
    inner = _innermost(error)
    if refused:
        return {"failure": "forbidden", "words": refused[-1].params.get("host", "")}
    return {"failure": _kind(inner), "words": foreign(getattr(inner, "orig_msg", None) or inner)}


def _innermost(error: Exception) -> Exception:
    """What yt-dlp has wrapped: the extractor's error, or that of the connection beneath it."""
    wrapped = error.exc_info[1] if isinstance(error, DownloadError) and error.exc_info else None
    found = wrapped if isinstance(wrapped, Exception) else error
    cause = getattr(found, "cause", None)
    return cause if isinstance(cause, RequestError) and isinstance(cause, Exception) else found


def _kind(error: Exception) -> str:
    if isinstance(error, UnsupportedError):
        return "unsupported"
    if isinstance(error, GeoRestrictedError):
        return "blocked"
    if isinstance(error, HTTPError):
        return {404: "gone", 410: "gone", 401: "blocked", 403: "blocked", 429: "blocked"}.get(
            error.status, "down"
        )
    if isinstance(error, RequestError):
        return "down"
    if isinstance(error, ExtractorError) and error.expected:
        return "says"
    return "unread"


if __name__ == "__main__":
    main()
