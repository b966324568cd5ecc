"""Asking the sites."""

from __future__ import annotations

import logging

from aniworld.sites import configured
from aniworld.sites.patience import Patience, Purpose
from aniworld.system.schedule.running import Failed, Running, Skipped
from downloads.canary import first_error, has_arrived, try_site
from library.scanner.ask import due_series
from library.services.operations import ScanOptions
from library.services.refresh import refresh_series
from providers.coded import Coded, coded
from providers.errors import ProviderError

log = logging.getLogger(__name__)


def refresh(running: Running) -> Coded:
    """Read the catalogue of each series that is due; a site that cannot be had is left alone.

    Raises:
        Skipped: no site is switched on.
        Failed: of all that were due none could be read.
    """
    _sites()
    due, patience = due_series(ScanOptions()), Patience()
    read, last = 0, None
    for number, series in enumerate(due):
        if running.is_stopping:
            break
        running.tell(number, len(due))
        if patience.refusal(series.site, Purpose.REFRESH):
            continue
        try:
            with patience.asking(series.site, Purpose.REFRESH, series.site_key):
                refresh_series(series)
        except ProviderError as error:
            last = error
        else:
            read += 1
    if last is not None and not read:
        raise Failed(last.as_json())
    return coded("job_refreshed", read=read, left=len(due) - read)


def canaries(running: Running) -> Coded:
    """Try each site from its list to the first bytes of a film.

    Raises:
        Skipped: no site is switched on.
        Failed: not one is well.
    """
    names = _sites()
    well, faults, last = list[str](), list[str](), None
    for number, name in enumerate(names):
        if running.is_stopping:
            break
        running.tell(number, len(names))
        last = _fault_of(name)
        if last is None:
            well.append(name)
        else:
            faults.append(name)
    if not well:
        raise Failed(coded("job_no_answers", sites=faults, reason=last))
    if faults:
        return coded("job_some_answer", sites=well, silent=faults)
    return coded("job_sites_answer", sites=well)


def _fault_of(name: str) -> Coded | None:
    """What is wrong with a site that was tried; None where nothing is."""
    try:
        steps = try_site(name)
    except ProviderError as error:
        log.warning("site=%s cannot be tried code=%s: %s", name, error.code, error)
        return error.as_json()
    for one in steps:
        if one.error is not None:
            log.warning(
                "site=%s hoster=%s step=%s code=%s", name, one.hoster, one.step, one.error["code"]
            )
    return None if has_arrived(steps) else first_error(steps).error


def _sites() -> list[str]:
    """Raises ``Skipped``: none is switched on."""
    names = configured.site_names()
    if not names:
        raise Skipped(coded("job_no_site"))
    return names
