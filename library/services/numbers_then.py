"""Numbers of episodes as an entry of the journal names them, after the catalogue has moved on.

A number is that of an episode only as long as the catalogue counts so. What is taken back later is
done to the episode that was meant, where that is certain, and refused where it is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from aniworld.journal.errors import ChangedSince
from aniworld.journal.models import Entry
from library.entries import LibraryAction
from library.models import AnimeSeries, Episode
from library.services.numbering import Number

_OTHER_CATALOGUE = (LibraryAction.CATALOGUE_GIVEN, LibraryAction.SERIES_RELEASED)
_OTHER_NUMBERS = (LibraryAction.CATALOGUE_RENUMBERED, *_OTHER_CATALOGUE)


def ids_of(series: AnimeSeries, numbers: Iterable[Number]) -> list[int]:
    """The ids of episodes, in the order of their numbers: they stay when the numbers change."""
    wanted = set(numbers)
    rows = Episode.objects.filter(series=series).order_by("season", "episode_number")
    found = rows.values_list("pk", "season", "episode_number")
    return [pk for pk, season, number in found if (season, number) in wanted]


def refuse_moved(series: AnimeSeries, since: int) -> None:
    """Refuse what speaks of numbers, where they are not those of that time.

    Args:
        since: the id of the entry that named them.

    Raises:
        ChangedSince: the catalogue was renumbered, or is another one.
    """
    _refuse(series, since, _OTHER_NUMBERS)


def numbers_now(
    series: AnimeSeries, numbers: Iterable[Number], ids: Iterable[int] | None, since: int
) -> list[Number]:
    """The numbers that episodes have now. Call inside ``atomic()``; the series is locked.

    Args:
        numbers: those that an entry named.
        ids: of the same episodes; None: the entry is of a version that did not keep them.
        since: the id of the entry.

    Returns:
        Those that are left; an episode that is no more has none.

    Raises:
        ChangedSince: the catalogue is another one, or nobody can say which they are now.
    """
    AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
    if ids is None:
        _refuse(series, since, _OTHER_NUMBERS)
        return list(numbers)
    _refuse(series, since, _OTHER_CATALOGUE)
    rows = Episode.objects.filter(series=series, pk__in=list(ids))
    return list(rows.order_by("season", "episode_number").values_list("season", "episode_number"))


def _refuse(series: AnimeSeries, since: int, actions: Iterable[str]) -> None:
    later = Entry.objects.about("series", series.key).filter(pk__gt=since)
    if later.filter(action__in=list(actions)).exists():
        raise ChangedSince
