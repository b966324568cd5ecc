"""What is said after episodes were queued, on whichever page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aniworld.web.page import tell
from downloads.models import QueueState
from downloads.services import Added
from downloads.services.adding import Reason


def tell_added(request: HttpRequest, added: Sequence[Added], *, undo: str = "") -> None:
    """Say how many were queued, and why others were not.

    Args:
        undo: the address that takes it back.
    """
    count = sum(len(one.ids) for one in added)
    words = [ngettext("%d episode queued.", "%d episodes queued.", count) % count]
    words += _why_skipped(Counter(skip.reason for one in added for skip in one.skipped))
    if left_out := sum(one.left_out for one in added):
        words.append(
            ngettext(
                "%d series is not monitored and was left out.",
                "%d series are not monitored and were left out.",
                left_out,
            )
            % left_out
        )
    if count and not QueueState.current().is_running:
        words.append(_("They wait until you press Start on the queue page."))
    tell(request, " ".join(words), undo=undo)


def _why_skipped(skipped: Mapping[Reason, int]) -> list[str]:
    away, unknown = skipped.get("unavailable", 0), skipped.get("not_listed", 0)
    there = sum(skipped.values()) - away - unknown
    told = (
        (there, _("%d were there already and have been skipped.")),
        (away, _("%d are on a disk that is away and have been skipped.")),
        (unknown, _("%d are not in the catalogue and have been skipped.")),
    )
    return [words % count for count, words in told if count]
