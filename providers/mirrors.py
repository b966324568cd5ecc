"""The addresses one site can be reached at, tried in order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from providers.addresses import absolute
from providers.errors import (
    Blacklisted,
    ChallengeRequired,
    ProviderError,
    SiteDown,
    SiteUnreachable,
)
from providers.watching import REFUSALS

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Mirrors:
    """Where a site is.

    Args:
        name: the site's name in the log; label: in messages.
        bases: its address, then its mirrors.
    """

    def __init__(self, name: str, label: str, bases: Sequence[str]) -> None:
        self._name = name
        self._label = label
        self._bases = [base.rstrip("/") for base in bases]
        self._places = frozenset(map(place_of, self._bases))

    @property
    def first(self) -> str:
        """The address that answered last."""
        return self._bases[0]

    def owns(self, link: str) -> bool:
        """Whether an address is one of the site."""
        return place_of(link) in self._places

    def on_any(self, ask: Callable[[str], T]) -> T:
        """Ask at the address that answered last, then at the others while they are down.

        Raises:
            ProviderError: what tells most of why none answered.
        """
        failure: ProviderError | None = None
        for base in list(self._bases):
            try:
                answer = ask(base)
            except (SiteDown, ChallengeRequired, Blacklisted) as error:
                logger.warning("site=%s base=%s down: %s", self._name, base, error)
                if failure is None or _tells(error) > _tells(failure):
                    failure = error
                continue
            if failure is not None:
                self._bases = [base, *(other for other in self._bases if other != base)]
            return answer
        raise failure or SiteDown(why="no_address", site=self._label)


def place_of(link: str) -> str:
    """Host and port of an address; ``www.`` makes no difference."""
    return urlsplit(absolute("https://", link)).netloc.lower().removeprefix("www.")


def _tells(error: ProviderError) -> int:
    """How much a failure says: that one is let in nowhere more than that a page is broken, and that
    more than that nobody was reached."""
    if error.code in REFUSALS or error.params.get("why") == "refused":
        return 2
    return 0 if isinstance(error, SiteUnreachable) else 1
