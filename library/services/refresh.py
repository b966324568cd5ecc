"""Reading a series' catalogue and keeping it. The site is never asked inside a transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from aniworld.journal.services import record
from aniworld.sites import configured
from library.choices import EpisodeState, NumbersMean
from library.entries import LibraryAction, about
from library.errors import NothingHeld, NotLocal
from library.leaving import locks
from library.models import AnimeSeries, Episode
from library.services.arrived import tell
from library.services.availability import Seen
from library.services.changes import Noted
from library.services.covers import keep_cover
from library.services.numbering import Number
from library.services.renumbering import Turn, hold, release, renumber
from library.services.settle import settle
from providers.asking import asked_now
from providers.base import EpisodeInfo, SeriesInfo, Site
from providers.errors import MarkupChanged, ProviderError

log = logging.getLogger(__name__)

REFRESH_AFTER = timedelta(hours=6)
ROWS_AT_ONCE = 300  # keeps a transaction well below 50 ms

_ERROR_FIELDS = ("error_code", "error_params")
_DECIDED_BY = ("mapping", "held", "catalogue_held", "first_read_at")
_CATALOGUE_FIELDS = ("title", "original_title", "kind", "languages", "hosters", "listed")


def refresh_series(
    series: AnimeSeries, *, site: Site | None = None, now: datetime | None = None
) -> AnimeSeries:
    """Ask the site for a series and keep its answer.

    A site that fails leaves the last known episodes in place; the reason is kept on the series.

    Args:
        site: the site to ask; the series' own where not given.
        now: when it is asked; this moment where not given.

    Raises:
        NotLocal: it has no catalogue.
        ProviderError: the site failed.
    """
    if series.is_local:
        raise NotLocal(why="asked", name=series.name)
    try:
        asked = site or configured.site(series.site)
        info = asked.series(series.site_key)
        episodes = asked.episodes(series.site_key)
        _refuse_nothing(series, episodes)
    except ProviderError as error:
        keep_error(series, error)
        raise
    keep_catalogue(series, info, episodes, now=now)
    keep_cover(series)
    log.info("series refreshed key=%s site=%s episodes=%d", series.key, series.site, len(episodes))
    return series


def _refuse_nothing(series: AnimeSeries, episodes: Sequence[EpisodeInfo]) -> None:
    """A series whose episodes are known is not without any from one day to the next.

    Raises:
        MarkupChanged: none is listed any more.
    """
    if not episodes and series.episodes.filter(listed=True).exists():
        raise MarkupChanged("series", "any of its known episodes")


def refresh_now(series: AnimeSeries) -> AnimeSeries:
    """Refresh a series for somebody who waits for it: nothing that was kept of its site counts.

    Raises:
        ProviderError: the site failed.
    """
    with asked_now():
        return refresh_series(series)


def decide_numbers(series: AnimeSeries, means: NumbersMean, *, seen: str = "") -> AnimeSeries:
    """Take over a list that is held, as the owner says. The site is asked once more.

    What it lists differently by then is looked at anew, and may be held again.

    Args:
        seen: the mark of the list that the owner has looked at, where that is known.

    Raises:
        NothingHeld: no list of the series waits, or another one than was looked at.
        InvalidMapping: no numbering can tell which file is which episode.
        ProviderError: the site failed.
    """
    held = series.held
    if held is None or (seen and held["mark"] != seen):
        raise NothingHeld(name=series.name)
    with asked_now():
        asked = configured.site(series.site)
        info, episodes = asked.series(series.site_key), asked.episodes(series.site_key)
    with transaction.atomic():
        keep_catalogue(series, info, episodes, said=means)
        if series.held is None:
            record(LibraryAction.NUMBERS_DECIDED, on=about(series), after={"means": means.value})
    return series


def keep_error(series: AnimeSeries, error: ProviderError) -> None:
    """Keep on the series why its site could not be read."""
    log.warning("series refresh failed key=%s code=%s error=%s", series.key, error.code, error)
    series.error = error.as_json()
    series.asked_at = timezone.now()
    series.save(update_fields=[*_ERROR_FIELDS, "asked_at", "updated_at"])


def keep_catalogue(
    series: AnimeSeries,
    info: SeriesInfo,
    episodes: Sequence[EpisodeInfo],
    *,
    now: datetime | None = None,
    said: NumbersMean | None = None,
) -> None:
    """Write what a site says about a series, the counters in the same transactions.

    Where episodes have other numbers, files, queue and numbering follow them; where nobody can be
    sure of that, the list is held: see ``library.services.renumbering``.

    Args:
        now: when it said so; this moment where not given.
        said: by the owner of the list that is held, in case it is still this one.

    Raises:
        InvalidMapping: the owner has said so, and no numbering can tell it.
    """
    now = now or timezone.now()
    rows = {(entry.season, entry.number): entry for entry in episodes}
    if not _is_still_of(series):
        log.warning("series key=%s has another catalogue by now: nothing is kept", series.key)
        return
    turn = Turn(series, _known(series), rows, said)
    if turn.is_doubtful or turn.changes_numbers:
        # All of it at once: nothing may be read between old and new numbers, and of two who have
        # read the same list at the same time only one may move anything.
        with transaction.atomic():
            locks()
            AnimeSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
            if _is_still_of(series):
                _keep_numbers(Turn(series, _known(series), rows, said), info, now)
    else:
        with transaction.atomic():
            release(series)
        _keep(series, info, rows, Noted.of(series, now), turn.known)
    series.refresh_from_db()


def _is_still_of(series: AnimeSeries) -> bool:
    """Whether the series still has the catalogue that was asked. What others may have written
    meanwhile, and what is decided by, is read again."""
    row = AnimeSeries.objects.filter(pk=series.pk).first()
    if row is None or (row.site, row.site_key) != (series.site, series.site_key):
        return False
    for name in _DECIDED_BY:
        setattr(series, name, getattr(row, name))
    return True


def _keep_numbers(turn: Turn, info: SeriesInfo, now: datetime) -> None:
    series = turn.series
    if turn.is_doubtful:
        hold(turn, now)
        _write_head(series, info, None, now)
        return
    changes_numbers = turn.changes_numbers  # by the word on a list that is held, up to here
    release(series)
    noted = Noted.of(series, now)
    if changes_numbers:
        _renumber(turn, noted)
    _keep(series, info, dict(turn.listed), noted, _known(series))


def _known(series: AnimeSeries) -> dict[Number, Episode]:
    return {(e.season, e.episode_number): e for e in series.episodes.all()}


def _renumber(turn: Turn, noted: Noted) -> None:
    rows = noted.renumbered(turn.known, turn.moves)
    gone = [turn.known[number] for number in sorted(turn.gone) if turn.known[number].listed]
    rows += noted.withdrawn(gone)
    renumber(turn)
    noted.write(rows)


def _keep(
    series: AnimeSeries,
    info: SeriesInfo,
    rows: dict[Number, EpisodeInfo],
    noted: Noted,
    known: Mapping[Number, Episode],
) -> None:
    now = noted.at
    changes = {number: noted.listed(known.get(number), entry) for number, entry in rows.items()}
    changed = [
        _merged(series, known.get(number), entry)
        for number, entry in rows.items()
        if not _same(known.get(number), entry)
    ]
    dropped = [e for number, e in known.items() if e.listed and number not in rows]
    seen = Seen.of(series, rows.values(), now)
    for start in range(0, len(changed), ROWS_AT_ONCE):
        batch = changed[start : start + ROWS_AT_ONCE]
        with transaction.atomic():
            _write(batch)
            noted.write(changes[e.season, e.episode_number] for e in batch)
            taken = seen.taken((e.season, e.episode_number) for e in batch)
            taken.write()
            tell(series, taken)
    for out in seen.rest():
        with transaction.atomic():
            out.write()
            tell(series, out)
    with transaction.atomic():
        for start in range(0, len(dropped), ROWS_AT_ONCE):
            ids = [e.pk for e in dropped[start : start + ROWS_AT_ONCE]]
            Episode.objects.filter(pk__in=ids).update(listed=False)
        noted.write(noted.withdrawn(dropped))
        noted.trim()
        _write_head(series, info, rows, now)
        settle([series.pk])
        noted.tell()


def _same(known: Episode | None, entry: EpisodeInfo) -> bool:
    return known is not None and known.listed and _facts(known) == _facts_of(entry)


def _facts(episode: Episode) -> tuple[Any, ...]:
    return tuple(getattr(episode, name) for name in _CATALOGUE_FIELDS)


def _facts_of(entry: EpisodeInfo) -> tuple[Any, ...]:
    return (
        entry.title[:1000],
        entry.original_title[:1000],
        entry.kind.value,
        list(entry.languages),
        list(entry.hosters),
        True,
    )


def _merged(series: AnimeSeries, known: Episode | None, entry: EpisodeInfo) -> Episode:
    episode = known or Episode(series=series, season=entry.season, episode_number=entry.number)
    for name, value in zip(_CATALOGUE_FIELDS, _facts_of(entry), strict=True):
        setattr(episode, name, value)
    if not known:
        episode.state = EpisodeState.MISSING if entry.is_available else EpisodeState.ANNOUNCED
    episode.updated_at = timezone.now()
    return episode


def _write(episodes: Sequence[Episode]) -> None:
    new = [episode for episode in episodes if episode.pk is None]
    # A file of that number may have arrived meanwhile: its row stays, the catalogue's words win.
    Episode.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["series", "season", "episode_number"],
        update_fields=[*_CATALOGUE_FIELDS, "updated_at"],
    )
    old = [episode for episode in episodes if episode.pk is not None and episode not in new]
    Episode.objects.bulk_update(old, [*_CATALOGUE_FIELDS, "updated_at"])


def _write_head(
    series: AnimeSeries, info: SeriesInfo, rows: dict[Number, EpisodeInfo] | None, now: datetime
) -> None:
    """Args: rows: None where the list of episodes is held."""
    series.name = info.name[:500]
    series.link = info.link[:2000]
    series.year, series.end_year = info.year, info.end_year
    series.status = info.status
    series.description = info.description
    series.alternative_names = list(info.alternative_names)
    series.genres = list(info.genres)
    series.ids = dict(info.ids)
    series.cover_url = info.cover_url[:2000]
    if rows is not None:
        series.episode_dict = episode_dict(rows)
    series.refreshed_at = series.asked_at = now
    # What lies ahead was noted by a clock that was ahead: nothing would be new until then.
    series.first_read_at = min(series.first_read_at or now, now)
    AnimeSeries.objects.filter(pk=series.pk, follow_since__gt=now).update(follow_since=now)
    series.error = None
    series.index_words()
    series.save(update_fields=[*_HEAD_FIELDS, "updated_at"])


_HEAD_FIELDS = (
    *("name", "link", "year", "end_year", "status", "description", "alternative_names"),
    *("genres", "ids", "cover_url", "episode_dict", "refreshed_at", "asked_at"),
    "first_read_at",
    *_ERROR_FIELDS,
    *("sort_name", "search_text", "genre_index"),
)


def episode_dict(numbers: Any) -> dict[str, list[int]]:
    """Return ``{season: [numbers]}`` with seasons as JSON has them."""
    found: dict[str, list[int]] = {}
    for season, number in sorted(numbers):
        found.setdefault(str(season), []).append(number)
    return found
