"""Reading a feed before it is added: what is in it, and all that is wrong with it."""

from __future__ import annotations

from django.conf import settings

from aniworld.config.errors import ConfigInvalid
from aniworld.config.hiding import shown_address
from aniworld.sites import configured, pace
from aniworld.sites.added import address_errors
from aniworld.sites.trying import TRIAL_LIMITS, UNSAVED
from aniworld.web.errors import FieldError
from providers.http import HttpClient
from providers.sites.manifest import ManifestSite
from providers.sites.manifest.files import is_file
from providers.sites.manifest.reading import Read


def read_feed_at(address: str, *, label: str = "") -> Read:
    """Read a feed as a site would; nothing is kept or counted.

    Args:
        address: http(s), or that of a file in a folder of ``MANIFEST_ROOTS``.
        label: what it is to be called, for what is told of it.

    Raises:
        ConfigInvalid: that is no address; nothing was asked.
        ProviderError: it cannot be had.
    """
    errors = [] if is_file(address) else address_errors(address)
    if not address:
        errors = [FieldError("base_url", "empty")]
    if errors:
        raise ConfigInvalid(fields="base_url", errors=errors)
    guard = configured.guard()
    if not is_file(address):
        guard.check_url(address)
    label = label or shown_address(address)  # stands in sentences, and may carry a password
    client = HttpClient(
        UNSAVED,
        label=label,
        guard=guard,
        rate_store=pace.rate_store(),
        limits=TRIAL_LIMITS,
    )
    site = ManifestSite(
        client,
        name=UNSAVED,
        label=label,
        addresses=[address],
        roots=settings.MANIFEST_ROOTS,
    )
    try:
        return site.check()
    finally:
        client.close()
