"""Trying a definition on its site, saved or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aniworld.config.errors import ConfigInvalid
from aniworld.sites import configured, pace
from aniworld.sites.added import address_errors, definition_errors
from aniworld.sites.services import provider
from aniworld.web.errors import FieldError
from providers import registry
from providers.base import SiteSettings
from providers.border import BorderedSite
from providers.cache import MemoryCache
from providers.registry import Surroundings
from providers.sites.described.trace import Trace
from providers.sites.described.trial import Trial, Tried
from providers.wire import Limits

# What a definition that was never saved is asked under: its own rate for each host.
UNSAVED = "trial"
LONGEST_WANTED = 300  # characters
# Somebody waits, and another trial is at hand.
TRIAL_LIMITS = Limits(
    connect_timeout=5.0, read_timeout=15.0, deadline=20.0, retries=0, longest_wait=20
)


@dataclass(frozen=True, slots=True)
class DefinitionTrial:
    """How far a trial came."""

    steps: Sequence[Tried]

    @property
    def is_good(self) -> bool:
        return all(one.error is None for one in self.steps)


def try_definition(
    definition: str, wanted: str, *, name: str = "", base_url: str = ""
) -> DefinitionTrial:
    """Ask a site what its definition describes, step by step; nothing is kept or counted.

    It is really asked, at the site's rate, and nothing that the guard of addresses refuses. It ends
    within a minute or two, whatever the definition asks for.

    Args:
        definition: the text of the file.
        wanted: a word to search for, or the address of a series.
        name: the site's, where it is there already: it is asked at its own rate and address.
        base_url: where the site is, if not where the definition says.

    Raises:
        UnknownProvider: there is no site of that name.
        ConfigInvalid: the definition cannot be used, with all that is wrong in it; nothing was
            asked.
    """
    errors = [*definition_errors(definition), *(address_errors(base_url) if base_url else ())]
    if not wanted.strip():
        errors.append(FieldError("query", "empty"))
    if errors:
        raise ConfigInvalid(fields=", ".join(one.field for one in errors), errors=errors)
    chosen = _settings(name, definition, base_url)
    trace = Trace()
    around = Surroundings(
        rate_store=pace.rate_store(),
        guard=configured.guard(),
        cache=MemoryCache(),  # one page is asked for once in a trial, and kept for nobody
        hear_time=None,
        watch=None,  # how a half-written definition fares says nothing of the site
    )
    site = registry.described_site(
        name or UNSAVED, chosen, around, trace=trace, limits=TRIAL_LIMITS
    )
    trial = Trial(BorderedSite(site), site.definition.steps, trace)
    try:
        return DefinitionTrial(trial.run(wanted.strip()[:LONGEST_WANTED]))
    finally:
        site.close()


def _settings(name: str, definition: str, base_url: str) -> SiteSettings:

    known = provider(name).settings if name else SiteSettings()
    return replace(known, definition=definition, base_url=base_url or known.base_url)
