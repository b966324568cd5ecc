"""Keeping when a site says that episodes come. The site is never asked inside a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from library.models import Airing, AnimeSeries
from library.models.availability import LONGEST_LANGUAGE
from providers.base import Airing as Listed

# In one transaction, and in one statement.
SERIES_AT_ONCE = 100
# What is announced anew so long after its day has not come: it has moved.
MOVED_WITHIN = timedelta(days=31)


def keep_airings(site: str, listed: Sequence[Listed], now: datetime) -> int:
    """Keep what a site's calendar says of the series here, and forget what it says no more.

    What has come stays on its day. Of what is to come, what the calendar does not list any more
    within the days it covers was withdrawn; what it lists on another day has moved there.

    Args:
        now: when it said so.

    Returns:
        How many episodes of series here it lists.
    """
    here = dict(AnimeSeries.objects.active().filter(site=site).values_list("site_key", "pk"))
    said: dict[int, set[tuple[int, int, str, datetime, bool]]] = {}
    for one in listed:
        if one.key in here:
            said.setdefault(here[one.key], set()).update(_facts(one))
    count = len({(pk, *place[:2]) for pk, places in said.items() for place in places})
    ends = _begin(max((one.day for one in listed), default=now.date())) + timedelta(days=1)
    known = Airing.objects.filter(series__site=site, at__gt=now, at__lt=ends)
    affected = {*said, *known.values_list("series_id", flat=True)}
    for ids in _portions(sorted(affected)):
        with transaction.atomic():
            for pk in ids:
                _keep(pk, said.get(pk, set()), now, ends)
    return count


def _keep(
    pk: int, said: set[tuple[int, int, str, datetime, bool]], now: datetime, ends: datetime
) -> None:
    """Call inside ``atomic()``."""
    placed = {facts[:3] for facts in said}
    gone = []
    for row in Airing.objects.filter(series_id=pk, at__gt=now - MOVED_WITHIN):
        facts = (row.season, row.episode_number, row.language, row.at, row.has_time)
        if facts in said:
            said.discard(facts)
        elif facts[:3] in placed or now < row.at < ends:
            gone.append(row.pk)
    Airing.objects.filter(pk__in=gone).delete()
    new = [
        Airing(
            series_id=pk,
            season=season,
            episode_number=number,
            language=language,
            at=at,
            has_time=has_time,
            noted_at=now,
        )
        for season, number, language, at, has_time in sorted(said)
    ]
    Airing.objects.bulk_create(new, ignore_conflicts=True, batch_size=100)


def _facts(one: Listed) -> Iterator[tuple[int, int, str, datetime, bool]]:
    at = one.at or _begin(one.day)
    for language in one.languages or ("",):
        yield one.season, one.number, language[:LONGEST_LANGUAGE], at, one.at is not None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + SERIES_AT_ONCE] for start in range(0, len(ids), SERIES_AT_ONCE))
