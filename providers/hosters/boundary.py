"""The border of a hoster: whatever goes wrong behind it concerns this hoster only.

The HTTP client speaks of the server it asked. For a hoster "the server is down" must not read as
"the whole site is down": the next hoster is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from providers.challenge import check_in
from providers.coded import foreign
from providers.errors import (
    Blacklisted,
    ChallengeRequired,
    DecoderOutdated,
    HosterBlocked,
    HosterDown,
    HosterError,
    MarkupChanged,
    MediaGone,
    NotFound,
    ProviderError,
    RateLimited,
    ResponseTooLarge,
    SiteDown,
    UnexpectedAnswer,
)

if TYPE_CHECKING:
    from providers.http import Page

_HEADINGS, _LONGEST_HEADING = 10, 200
# What a heading may be made of, beside the hoster's name, that says no more than that. A title of a
# film has other words.
_PLAIN = """
    404 410 a and are available be been because by can copyright could deleted dmca do does error
    exist exists expired file find for found has have is it its longer looking no not oops on or our
    owner page removed request requested server sorry the this to unfortunately uploader user video
    violation was we were with you your
"""
_PLAIN_WORDS = frozenset(_PLAIN.split())
_GONE = re.compile(
    r"\b(?:file|video)\b[\w\s]{0,30}\b(?:not found|deleted|removed|does not exist)\b", re.IGNORECASE
)

_WORD = re.compile(r"\w+")

_MEANING: tuple[tuple[type[ProviderError], type[HosterError]], ...] = (
    (NotFound, MediaGone),
    (ChallengeRequired, HosterBlocked),
    (Blacklisted, HosterBlocked),
    (RateLimited, HosterBlocked),
    (SiteDown, HosterDown),
    (UnexpectedAnswer, HosterDown),
    (MarkupChanged, DecoderOutdated),
    (ResponseTooLarge, DecoderOutdated),
)


@contextmanager
def hoster_errors() -> Iterator[None]:
    """Turn errors of a server into errors of a hoster. ``AddressRefused`` stays what it is."""
    try:
        yield
    except ProviderError as error:
        for raised, meant in _MEANING:
            if isinstance(error, raised):
                raise meant(why="server", cause=error, url=error.url) from error
        raise


def refuse_other_page(page: Page, site: str) -> None:
    """What a page that no decoder reads may say for itself: then it is no fault of theirs.

    Raises:
        ChallengeRequired: a check stands before the player.
        MediaGone: the file is not there any more. Most hosters say so with status 404, not all.
    """
    sign = check_in(page.soup)
    if sign:
        raise ChallengeRequired(why="check", site=site, sign=sign, url=page.url)
    for heading in page.soup.select("title, h1, h2")[:_HEADINGS]:
        words = heading.get_text()[:_LONGEST_HEADING]
        said = set(_WORD.findall(words.lower()))
        if _GONE.search(words) and said <= _PLAIN_WORDS | set(_WORD.findall(site.lower())):
            raise MediaGone(why="says", site=site, reason=foreign(words), url=page.url)
