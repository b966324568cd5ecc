"""Why an episode has failed in one sentence, and what its owner may do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from aniworld.web.advice import advice_of
from aniworld.web.texts import text_of
from downloads.advice import AGAIN, BUSY, LATER
from downloads.models import DownloadQueueItem
from downloads.snapshots import display_name

# What a source has delivered, and would deliver again.
_BROKEN = frozenset(
    {"stream_cut", "fragment_missing", "parameters_changed", "undecodable", "too_short"}
    | {"not_media", "written_wrong", "remux_failed", "wrong_language", "drm_protected"}
)
_GONE = frozenset({"media_gone", "not_found", "hoster_file_gone"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a failed item: a sentence, what to do, and the long story where the sentence
    leaves some of it out."""

    sentence: str
    advice: str
    story: str = ""


def verdict_of(item: DownloadQueueItem) -> Verdict:
    """What the page says of an item that has failed."""
    told = text_of(item.error) if item.error else ""
    tried = item.error_params.get("tried") if item.error_code == "all_sources_failed" else None
    if not isinstance(tried, list) or not tried:
        return Verdict(told, advice_of(item.error) or gettext(AGAIN))
    codes = {str(one.get("code", "")) for one in tried}
    sentence = _of_sources(tried, codes)
    if codes <= _BROKEN | _GONE:
        return Verdict(sentence, gettext(LATER), told)
    return Verdict(sentence, gettext(BUSY), told)


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
