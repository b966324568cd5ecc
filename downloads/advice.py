"""What can be done where an episode has not come, or cannot be put into the library."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from aniworld.sites.advice import ADVICE as OF_SITES
from aniworld.web.advice import advice_of
from downloads.choices import Status
from providers.coded import Coded

AGAIN = _("Press Retry to have all of it tried again.")
LATER = _("They may mend it: press Retry in some days, or allow another language in the settings.")
BUSY = _("That may be a matter of hours: press Retry later.")
_REPORT = _("Press Retry. Where it comes again, report it with the log.")
_RESUME = _("Make room on that disk; then press Resume.")
_DISK = _("See to that disk; then press Resume.")

ADVICE = {
    "transfer_failed": _("Mend what the system says; then press Retry."),
    "source_failed": BUSY,
    "source_stumbled": _REPORT,
    "link_expired": AGAIN,
    "media_gone": LATER,
    "fragment_missing": LATER,
    "connection_lost": BUSY,
    "range_refused": AGAIN,
    "stream_cut": LATER,
    "parameters_changed": LATER,
    "undecodable": LATER,
    "too_short": _("See whether it is the episode: take it anyway, or discard it."),
    "not_media": LATER,
    "live_stream": LATER,
    "wrong_language": LATER,
    "drm_protected": _("It cannot be had from there. Allow another hoster or language."),
    "no_source": _("Allow another language in the settings, or press Retry when the site has it."),
    "all_sources_failed": BUSY,
    "all_sources_failed.broken": LATER,
    "sites_failed": BUSY,
    "disk_full": _RESUME,
    "not_permitted": _("Let the user that runs Aniworld write there; then press Retry."),
    "remux_failed": LATER,
    "written_wrong": LATER,
    "file_exists": _("Move that file away, or switch on “Overwrite” in the settings; then Retry."),
    "already_on_disk": _("There is nothing to do: remove this entry."),
    "file_unavailable": _("Connect that disk and scan; then press Retry if it is still missing."),
    "provider_off": _("Switch the provider on in the settings; then press Retry."),
    "catalogue_held": _("Say on the page of the series what its new numbers mean."),
    "other_disk": _("Make that folder a library folder of its own; then press Retry."),
    "name_too_long": _("Give the series a shorter folder; then press Retry."),
    "folder_refuses": _("Let the user that runs Aniworld write there; then press Retry."),
    "disk_refuses": _DISK,
    "outside_library": _("Allow where the link leads to, or remove it; then press Retry."),
    "root_unavailable": _DISK,
    "place_failed": AGAIN,
    "transfer_died": BUSY,
    "internal_error": _REPORT,
}

# What a source has delivered, and would deliver again.
BROKEN = frozenset(
    {"stream_cut", "fragment_missing", "parameters_changed", "undecodable", "too_short"}
    | {"not_media", "written_wrong", "remux_failed", "wrong_language", "drm_protected"}
)
GONE = frozenset({"media_gone", "not_found", "hoster_file_gone"})


def codes_tried(said: Coded) -> set[str]:
    """Of what failed at every source: the codes of all of them; empty of anything else."""
    tried = said["params"].get("tried") if said["code"] == "all_sources_failed" else None
    return {str(one.get("code", "")) for one in tried} if isinstance(tried, list) else set()


def advice_for(status: str, said: Coded | None) -> str:
    """What the owner of an item can do about its error. One that waits goes on by itself: then it
    is what helps its site."""
    if said is None:
        return ""
    if status != Status.FAILED:
        return advice_of(said) if said["code"] in OF_SITES else ""
    if codes := codes_tried(said):
        return gettext(LATER if codes <= BROKEN | GONE else BUSY)
    return advice_of(said) or gettext(AGAIN)
