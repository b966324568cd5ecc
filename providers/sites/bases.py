"""The addresses of a site: the one that answers is asked first, the others while it is down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from providers.coded import foreign
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


class Bases:
    """A site's own address and its mirrors.

    Args:
        name: the site's name in the log.
        label: what it is called in messages.
        addresses: in the order in which they are asked; empty ones do not count.
    """

    def __init__(self, name: str, label: str, addresses: Iterable[str]) -> None:
        self._name = name
        self._label = label
        self._addresses = [address for address in addresses if address]

    @property
    def all(self) -> tuple[str, ...]:
        """The addresses, the one that answered last first."""
        return tuple(self._addresses)

    def ask(self, ask: Callable[[str], T]) -> T:
        """Ask at the address that answered last, then at the others while they are down.

        Raises:
            SiteDown: there is no address; and what ``ask`` raises, of several failures the one that
                says most.
        """
        failure: ProviderError | None = None
        for base in self.all:
            try:
                answer = ask(base)
            except (SiteDown, ChallengeRequired, Blacklisted) as error:
                logger.warning("site=%s base=%s down: %s", self._name, foreign(base), error)
                if failure is None or _tells(error) > _tells(failure):
                    failure = error
                continue
            if failure is not None:
                # A list of its own, put in place at once: others ask at the same time.
                self._addresses = [base, *(one for one in self._addresses if one != base)]
            return answer
        raise failure or SiteDown(why="no_address", site=self._label)


def _tells(error: ProviderError) -> int:
    """How much a failure says: that one is let in nowhere more than that a page is broken, and that
    more than that nobody was reached."""
    if error.code in REFUSALS or error.params.get("why") == "refused":
        return 2
    return 0 if isinstance(error, SiteUnreachable) else 1
