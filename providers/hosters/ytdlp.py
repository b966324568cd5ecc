"""Links that yt-dlp has an extractor of its own for. Its generic one is left out: pages without a
plain source are read by our own decoders, or not at all.

The extractor runs in a child (``providers.extraction``): it is foreign code on a foreign page.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from providers.addresses import host_of
from providers.base import Media, MediaKind
from providers.coded import foreign
from providers.errors import (
    AddressRefused,
    DecoderOutdated,
    HosterBlocked,
    HosterDown,
    HosterError,
    MediaGone,
    UnsupportedHoster,
)
from providers.hosters.captions import Found, captions_of
from providers.hosters.media import expiry_of_url
from providers.http import HttpClient

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # seconds for one link
LARGEST_ANSWER = 1_000_000  # bytes
_PIECE = 65_536
LABEL = "yt-dlp"

_FAILURES: Mapping[str, type[HosterError]] = {
    "gone": MediaGone,
    "blocked": HosterBlocked,
    "says": HosterBlocked,
    "down": HosterDown,
    "unread": DecoderOutdated,
}
# With these the hoster has not answered, or was not asked; the others say something of this one
# link.
_NO_ANSWER = frozenset({"down", "blocked", "unsupported"})


class YtDlpHoster:
    """Resolves a link by yt-dlp's own extractors."""

    name = "ytdlp"

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def resolve(self, link: str, *, referer: str = "") -> Media:
        """The best that our engines fetch of what is behind ``link``.

        Raises:
            UnsupportedHoster: yt-dlp has no extractor for it.
            MediaGone, HosterBlocked, HosterDown, DecoderOutdated: what the extractor says.
            AddressRefused: not http(s), or it leads to a private address.
        """
        self._client.guard.check_url(link)
        with self._client.asked_by_another(link):
            answer = self._asked(link, referer)
            if answer.get("failure") in _NO_ANSWER:
                raise _failure(answer, link)
        if "failure" in answer:
            raise _failure(answer, link)
        return self._media(answer, link)

    def _asked(self, link: str, referer: str) -> Mapping[str, Any]:
        question = {
            "link": link,
            "referer": referer,
            "user_agent": self._client.user_agent,
            "allow": self._client.guard.allow,
        }
        try:
            said, exit_code = _answered(json.dumps(question).encode())
        except TimeoutError as error:
            seconds = round(PATIENCE)
            raise HosterDown(why="too_slow", site=LABEL, seconds=seconds, url=link) from error
        if exit_code != 0:
            raise DecoderOutdated(why="died", site=LABEL, exit_code=exit_code, url=link)
        answer: Mapping[str, Any] = json.loads(said)
        return answer

    def _media(self, answer: Mapping[str, Any], link: str) -> Media:
        url = answer["url"]
        self._client.guard.check_url(url)
        found = [Found(address, language, label) for address, language, label in answer["captions"]]
        return Media(
            url=url,
            kind=MediaKind(answer["kind"]),
            headers=answer["headers"],
            expires_at=expiry_of_url(url),
            variant=answer["extractor"],
            captions=captions_of(found, link, self._client.guard),
        )


def _answered(question: bytes) -> tuple[bytes, int]:
    """What the child says, and its exit code; that of one we have ended where it says too much.

    Raises:
        TimeoutError: it takes too long.
    """
    ends = time.monotonic() + PATIENCE
    with tempfile.TemporaryFile() as asked:  # which is read without anybody who writes
        asked.write(question)
        asked.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "providers.extraction"],
            cwd=PROJECT,
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    try:
        with child.stdout as answer:
            said = _read(answer.fileno(), ends)
        if len(said) > LARGEST_ANSWER:
            child.kill()
        return said, child.wait(max(0.0, ends - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error
    finally:
        child.kill()
        child.wait()


def _read(source: int, ends: float) -> bytes:
    """What comes from a pipe, up to a little more than the largest answer.

    Raises:
        TimeoutError: it has not ended by ``ends``, of the monotonic clock.
    """
    said = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(source, selectors.EVENT_READ)
        while len(said) <= LARGEST_ANSWER:
            left = ends - time.monotonic()
            if left <= 0 or not ready.select(left):
                raise TimeoutError
            part = os.read(source, _PIECE)
            if not part:
                break
            said += part
    return bytes(said)


def _failure(answer: Mapping[str, Any], link: str) -> HosterError | AddressRefused:
    kind, words = answer["failure"], foreign(answer["words"])
    if kind == "forbidden":
        return AddressRefused(why="private", host=words, url=link)
    if kind == "unsupported":
        return UnsupportedHoster(hoster=host_of(link), url=link)
    if kind == "live":
        return HosterBlocked(why="live", url=link)
    if kind == "nothing":
        return DecoderOutdated(why="no_source", url=link)
    return _FAILURES[kind](why="says", site=LABEL, reason=words, url=link)
