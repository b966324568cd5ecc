"""Losses that were believed one by one: a disk that dies slowly must not go unnoticed.

Each scan of it loses too little to be asked about. What was lost so is remembered until the owner
has confirmed something, or for a quarter of a year.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from library.choices import EpisodeState
from library.models import AnimeSeries, Episode, LibraryRoot, LostEpisode
from library.models.bulk import Insert
from library.scanner.signs import Toll, toll_of
from library.scanner.tolls import IDS_AT_ONCE, Show
from library.services.numbering import Number

REMEMBERED_FOR = timedelta(days=90)

_KEEP = Insert(
    f"INSERT INTO {LostEpisode._meta.db_table} (series_id, season, episode_number, lost_at)",
    "(%s, %s, %s, %s)",
    """ON CONFLICT (series_id, season, episode_number) DO UPDATE SET lost_at = excluded.lost_at
    """,
)

# Id of a series, season and number.
Lost = tuple[int, int, int]


def tolls_since_the_last_word(shows: Iterable[Show]) -> list[Toll]:
    """What was lost since the owner has confirmed something, together with what these shows lose
    now. What is there again counts no more."""
    now = {show.id: show.lost for show in shows if isinstance(show.id, int)}
    lost = {series_id: set(numbers) for series_id, numbers in now.items()}
    believed = LostEpisode.objects.filter(lost_at__gt=timezone.now() - REMEMBERED_FOR)
    for series_id, *number in believed.values_list("series", "season", "episode_number"):
        lost.setdefault(series_id, set()).add((number[0], number[1]))
    return [
        toll_of(there | lost[series_id], lost[series_id] - there)
        for series_id, there in _there(lost.keys(), now)
    ]


def _there(
    series: Collection[int], now: dict[int, set[Number]]
) -> Iterator[tuple[int, set[Number]]]:
    """The episodes that each of these series has, but for those that it loses now."""
    ids = sorted(series)
    known = (EpisodeState.PRESENT, EpisodeState.UNAVAILABLE)
    for start in range(0, len(ids), IDS_AT_ONCE):
        found: dict[int, set[Number]] = {pk: set() for pk in ids[start : start + IDS_AT_ONCE]}
        rows = Episode.objects.filter(series__in=list(found), state__in=known).order_by()
        for series_id, season, number in rows.values_list("series", "season", "episode_number"):
            found[series_id].add((season, number))
        for series_id, numbers in found.items():
            yield series_id, numbers - now.get(series_id, set())


def remember(lost: Sequence[Lost]) -> None:
    """Keep what is believed to be deleted. Call inside ``atomic()``, with the deletion."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    _KEEP.run([(*one, now) for one in lost])


def forget(root: LibraryRoot, *, series_key: str | None) -> None:
    """The owner has confirmed what is gone of a root, or of one series in it."""
    confirmed = AnimeSeries.objects.filter(root=root)
    if series_key is not None:
        confirmed = confirmed.filter(key=series_key)
    LostEpisode.objects.filter(series__in=confirmed).delete()


def forget_old() -> None:
    """Forget what is too long ago to have to do with what happens now."""
    now = timezone.now()
    LostEpisode.objects.filter(lost_at__lt=now - REMEMBERED_FOR).delete()
    # By a clock that was set back since: it is remembered from now on, and not until that time.
    LostEpisode.objects.filter(lost_at__gt=now).update(lost_at=now)
