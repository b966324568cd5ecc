"""What somebody waits for is asked of the site itself, and not for ever.

A scan has time, and a page it has read a moment ago is good enough for it. Who presses a button
wants to know how it is now: inside :func:`asked_now` no copy from before counts, and a site that
does not answer is given up on before the one who waits is.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from providers.cache import CachedPage, MemoryCache, PageKey

PATIENCE = 40.0
_LEAST_SHARE = 1.0


@dataclass(slots=True)
class Asking:
    """One question somebody waits for, with all the pages it takes.

    ``left`` are the seconds that may still be spent in vain. What is answered costs none of them: a
    series of forty seasons takes as long as it takes. With ``of_now_alone`` even what lasts longer
    than a visit, such as the list of all series, is of no use.
    """

    left: float
    of_now_alone: bool = False
    _fetched: MemoryCache = field(default_factory=lambda: MemoryCache(max_age=math.inf))

    @property
    def is_patient(self) -> bool:
        """Whether nobody waits, and the answer is only to be a new one."""
        return math.isinf(self.left)

    def share(self) -> float:
        """The seconds that one request may take from now: half of what is left, so that another
        address or another way of asking has its turn."""
        return max(_LEAST_SHARE, self.left / 2)

    def spend(self, seconds: float) -> None:
        """Note that a request was in vain."""
        self.left = max(0.0, self.left - seconds)

    def note(self, key: PageKey, page: CachedPage) -> None:
        """Note that a page came from the site just now."""
        self._fetched.put(key, page)

    def fetched(self, key: PageKey) -> CachedPage | None:
        """The page that came from the site since this was asked, whatever others keep of it."""
        return self._fetched.get(key)


_current: ContextVar[Asking | None] = ContextVar("asking", default=None)


def current() -> Asking | None:
    """The question somebody waits for; None where nobody does."""
    return _current.get()


@contextlib.contextmanager
def asked_now(*, patience: float = PATIENCE, of_now_alone: bool = False) -> Iterator[Asking]:
    """Ask the sites themselves inside, whatever is kept of them.

    Args:
        patience: seconds that may be spent in vain, over all requests; infinite where nobody waits
            for the answer, but it is to be a new one.
        of_now_alone: what lasts for a day, such as the list of all series, does not count either.
    """
    asking = Asking(patience, of_now_alone)
    token = _current.set(asking)
    try:
        yield asking
    finally:
        _current.reset(token)
