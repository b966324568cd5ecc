"""A plain client of the sample world: reads its pages the way the contract describes them."""

from __future__ import annotations

import base64
import codecs
import json
import re
from typing import Any
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

from tests.site.world import SampleWorld

_TOKENS = re.compile(r"@\$|\^\^|~@|%\?|\*~|!!|#&")


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, allow_redirects=False, timeout=60)


def soup(world: SampleWorld, path: str) -> BeautifulSoup:
    response = get(f"{world.catalogue_url}{path}")
    assert response.status_code == 200, path
    return BeautifulSoup(response.text, "html.parser")


def one(parent: BeautifulSoup | Tag, selector: str) -> Tag:
    found = parent.select(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def hoster_items(world: SampleWorld, path: str) -> list[Tag]:
    return list(soup(world, path).select("div.hosterSiteVideo ul.row > li"))


def embed_address(world: SampleWorld, path: str, hoster: str, language: int = 1) -> str:
    """Where the redirect of one hoster and language of an episode page leads."""
    for item in hoster_items(world, path):
        if one(item, "h4").text == hoster and item["data-lang-key"] == str(language):
            response = get(f"{world.catalogue_url}{item['data-link-target']}")
            assert response.status_code == 301
            return response.headers["Location"]
    raise AssertionError(f"{hoster} in language {language} is not on {path}")


def voe_payload(text: str) -> dict[str, Any]:
    """The documented decoding, written apart from the encoder."""
    letters = codecs.decode(text, "rot13")
    shifted = base64.b64decode(_TOKENS.sub("", letters)).decode("latin-1")
    inner = "".join(chr(ord(letter) - 3) for letter in shifted)[::-1]
    payload: dict[str, Any] = json.loads(base64.b64decode(inner))
    return payload


def voe_source(stub: str) -> dict[str, Any]:
    """Follow a VOE stub to its mirror and read what is hidden there."""
    quoted = re.search(r"""['"](https?://[^'"]+)['"]""", get(stub).text)
    assert quoted
    page = BeautifulSoup(get(quoted[1]).text, "html.parser")
    hidden = json.loads(one(page, 'script[type="application/json"]').text)
    return voe_payload(hidden[0])


def playlist(url: str, referer: str, tag: str = "MAP") -> list[str]:
    """The absolute addresses a playlist names, those in a tag (init segments) first."""
    response = get(url, Referer=referer)
    assert response.status_code == 200, url
    lines = response.text.splitlines()
    assert lines[0] == "#EXTM3U"
    named = re.findall(rf'#EXT-X-{tag}:(?:[^"]+,)?URI="([^"]+)"', response.text)
    plain = [line for line in lines if line and not line.startswith("#")]
    return [urljoin(url, name) for name in (*named, *plain)]


def fetch_hls(master: str, referer: str) -> bytes:
    """All fragments of the best quality, one after the other."""
    best = playlist(master, referer)[0]
    parts = [get(part, Referer=referer) for part in playlist(best, referer)]
    assert {part.status_code for part in parts} == {200}
    return b"".join(part.content for part in parts)
