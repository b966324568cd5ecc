"""Pages kept for a while, so that a site is not asked twice for the same thing.

The client decides how long a page counts as fresh; a stale one is still worth keeping, because
with its ETag or date the site can answer "not modified" without sending it again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

MAX_AGE = 7 * 86_400.0  # seconds after which a page is dropped, whatever its use
# What was written just now may lie a little ahead of a clock that is being put right.
_CLOCK_MARGIN = 2.0


@dataclass(frozen=True, slots=True)
class PageKey:
    """Which page it is: of which site, at which address, and asked how.

    ``sent`` stands for the headers of the request: a site may answer others with another page.
    """

    site: str
    url: str
    sent: str = ""


@dataclass(frozen=True, slots=True)
class CachedPage:
    """The text of a page and what a conditional request needs.

    ``stored_at`` are Unix seconds, ``lifetime`` the seconds that it counts as fresh from then on.
    """

    url: str
    text: str
    content_type: str
    etag: str
    last_modified: str
    stored_at: float
    lifetime: float = 0.0


class PageCache(Protocol):
    """Where fetched pages are kept. Losing any of them at any time is allowed."""

    def get(self, key: PageKey) -> CachedPage | None: ...

    def put(self, key: PageKey, page: CachedPage) -> None: ...


def is_of_use(stored_at: float, now: float, max_age: float = MAX_AGE) -> bool:
    """Whether what was stored then is still kept. What is of the future is not: the clock was set
    back since, and nobody can say how old it is."""
    return -_CLOCK_MARGIN <= now - stored_at <= max_age


class MemoryCache:
    """A bounded cache in memory: the page unused for longest goes first.

    Args:
        max_chars: characters of text kept in all.
        max_age: seconds after which a page is dropped, whatever its use.
    """

    def __init__(
        self,
        *,
        max_chars: int = 16_000_000,
        max_age: float = MAX_AGE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._max_chars = max_chars
        self._max_age = max_age
        self._clock = clock
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, CachedPage] = OrderedDict()
        self._chars = 0

    def get(self, key: Hashable) -> CachedPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if not is_of_use(page.stored_at, self._clock(), self._max_age):
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: CachedPage) -> None:
        with self._lock:
            self._drop(key)
            if len(page.text) > self._max_chars:
                return
            self._pages[key] = page
            self._chars += len(page.text)
            while self._chars > self._max_chars:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._pages.clear()
            self._chars = 0

    def _drop(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._chars -= len(page.text)
