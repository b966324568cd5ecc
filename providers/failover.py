"""Trying the sources of an episode in the owner's order until one can be fetched.

The language comes first and is never swapped silently: a source in a language the owner did not
list is not used. Every failed step is told, so that it can be kept on the queue item.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from providers.base import Hoster, Media, Site, Source
from providers.errors import ProviderError
from providers.registry import HOSTERS, find_hoster, media_of

logger = logging.getLogger(__name__)


class Fault(Protocol):
    """An error that says whether trying the same source again cannot help."""

    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def permanent(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One failed try. ``stage`` is ``locate`` or ``resolve``, or whatever the caller adds for what
    came after."""

    provider: str
    hoster: str
    language: str
    stage: str
    code: str
    params: Mapping[str, Any]
    at: datetime  # aware, UTC
    is_final: bool  # trying the same source again cannot help

    @classmethod
    def failed(cls, source: Source, stage: str, error: Fault, at: datetime) -> Attempt:
        """The try of ``source`` that ended with ``error``."""
        return cls(
            provider=source.provider,
            hoster=source.hoster,
            language=source.language,
            stage=stage,
            code=error.code,
            params=error.params,
            at=at,
            is_final=error.permanent,
        )


def order_sources(
    sources: Iterable[Source], *, languages: Sequence[str], hosters: Sequence[str]
) -> list[Source]:
    """Sources in order of preference: by language, then by hoster, then as the site has them.

    Args:
        languages: those allowed, best first; sources in others are left out.
        hosters: best first; those not named come after, in the order of the registry. Empty
            means the order of the registry. Names are compared without case.
    """
    by_language = {name.casefold(): rank for rank, name in reversed(list(enumerate(languages)))}
    named = dict.fromkeys([*(name.casefold() for name in hosters), *HOSTERS])
    by_hoster = {name: rank for rank, name in enumerate(named)}
    allowed = [source for source in sources if source.language.casefold() in by_language]
    return sorted(
        allowed,
        key=lambda source: (
            by_language[source.language.casefold()],
            by_hoster.get(source.hoster.casefold(), len(by_hoster)),
        ),
    )


def iterate_media(
    site: Site,
    hosters: Mapping[str, Hoster],
    sources: Iterable[Source],
    *,
    on_attempt: Callable[[Attempt], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[tuple[Source, Media]]:
    """Each source that can be fetched, resolved just when it is asked for.

    Take the next one when the download of the last has failed. ``on_attempt`` is called for
    every source that could not be used.

    Raises:
        ProviderError: an error of the whole site (it is down, limits us, wants a challenge):
            the other sources would fail in the same way, and the episode is not to blame.
    """
    for source in sources:
        stage = "locate"
        try:
            hoster = find_hoster(hosters, source)
            link = site.locate(source)
            stage = "resolve"
            media = media_of(hoster, link, source)
        except ProviderError as error:
            if error.whole_site:
                raise
            on_attempt(_attempt(source, stage, error, now()))
        else:
            yield source, media


def _attempt(source: Source, stage: str, error: ProviderError, at: datetime) -> Attempt:
    logger.warning(
        "site=%s hoster=%s language=%s stage=%s code=%s next source: %s",
        source.provider,
        source.hoster,
        source.language,
        stage,
        error.code,
        error,
    )
    return Attempt.failed(source, stage, error, at)
