"""Why an episode has failed in one sentence, and what its owner may do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from aniworld.web.texts import text_of
from downloads.advice import BROKEN, GONE, advice_for, codes_tried
from downloads.models import DownloadQueueItem
from downloads.snapshots import display_name


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a failed item: a sentence, what to do, and the long story where the sentence
    leaves some of it out."""

    sentence: str
    advice: str
    story: str = ""


def verdict_of(item: DownloadQueueItem) -> Verdict:
    """What the page says of an item that has failed."""
    told, advice = text_of(item.error), advice_for(item.status, item.error)
    if item.error is None or not (codes := codes_tried(item.error)):
        return Verdict(told, advice)
    return Verdict(_of_sources(item.error["params"]["tried"], codes), advice, told)


def _of_sources(tried: Sequence[Mapping[str, Any]], codes: set[str]) -> str:
    """Each hoster is named once, in however many languages it was asked."""
    named = dict.fromkeys(
        display_name(str(one.get("hoster") or one.get("provider") or "…")) for one in tried
    )
    names = ", ".join(named)
    if codes <= BROKEN:
        words = ngettext(
            "%s has only a broken file of it.", "%s have only broken files of it.", len(named)
        )
    elif codes <= GONE:
        words = ngettext("%s no longer has it.", "%s no longer have it.", len(named))
    else:
        words = gettext("It could not be had from %s.")
    return words % names
