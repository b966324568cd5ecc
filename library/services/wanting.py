"""Whether missing episodes are wanted: those that their owner has deleted are not, until he says
so. Nothing queues them by itself, and no counter calls them missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction

from aniworld.journal.services import Undo, record
from library import events
from library.entries import LibraryAction, about
from library.models import AnimeSeries, Episode
from library.services.numbering import Number
from library.services.numbers_then import ids_of
from library.services.settle import recount

WANT, UNWANT = "episodes.want", "episodes.unwant"  # the functions behind the handles
NAMED = 200  # episodes in an entry; of more it is not undone


def set_wanted(
    series: AnimeSeries, numbers: Collection[Number] | None = None, *, wanted: bool
) -> list[Number]:
    """Say of episodes that are not on disk whether they are wanted.

    Args:
        numbers: season and number in the catalogue; all where not given.

    Returns:
        Those that have changed.
    """
    with transaction.atomic():
        AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        changed = mark(series.pk, numbers, unwanted=not wanted)
        if changed:
            _record(series, changed, wanted=wanted)
            events.bin_changed([series.key])
    series.refresh_from_db(fields=["missing_count"])
    return changed


def _record(series: AnimeSeries, changed: Sequence[Number], *, wanted: bool) -> None:
    action = LibraryAction.EPISODES_WANTED if wanted else LibraryAction.EPISODES_UNWANTED
    back = None
    if len(changed) <= NAMED:
        facts = {"key": series.key, "episodes": changed, "ids": ids_of(series, changed)}
        back = Undo(UNWANT if wanted else WANT, facts)
    after = {"count": len(changed), "episodes": changed[:NAMED]}
    record(action, on=about(series), after=after, undo=back)


def mark(series_id: int, numbers: Iterable[Number] | None, *, unwanted: bool) -> list[Number]:
    """The same without an entry, for what has one of its own. Call inside ``atomic()``."""
    wanted = None if numbers is None else set(numbers)
    rows = Episode.objects.filter(series=series_id, is_downloaded=False, unwanted=not unwanted)
    found = [
        (pk, (season, number))
        for pk, season, number in rows.values_list("pk", "season", "episode_number")
        if wanted is None or (season, number) in wanted
    ]
    for start in range(0, len(found), 500):
        ids = [pk for pk, _ in found[start : start + 500]]
        Episode.objects.filter(pk__in=ids).update(unwanted=unwanted)
    if found:
        recount([series_id])
    return sorted(number for _, number in found)
