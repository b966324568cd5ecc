"""Pages kept for a while, so that a site is not asked twice for the same thing.

The client decides how long a page counts as fresh; a stale one is still worth keeping, because
with its ETag or date the site can answer "not modified" without sending it again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CachedPage:
    """The text of a page and what a conditional request needs. Times are Unix seconds."""

    url: str
    text: str
    content_type: str
    etag: str
    last_modified: str
    stored_at: float


class PageCache(Protocol):
    """Where fetched pages are kept. Losing any of them at any time is allowed."""

    def get(self, key: str) -> CachedPage | None: ...

    def put(self, key: str, page: CachedPage) -> None: ...


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
        max_age: float = 7 * 86_400.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._max_chars = max_chars
        self._max_age = max_age
        self._clock = clock
        self._lock = threading.Lock()
        self._pages: OrderedDict[str, CachedPage] = OrderedDict()
        self._chars = 0

    def get(self, key: str) -> CachedPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if self._clock() - page.stored_at > self._max_age:
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: CachedPage) -> None:
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

    def _drop(self, key: str) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._chars -= len(page.text)
