"""Keeping what the sites list."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aniworld.sites import configured
from aniworld.system.schedule.running import Failed, Running, Skipped
from library.errors import ListShrank
from library.services.catalogue import forget_strangers, keep_list
from library.services.catalogue_details import Filled, fill
from providers.asking import asked_now
from providers.coded import Coded, coded
from providers.errors import ProviderError


@dataclass(slots=True)
class _Told:
    """What the lists of all sites have said."""

    sites: int = 0
    listed: int = 0
    new: int = 0
    gone: int = 0
    failure: ProviderError | ListShrank | None = None


def catalogue(running: Running) -> Coded:
    """Read the list of each site and keep it, then the pages of some series that nobody has looked
    at yet.

    Raises:
        Skipped: no site is switched on, or none of them has a list.
        Failed: none of the lists could be kept.
    """
    names = configured.site_names()
    if not names:
        raise Skipped(coded("job_no_site"))
    forget_strangers()
    told = _Told()
    for name in names:
        if not running.is_stopping:
            _keep(name, told)
    if not told.sites and told.failure is not None:
        raise Failed(told.failure.as_json())
    if not told.sites:
        raise Skipped(coded("job_no_list"))
    filled = _filled(names, running)
    return coded(
        "job_lists_kept",
        sites=told.sites,
        listed=told.listed,
        new=told.new,
        gone=told.gone,
        read=filled.read,
        left=filled.left,
    )


def _keep(name: str, told: _Told) -> None:
    try:
        with asked_now(patience=math.inf):  # a kept copy would be no news; there is time to wait
            kept = keep_list(name)
    except (ProviderError, ListShrank) as error:  # noted beside the list
        told.failure = error
        return
    if kept is not None:
        told.sites += 1
        told.listed += kept.listed
        told.new += kept.new
        told.gone += kept.gone


def _filled(names: Sequence[str], running: Running) -> Filled:
    return fill(names, is_stopping=lambda: running.is_stopping, tell=running.tell)
