"""Bringing episodes in line with files and catalogue, for many series at once.

What an episode is follows from three things alone: the files of its series, what the catalogue
lists, and the series' numbering. Scan, refresh, download and the owner's changes all end here,
so they cannot disagree. Raw statements: through the ORM 100,000 episodes take ten times as long.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone

from library.choices import EpisodeKind, EpisodeState, FileState
from library.models import AnimeSeries, Episode, MediaFile
from library.models.bulk import Insert, Row
from library.services.numbering import Number, Numbering

# In one statement; SQLite takes at most 999 parameters where it is old.
IDS_AT_ONCE = 500

_FILES = MediaFile._meta.db_table
_EPISODES = Episode._meta.db_table
_SERIES = AnimeSeries._meta.db_table

_READ_FILES = f"""
    SELECT series_id, id, state, path, size, season, episodes, absolute, version, problem,
           instead_id
    FROM {_FILES} WHERE series_id IN (%s) AND problem = ''
"""  # noqa: S608 - a table's name
_READ_IDS = f"SELECT series_id, id FROM {_FILES} WHERE series_id IN (%s) ORDER BY series_id, id"  # noqa: S608 - a table's name
_READ_EPISODES = f"""
    SELECT series_id, season, episode_number, id, state, file_id, file_path, file_size, listed,
           hosters, download_date
    FROM {_EPISODES} WHERE series_id IN (%s)
"""  # noqa: S608
_READ_LISTED = f"""
    SELECT series_id, season, episode_number FROM {_EPISODES} WHERE series_id IN (%s) AND listed
"""  # noqa: S608
# By the file's state: what is the same in every row is no parameter.
_INSERT = {
    state.value: Insert(
        f"""INSERT INTO {_EPISODES} (
            series_id, season, episode_number, title, original_title, kind, state, is_downloaded,
            file_id, file_path, file_size, languages, hosters, listed, created_at, updated_at)
        """,
        f"(%s, %s, %s, '', '', %s, '{state.value}', {there}, %s, %s, %s, '[]', '[]', FALSE, "
        "%s, %s)",
        "ON CONFLICT (series_id, season, episode_number) DO NOTHING",
    )
    for state, there in ((FileState.PRESENT, "TRUE"), (FileState.UNAVAILABLE, "FALSE"))
}
_UPDATE = f"""
    UPDATE {_EPISODES} SET state = %s, is_downloaded = %s, download_date = %s, file_id = %s,
        file_path = %s, file_size = %s, updated_at = %s, unwanted = (unwanted AND NOT %s)
    WHERE id = %s
"""  # noqa: S608

_SET_INSTEAD = f"UPDATE {_FILES} SET instead_id = %s WHERE id = %s"  # noqa: S608 - our own table
_READ_MAPPINGS = f"SELECT id, mapping FROM {_SERIES} WHERE id IN (%s) AND mapping <> '[]'"  # noqa: S608
_COUNT = f"""
    UPDATE {_SERIES}
    SET (total_episodes, downloaded_count, missing_count, unavailable_count) = (
        SELECT COUNT(*),
            COUNT(*) FILTER (WHERE state = 'PRESENT'),
            CASE WHEN {_SERIES}.monitored
                THEN COUNT(*) FILTER (WHERE state = 'MISSING' AND NOT unwanted) ELSE 0 END,
            COUNT(*) FILTER (WHERE state = 'UNAVAILABLE')
        FROM {_EPISODES} WHERE series_id = {_SERIES}.id)
    WHERE id IN (%s)
