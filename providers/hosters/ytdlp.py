"""Links that yt-dlp has an extractor of its own for. Its generic one is left out: pages without a
plain source are read by our own decoders, or not at all.

The extractor runs in a child (``providers.extraction``): it is foreign code on a foreign page.
"""

from __future__ import annotations

import json
import subprocess
import sys
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
LARGEST_ANSWER = 1_000_000
LABEL = "yt-dlp"

_FAILURES: Mapping[str, type[HosterError]] = {
    "gone": MediaGone,
    "blocked": HosterBlocked,
    "says": HosterBlocked,
    "down": HosterDown,
    "unread": DecoderOutdated,
}
# With these the hoster has not answered; the others say something of this one link.
_NO_ANSWER = frozenset({"down", "blocked"})


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
        if not is_known(link):
            raise UnsupportedHoster(hoster=host_of(link), url=link)
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
            done = subprocess.run(
                [sys.executable, "-m", "providers.extraction"],
                cwd=PROJECT,
                input=json.dumps(question).encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            seconds = round(PATIENCE)
            raise HosterDown(why="too_slow", site=LABEL, seconds=seconds, url=link) from error
        if done.returncode != 0 or len(done.stdout) > LARGEST_ANSWER:
            raise DecoderOutdated(why="died", site=LABEL, exit_code=done.returncode, url=link)
        answer: Mapping[str, Any] = json.loads(done.stdout)
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


def is_known(link: str) -> bool:
    """Whether yt-dlp has an extractor of its own for a link."""
    from yt_dlp.extractor import gen_extractor_classes  # noqa: PLC0415 - a large module, rarely used

    return any(one.IE_NAME != "generic" and one.suitable(link) for one in gen_extractor_classes())


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
