"""How long a scan goes on asking a site that fails."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from providers.errors import ProviderError

log = logging.getLogger(__name__)

BROKEN_PAGES = 3  # of different series, with none that could be read between them


class Purpose(StrEnum):
    """What a site is asked for. Each has its own count: where the search of a site is broken, its
    series can be read all the same, and folders that fail must not cost the series their turn."""

    SEARCH = "search"
    MATCH = "match"
    REFRESH = "refresh"
    NEWS = "news"


@dataclass(slots=True)
class Patience:
    """Which sites are still asked, and for what.

    A site that cannot be had is left alone at once for the rest of the scan. A broken page says
    nothing of the other pages, until ``BROKEN_PAGES`` in a row are broken.
    """

    _given_up: dict[tuple[str, Purpose], ProviderError] = field(default_factory=dict)
    _broken: dict[tuple[str, Purpose], set[str]] = field(default_factory=dict)

    def refusal(self, site: str, purpose: Purpose) -> ProviderError | None:
        """Why the site is no longer asked; None where it is."""
        return self._given_up.get((site, purpose))

    def given_up(self) -> list[tuple[str, ProviderError]]:
        """The sites that are no longer asked, each with every reason for it."""
        return list(dict.fromkeys((site, error) for (site, _), error in self._given_up.items()))

    @contextlib.contextmanager
    def asking(self, site: str, purpose: Purpose, what: str) -> Iterator[None]:
        """Ask for one thing, all of its pages, and note how that went.

        Args:
            what: the key, or the title that is searched for.

        Raises:
            ProviderError: the site was given up before; and what is raised inside.
        """
        if refused := self.refusal(site, purpose):
            raise refused.with_traceback(None)  # it would grow with every raise
        try:
            yield
        except ProviderError as error:
            if error.whole_site:
                self._failed(site, purpose, what, error)
            else:  # no such series: an answer like any other
                self._broken.pop((site, purpose), None)
            raise
        self._broken.pop((site, purpose), None)

    def _failed(self, site: str, purpose: Purpose, what: str, error: ProviderError) -> None:
        log.warning("provider failed site=%s code=%s error=%s", site, error.code, error)
        broken = self._broken.setdefault((site, purpose), set())
        broken.add(what)
        if not error.one_page:
            self._given_up.update({(site, each): error for each in Purpose})
        elif len(broken) >= BROKEN_PAGES:
            self._given_up[site, purpose] = error
