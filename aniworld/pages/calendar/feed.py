"""The calendar as programs subscribe to it: which episodes, and what tells that nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from aniworld.pages.calendar.reading import Wanted, releases
from aniworld.pages.calendar.spans import Span, today

DAYS_BEFORE, DAYS_AFTER = timedelta(days=60), timedelta(days=180)
MOST = 1_000  # episodes


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """What the address of a feed asks for.

    ``premieres``: only the first episode of each season. ``language``: only when an episode came
    out in this one.
    """

    wanted: Wanted = field(default_factory=Wanted)
    premieres: bool = False
    language: str = ""


def feed_days() -> Span:
    """The days that a feed tells of."""
    now = today()
    return Span(now - DAYS_BEFORE, now + DAYS_AFTER)


def feed(options: FeedOptions, address_of: Callable[[str], str]) -> bytes:
    """The feed, newest first.

    Args:
        address_of: the address of a series' page, by its key.
    """
    from aniworld.pages.calendar import ics  # noqa: PLC0415 - 10 MB for who has no subscription

    found = releases(
        feed_days(),
        options.wanted,
        language=options.language,
        premieres=options.premieres,
        most=2 * MOST,
    )
    return ics.written(found[:MOST], options.language, address_of)


def etag_of(body: bytes) -> str:
    """The mark by which a program knows the feed it has."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
