"""Asking the sites."""

from __future__ import annotations

import logging

from aniworld.sites import configured
from aniworld.sites.patience import Patience, Purpose
from aniworld.sites.probes import probe_provider
from aniworld.system.schedule.running import Failed, Running, Skipped
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
    """Ask each site for something small.

    Raises:
        Skipped: no site is switched on.
        Failed: none has answered.
    """
    names = _sites()
    well: list[str] = []
    faults: list[str] = []
    for number, name in enumerate(names):
        running.tell(number, len(names))
        error = probe_provider(name).error
        if error is None:
            well.append(name)
            continue
        faults.append(name)
        log.warning("site=%s does not answer code=%s: %s", name, error.code, error)
        last = error
    if not well:
        raise Failed(coded("job_no_answers", sites=faults, reason=last))
    if faults:
        return coded("job_some_answer", sites=well, silent=faults)
    return coded("job_sites_answer", sites=well)


def _sites() -> list[str]:
    """Raises ``Skipped``: none is switched on."""
    names = configured.site_names()
    if not names:
        raise Skipped(coded("job_no_site"))
    return names
