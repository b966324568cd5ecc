"""VOE. Source: the page contract, 3.1.

The embed page is a stub that sends the browser on to a mirror with a changing name. The mirror
holds the media addresses in an obfuscated form that changes now and then, so the decoders are
a list: the newest first, each with a name that goes into the log.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping

from providers.addresses import absolute, origin_of
from providers.base import Media, MediaKind
from providers.errors import DecoderOutdated
from providers.hosters.boundary import hoster_errors, refuse_other_page
from providers.hosters.captions import Found, captions_of, in_json
from providers.hosters.media import expiry_of_url, kind_of_url
from providers.http import HttpClient, Page

logger = logging.getLogger(__name__)

_HOPS = 3
_SHIFT = 3
_FILLER = re.compile("|".join(map(re.escape, ("@$", "^^", "~@", "%?", "*~", "!!", "#&"))))
# No value holds a quote, so a search that has failed at one place has read what no other reads
# again: with ".+?" a page of half values took hours.
_NEXT = re.compile(
    r"location(?:\.href)?\s{0,9}(?:=|\.(?:replace|assign)\()\s{0,9}['\"](https?://[^'\"\n]{1,2000})['\"]"
)
_NAMED_VARIABLE = re.compile(r"\b(?:a168c|MKGMa)\s{0,9}=\s{0,9}['\"]([^'\"\n]+)['\"]")
_HLS_VALUE = re.compile(r"['\"]hls['\"]\s{0,9}:\s{0,9}['\"]([^'\"\n]+)['\"]")
_ADDRESS = re.compile(r"https?://[^\s'\"<>\\]{1,4000}")

Payload = Mapping[str, object]


class VoeHoster:
    """Resolves VOE's embed pages."""

    name = "voe"

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def resolve(self, link: str, *, referer: str = "") -> Media:
        """The HLS playlist (or the file, where it is offered) behind an embed page.

        Raises:
            MediaGone, HosterBlocked, HosterDown: what the server says.
            DecoderOutdated: the page is there, but no decoder reads it.
            AddressRefused: a hop or the media lie at a private address.
        """
        origin = origin_of(referer)
        with hoster_errors():
            for _hop in range(_HOPS + 1):
                page = self._client.get_page(link, referer=f"{origin}/" if origin else "")
                for variant, decoder in DECODERS:
                    media = self._media(decoder(page), page, variant)
                    if media is not None:
                        return media
                onward = _NEXT.search(_scripts(page))
                if onward is None:
                    refuse_other_page(page, "VOE")
                    raise DecoderOutdated(why="no_decoder", site="VOE", url=page.url)
                origin, link = origin_of(page.url), onward.group(1)
        raise DecoderOutdated(why="hops", site="VOE", hops=_HOPS, url=link)

    def _media(self, payload: Payload | None, page: Page, variant: str) -> Media | None:
        url = _media_url(payload) if payload else ""
        if payload is None or not url:
            return None
        url = absolute(page.url, url)
        self._client.guard.check_url(url)
        logger.info("hoster=voe variant=%s page=%s", variant, page.url)
        return Media(
            url=url,
            kind=kind_of_url(url) or MediaKind.HLS,
            headers={"Referer": origin_of(page.url), "User-Agent": self._client.user_agent},
            expires_at=expiry_of_url(url),
            variant=variant,
            captions=captions_of(_captions(payload), page.url, self._client.guard),
        )


def decode_payload(text: str) -> Payload:
    """Undo the obfuscation of the JSON script: ROT13, filler, base64, shift, reversal, base64.

    Raises:
        ValueError: this is not the form the steps expect.
    """
    inner = _base64(_FILLER.sub("", codecs.decode(text, "rot13")))
    shifted = "".join(chr(ord(char) - _SHIFT) for char in inner)
    return _object(_base64(shifted[::-1]))


def _from_json_script(page: Page) -> Payload | None:
    """Since May 2025: a JSON script holding one string, plain or in an array."""
    for script in page.soup.select('script[type="application/json"]'):
        try:
            content = json.loads(script.get_text())
            text = content[0] if isinstance(content, list) and content else content
            if isinstance(text, str):
                return decode_payload(text)
        except (ValueError, RecursionError):
            continue  # another script, or another form: the next decoder's turn
    return None


def _from_variable(page: Page) -> Payload | None:
    """April 2025: a script variable, either obfuscated the same way or just reversed JSON."""
    found = _NAMED_VARIABLE.search(_scripts(page))
    if found is None:
        return None
    for read in (decode_payload, _reversed_json):
        try:
            return read(found.group(1))
        except (ValueError, RecursionError):
            continue
    return None


def _from_hls_value(page: Page) -> Payload | None:
    """Until 2024: ``'hls': '…'`` in the player's setup, plain or base64."""
    found = _HLS_VALUE.search(_scripts(page))
    if found is None:
        return None
    value = found.group(1)
    if value.startswith("http"):
        return {"source": value}
    try:
        return {"source": _base64(value)}
    except ValueError:
        return None


def _from_any_playlist(page: Page) -> Payload | None:
    """The last resort: any playlist address anywhere in the page."""
    found = (address.group() for address in _ADDRESS.finditer(page.text))
    playlist = next((address for address in found if ".m3u8" in address), None)
    return {"source": playlist} if playlist else None


Decoder = Callable[[Page], Payload | None]

DECODERS: tuple[tuple[str, Decoder], ...] = (
    ("json-script", _from_json_script),
    ("named-variable", _from_variable),
    ("hls-value", _from_hls_value),
    ("any-playlist", _from_any_playlist),
)


def _media_url(payload: Payload) -> str:
    source = payload.get("source")
    if isinstance(source, str) and source:
        return source
    direct = payload.get("direct_access_url")
    allowed = payload.get("direct_access_allowed", True)
    return direct if isinstance(direct, str) and allowed else ""


def _captions(payload: Payload) -> Iterator[Found]:
    """Its own list, and the player's, which holds thumbnails too."""
    yield from in_json(payload.get("captions"))
    yield from in_json(payload.get("tracks"), kind_needed=True)


def _scripts(page: Page) -> str:
    return "\n".join(script.get_text() for script in page.soup.select("script"))


def _base64(text: str) -> str:
    try:
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("not base64") from error


def _reversed_json(text: str) -> Payload:
    return _object(_base64(text)[::-1])


def _object(text: str) -> Payload:
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    return content
