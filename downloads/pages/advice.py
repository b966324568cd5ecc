"""Why an episode has failed in one sentence, and what its owner may do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from aniworld.web.texts import text_of
from downloads.models import DownloadQueueItem
from downloads.snapshots import display_name

Words = str | Promise

_AGAIN = _("Press Retry to have all of it tried again.")
_LATER = _("They may mend it: press Retry in some days, or allow another language in the settings.")
_BUSY = _("That may be a matter of hours: press Retry later.")
_ADVICE: dict[str, Words] = {
    "file_exists": _("Move that file away, or switch on “Overwrite” in the settings; then Retry."),
    "already_on_disk": _("There is nothing to do: remove this entry."),
    "no_source": _("Allow another language in the settings, or press Retry when the site has it."),
    "provider_off": _("Switch the provider on in the settings; then press Retry."),
    "file_unavailable": _("Connect that disk and scan; then press Retry if it is still missing."),
}
# What a source has delivered, and would deliver again.
_BROKEN = frozenset(
    {"stream_cut", "fragment_missing", "parameters_changed", "undecodable", "too_short"}
    | {"not_media", "written_wrong", "remux_failed", "wrong_language", "drm_protected"}
)
_GONE = frozenset({"media_gone", "not_found", "link_refused"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a failed item: a sentence, what to do, and the long story where the sentence
    leaves some of it out."""

    sentence: str
    advice: Words
    story: str = ""


def verdict_of(item: DownloadQueueItem) -> Verdict:
    """What the page says of an item that has failed."""
    told = text_of(item.error) if item.error else ""
    tried = item.error_params.get("tried") if item.error_code == "all_sources_failed" else None
    if not isinstance(tried, list) or not tried:
        return Verdict(told, _ADVICE.get(item.error_code, _AGAIN))
    codes = {str(one.get("code", "")) for one in tried}
    sentence = _of_sources(tried, codes)
    if codes <= _BROKEN | _GONE:
        return Verdict(sentence, _LATER, told)
    return Verdict(sentence, _BUSY, told)


def _of_sources(tried: Sequence[Mapping[str, Any]], codes: set[str]) -> str:
    """Each hoster is named once, in however many languages it was asked."""
    named = dict.fromkeys(display_name(str(one.get("hoster") or "…")) for one in tried)
    names = ", ".join(named)
    if codes <= _BROKEN:
        words = ngettext(
            "%s has only a broken file of it.", "%s have only broken files of it.", len(named)
        )
    elif codes <= _GONE:
        words = ngettext("%s no longer has it.", "%s no longer have it.", len(named))
    else:
        words = gettext("It could not be had from %s.")
    return words % names
