"""The border of a hoster: whatever goes wrong behind it concerns this hoster only.

The HTTP client speaks of the server it asked. For a hoster "the server is down" must not read as
"the whole site is down": the next hoster is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