"""  # noqa: S608

# Plain strings: a member's value is looked up anew each time.
_EPISODE, _SPECIAL = EpisodeKind.EPISODE.value, EpisodeKind.SPECIAL.value
_PRESENT, _UNAVAILABLE = EpisodeState.PRESENT.value, EpisodeState.UNAVAILABLE.value


class FileFacts(NamedTuple):
    id: int
    path: str
    size: int
    season: int | None
    episodes: tuple[int, ...]
    absolute: tuple[int, ...]
    version: int | None
    state: str
    instead: int | None = None

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        """The better file of two for one episode has the higher rank."""
        return (self.state == FileState.PRESENT, self.version or 0, self.size, self.path)


class EpisodeFacts(NamedTuple):
    id: int
    state: str
    file_id: int | None
    file_path: str
    file_size: int | None
    listed: bool
    hosters: str
    download_date: Any

    @property
    def state_without_file(self) -> str:
        return EpisodeState.ANNOUNCED if self.hosters == "[]" else EpisodeState.MISSING


@dataclass(slots=True)
class _Changes:
    now: Any
    inserted: dict[str, list[Sequence[Any]]] = field(default_factory=dict)  # by the file's state
    updated: list[Sequence[Any]] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    spare: list[tuple[int | None, int]] = field(default_factory=list)  # by whom, and the file

    def write(self) -> None:
        for state, rows in self.inserted.items():
            _INSERT[state].run(rows)
        if self.updated:
            with connection.cursor() as cursor:
                cursor.executemany(_UPDATE, self.updated)
        if self.spare:
            with connection.cursor() as cursor:
                cursor.executemany(_SET_INSTEAD, self.spare)
        for ids in _portions(self.deleted):
            Episode.objects.filter(pk__in=ids).delete()


def settle(
    series_ids: Collection[int], inserted: Mapping[int, Sequence[Row]] | None = None
) -> None:
    """Make the episodes and counters of these series true. Call inside ``atomic()``.

    Episodes that have neither a file nor a place in the catalogue are deleted.

    Args:
        inserted: the rows of the files that this transaction has inserted, by series, in the order
            of their ids, with the columns of ``_READ_FILES`` from path to problem. They need not be
            read back where a series has no others.
    """
    for ids in _portions(sorted(set(series_ids))):
        _lock(ids)
        files = _new_files(ids, inserted) if inserted else {}
        files |= _files_of([pk for pk in ids if pk not in files])
        episodes = _episodes_of(ids)
        mappings = {pk: json.loads(mapping) for pk, mapping in _rows(_READ_MAPPINGS, ids)}
        changes = _Changes(now=_moment(timezone.now()))
        for series_id in ids:
            known = episodes.get(series_id, {})
            listed = (number for number, episode in known.items() if episode.listed)
            numbering = Numbering.of(listed, mappings.get(series_id, ()))
            there = files.get(series_id, ())
            best = best_files(there, numbering)
            changes.spare += _spare(there, best, numbering)
            _compare(series_id, known, best, changes)
        changes.write()
        recount(ids)


def _lock(ids: Sequence[int]) -> None:
    """Let nobody else settle these series until the transaction ends.

    Where writers run side by side, each would count without what the other has not committed yet.
    SQLite has one writer at a time.
    """
    if connection.features.has_select_for_update:
        locked = AnimeSeries.objects.select_for_update(no_key=True).filter(pk__in=ids)
        list(locked.order_by("pk").values_list("pk"))


def best_files(files: Sequence[FileFacts], numbering: Numbering) -> dict[Number, FileFacts]:
    """Return the file that stands for each episode; of several the better one."""
    best: dict[Number, FileFacts] = {}
    for file in files:
        for number in numbering.place(file.season, file.episodes, file.absolute).numbers:
            other = best.get(number)
            if other is None or file.rank > other.rank:
                best[number] = file
    return best


def _spare(
    files: Sequence[FileFacts], best: Mapping[Number, FileFacts], numbering: Numbering
) -> Iterator[tuple[int | None, int]]:
    """The files of which it has changed which one stands for their episodes, each behind that."""
    standing = {file.id for file in best.values()}
    if len(standing) == len(files) and not any(file.instead for file in files):
        return  # mostly so: each file stands for an episode
    for file, other in instead_of(files, best, numbering):
        if other != file.instead:
            yield other, file.id


def instead_of(
    files: Sequence[FileFacts], best: Mapping[Number, FileFacts], numbering: Numbering
) -> Iterator[tuple[FileFacts, int | None]]:
    """Each file with the id of the one that stands for its first episode, where it stands for none
    itself; None where it does, or leads to no episode."""
    standing = {file.id for file in best.values()}
    for file in files:
        if file.id in standing:
            yield file, None
            continue
        numbers = numbering.place(file.season, file.episodes, file.absolute).numbers
        yield file, best[numbers[0]].id if numbers else None


def numberings_of(series_ids: Sequence[int]) -> dict[int, Numbering]:
    """The numbering of each of these series; not more of them than go into one statement."""
    listed: dict[int, list[Number]] = {pk: [] for pk in series_ids}
    for series_id, season, number in _rows(_READ_LISTED, series_ids):
        listed[series_id].append((season, number))
    mappings = {pk: json.loads(mapping) for pk, mapping in _rows(_READ_MAPPINGS, series_ids)}
    return {pk: Numbering.of(listed[pk], mappings.get(pk, ())) for pk in series_ids}


def without_files(episodes: QuerySet[Episode]) -> None:
    """Let episodes of series that have left the library stand for no file: a file is another
    series' by now, or nobody's. Call inside ``atomic()``.

    Their rows stay, listed or not, with all that is known of them: what comes back is settled.
    """
    held = episodes.exclude(file=None)
    series_ids = sorted(set(held.order_by().values_list("series", flat=True)))
    if not series_ids:
        return
    held.update(
        state=Case(
            When(hosters=[], then=Value(EpisodeState.ANNOUNCED.value)),
            default=Value(EpisodeState.MISSING.value),
        ),
        is_downloaded=False,
        file=None,
        file_path="",
        file_size=None,
        updated_at=timezone.now(),
    )
    for ids in _portions(series_ids):
        recount(ids)


def end_holding(series_ids: Collection[int]) -> None:
    """Ask the owner no more about series of which no file is unavailable now."""
    held = AnimeSeries.objects.filter(pk__in=series_ids, removal_held=True)
    held.exclude(files__state=FileState.UNAVAILABLE).update(removal_held=False)


def recount(series_ids: Sequence[int]) -> None:
    """Set the counters of these series from their episodes. Call inside ``atomic()``."""
    with connection.cursor() as cursor:
        cursor.execute(_in(_COUNT, series_ids), series_ids)


def _compare(
    series_id: int,
    known: dict[Number, EpisodeFacts],
    best: dict[Number, FileFacts],
    changes: _Changes,
) -> None:
    for number, file in best.items():
        episode = known.get(number)
        if episode is None:
            row = _new_row(series_id, number, file, changes.now)
            changes.inserted.setdefault(file.state, []).append(row)
        elif (episode.file_id, episode.file_path, episode.file_size, episode.state) != (
            file.id,
            file.path,
            file.size,
            _state_of(file),
        ):
            changes.updated.append(_changed_row(episode, file, changes.now))
    for number, episode in known.items():
        if number in best:
            continue
        if not episode.listed:
            changes.deleted.append(episode.id)
        elif episode.state != episode.state_without_file or episode.file_id is not None:
            state = episode.state_without_file
            nothing = (False, None, None, "", None)
            changes.updated.append((state, *nothing, changes.now, False, episode.id))


def _new_row(series_id: int, number: Number, file: FileFacts, now: Any) -> Sequence[Any]:
    season, episode = number
    kind = _EPISODE if season else _SPECIAL
    return (series_id, season, episode, kind, file.id, file.path, file.size, now, now)


def _changed_row(episode: EpisodeFacts, file: FileFacts, now: Any) -> Sequence[Any]:
    state = _state_of(file)
    present = state == EpisodeState.PRESENT
    facts = (file.id, file.path, file.size)
    return (state, present, episode.download_date, *facts, now, present, episode.id)


def _state_of(file: FileFacts) -> str:
    return _PRESENT if file.state == _PRESENT else _UNAVAILABLE


@lru_cache(maxsize=4096)
def numbers_stored(stored: str) -> tuple[int, ...]:
    """The numbers of a column that holds them as JSON."""
    return tuple(json.loads(stored))


def _moment(value: datetime) -> Any:
    """A moment as a raw statement takes it on either database."""
    return connection.ops.adapt_datetimefield_value(value)


def _facts(file_id: int, state: str, row: Row) -> FileFacts:
    path, size, season, episodes, absolute, version, _, *instead = row
    numbers = numbers_stored(episodes), numbers_stored(absolute)
    return FileFacts(file_id, path, size, season, *numbers, version, state, *instead)


def _new_files(
    ids: Sequence[int], inserted: Mapping[int, Sequence[Row]]
) -> dict[int, list[FileFacts]]:
    """The files of those series that have no others than were inserted just now."""
    known: dict[int, list[int]] = {}
    for series_id, file_id in _rows(_READ_IDS, [pk for pk in ids if pk in inserted]):
        known.setdefault(series_id, []).append(file_id)
    return {
        series_id: [
            _facts(file_id, _PRESENT, row)
            for file_id, row in zip(file_ids, inserted[series_id], strict=True)
            if not row[-1]
        ]
        for series_id, file_ids in known.items()
        if len(file_ids) == len(inserted[series_id])
    }


def _files_of(ids: Sequence[int]) -> dict[int, list[FileFacts]]:
    found: dict[int, list[FileFacts]] = {}
    for row in _rows(_READ_FILES, ids):
        found.setdefault(row[0], []).append(_facts(row[1], row[2], row[3:]))
    return found


def _episodes_of(ids: Sequence[int]) -> dict[int, dict[Number, EpisodeFacts]]:
    found: dict[int, dict[Number, EpisodeFacts]] = {}
    for row in _rows(_READ_EPISODES, ids):
        found.setdefault(row[0], {})[row[1], row[2]] = EpisodeFacts(*row[3:])
    return found


def _rows(statement: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_in(statement, ids), ids)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _in(statement: str, ids: Sequence[int]) -> str:
    """The statement with as many marks as there are ids."""
    return statement.replace("%s", ", ".join(["%s"] * len(ids)), 1)


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield ids[start : start + IDS_AT_ONCE]
