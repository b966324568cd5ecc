"""Which series a site's page of new episodes has something of that is not known here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from library.models import AnimeSeries, Availability
from providers.base import NewEpisode

# In one statement; SQLite takes at most 999 parameters where it is old.
KEYS_AT_ONCE = 500
REST = timedelta(hours=1)  # a series that was read within that is left alone
# So long after its day, what is listed is on the page of its series, or may never be: a series that
# was read since is read once a day for it.
SETTLED, LONG_REST = timedelta(days=2), timedelta(days=1)


def with_news(site: str, listed: Iterable[NewEpisode], now: datetime) -> list[AnimeSeries]:
    """The series of the library that list an episode, or one in a language, which is not known.

    A page of new episodes may list what the page of its series never has: that must not have it
    read with every look.

    Args:
        site: whose page it is.

    Returns:
        Those that were read longest ago first.
    """
    by_key: dict[str, list[NewEpisode]] = {}
    for one in listed:
        by_key.setdefault(one.key, []).append(one)
    found = [
        series
        for keys in _portions(list(by_key))
        for series in _unaware(site, {key: by_key[key] for key in keys}, now)
    ]
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda series: (series.refreshed_at or never, series.pk))


def _unaware(
    site: str, listed: dict[str, list[NewEpisode]], now: datetime
) -> Iterator[AnimeSeries]:
    here = list(AnimeSeries.objects.active().filter(site=site, site_key__in=listed))
    known: dict[int, set[tuple[int, int, str]]] = {series.pk: set() for series in here}
    rows = Availability.objects.filter(series__in=here, gone_at=None)
    for pk, season, number, language in rows.values_list(
        "series_id", "season", "episode_number", "language"
    ):
        known[pk].add((season, number, language))
    for series in here:
        entries = [one for one in listed[series.site_key] if not _was_read_since(series, one, now)]
        if any(_is_unknown(one, known[series.pk]) for one in entries):
            yield series


def _was_read_since(series: AnimeSeries, entry: NewEpisode, now: datetime) -> bool:
    read = series.refreshed_at
    if read is None or read > now:  # by a clock that was set back since
        return False
    return now - read < (LONG_REST if _is_settled(entry.day, read) else REST)


def _is_settled(day: date | None, read: datetime) -> bool:
    return day is not None and read > datetime.combine(day, time.min, tzinfo=UTC) + SETTLED


def _is_unknown(entry: NewEpisode, known: Collection[tuple[int, int, str]]) -> bool:
    place = (entry.season, entry.number)
    languages = {language for season, number, language in known if (season, number) == place}
    return not languages or not languages.issuperset(entry.languages)


def _portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))
