"""Recognising pages that stand before the page: browser checks and captchas.

They are recognised and reported, never worked round. Signs gathered from public clients (page
contract, 2.7). Ordinary pages carry some of the same words in scripts and style sheets (one
protection service adds its script to every page it passes through), so a page that came with
status 200 is judged by its elements only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from providers.parsing import parsed

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_REFUSING = frozenset({403, 429, 503})
_WORDS = (  # enough on a refusing status
    ("ddg-l10n-title", "DDoS-Guard"),
    ("Checking your browser before accessing", "DDoS-Guard"),
    ("/.well-known/ddos-guard", "DDoS-Guard"),
    ("Just a moment", "Cloudflare"),
    ("cf-chl", "Cloudflare"),
    ("challenge-platform", "Cloudflare"),
    ("cf-turnstile", "Cloudflare Turnstile"),
)
_ELEMENTS = (
    ("h1#ddg-l10n-title", "DDoS-Guard"),
    ("form#challenge-form", "Cloudflare"),
    ("#challenge-error-text", "Cloudflare"),
)
# What a check is made of, where nothing that a page is read for stands beside it.
_CHECKS = (
    (".cf-turnstile", "Cloudflare Turnstile"),
    ("[id^=cf-chl], [class*=cf-chl]", "Cloudflare"),
    *_ELEMENTS,
)
# Given with a check, and to whoever has passed one. Others of the same services come with every
# answer.
_COOKIE = re.compile(r"(?:^|[,;\s])cf_(?:clearance|chl_\w{1,40})=")


def challenge_sign(status: int, headers: Mapping[str, str], text: str, *, url: str = "") -> str:
    """The name of the protection whose check this answer is, empty for any other answer.

    Raises:
        UnexpectedAnswer: a page that is too large or too deep to be parsed.
    """
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "Cloudflare"
    if status in _REFUSING:
        is_given = _COOKIE.search(headers.get("Set-Cookie", "")) is not None
        return protection_in(text) or ("Cloudflare" if is_given else "")
    return _sign_in_elements(text, url)


def protection_in(text: str) -> str:
    """The name of a protection that a page speaks of, empty where it speaks of none. Ordinary pages
    do so too: this is for those that are known to be none."""
    return next((name for word, name in _WORDS if word in text), "")


def check_in(soup: BeautifulSoup) -> str:
    """The name of the protection whose check is an element of a page in which what it is read for
    was not found; empty where there is none."""
    return next((name for selector, name in _CHECKS if soup.select_one(selector)), "")


def _sign_in_elements(text: str, url: str) -> str:
    # Parsing a large page costs a second; without one of these words it cannot match.
    if not any(word in text for word in ("ddg-l10n-title", "challenge-", "Just a moment")):
        return ""
    soup = parsed(text, url=url)
    title = soup.title.get_text().strip() if soup.title else ""
    if title.startswith("Just a moment"):
        return "Cloudflare"
    return next((name for selector, name in _ELEMENTS if soup.select_one(selector)), "")
