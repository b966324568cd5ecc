"""Which episodes each show would lose: what counts is episodes, not paths.

A show is a series, or a folder that has none yet. An episode is lost where a file of it has gone
and no other one of the show has it: not one that stays, not one that is new under whatever name,
not the same file in another place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db import connection

from library.choices import FileState
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.scanner.columns import read_columns
from library.scanner.diff import FolderChange
from library.scanner.moves import Moves, Place
from library.scanner.rows import KnownFile, known_files
from library.scanner.signs import Toll, toll_of
from library.services.numbering import Number, Numbering
from library.services.settle import numberings_of, numbers_stored

# The id of a series, or the place of a folder without one.
ShowId = int | Place
Looked = Sequence[tuple[LibraryRoot, Sequence[FolderChange]]]

IDS_AT_ONCE = 500
# Stands in place of a season for a file that names no episode: it counts for itself.
NO_SEASON = -1

_FILES = MediaFile._meta.db_table
_READ = f"SELECT series_id, id, season, episodes, absolute, state FROM {_FILES} WHERE series_id IN"  # noqa: S608 - a table's name


class Gone(NamedTuple):
    """A file that is not where it was, and the root it was in."""

    root_id: int
    file: KnownFile


class _File(NamedTuple):
    id: int
    season: int | None
    episodes: str
    absolute: str
    state: str = FileState.PRESENT.value


@dataclass(slots=True)
class Show:
    """``gone`` are the files whose going loses episodes; ``files`` are as many as are known."""

    id: ShowId
    files: int
    toll: Toll
    lost: set[Number]
    gone: list[Gone] = field(default_factory=list)

    @property
    def read(self) -> set[Number]:
        """The lost episodes, without the files that name none."""
        return {number for number in self.lost if number[0] != NO_SEASON}


def shows_losing(looked: Looked, moves: Moves) -> dict[ShowId, Show]:
    """The shows that files have gone of and that lose episodes with them."""
    gone: dict[ShowId, list[Gone]] = {}
    is_lost = _is_lost_behind_a_link(looked)
    stayed: dict[ShowId, set[int]] = {}  # files that are in another place now
    for root, changes in looked:
        for change in changes:
            for file in (*change.gone, *filter(is_lost, change.away)):
                show_id = _show_id(root, change.name, file.series_id)
                if moves.is_with_series(file):
                    stayed.setdefault(show_id, set()).add(file.id)
                else:
                    gone.setdefault(show_id, []).append(Gone(root.pk, file))
    new = _New(looked, moves)
    found: dict[ShowId, Show] = {}
    for show_id, rows, numbering in _known(gone):
        known = _all_numbers(numbering, rows)
        ids = {one.file.id for one in gone[show_id]}
        lost = known - _all_numbers(numbering, (row for row in rows if row.id not in ids))
        if lost:
            moved = stayed.get(show_id, ())
            lost -= _made_good(known, lost, numbering, new.of(show_id), moved)
        if lost:
            of_lost = [one for one in gone[show_id] if _has(one.file, numbering, lost)]
            found[show_id] = Show(show_id, len(rows), toll_of(known, lost), lost, of_lost)
    return found


def _is_lost_behind_a_link(looked: Looked) -> Callable[[KnownFile], bool]:
    """Whether what is behind a link that leads nowhere is lost with this scan, or waits for the
    owner's word since one before. Single links that were dead already are told, and no more."""
    held: set[int | None] = {None}
    if any(change.away for _, changes in looked for change in changes):
        series = AnimeSeries.objects.filter(removal_held=True)
        held.update(series.values_list("pk", flat=True))
    return lambda file: file.state == FileState.PRESENT or file.series_id in held


def losing(files: Mapping[ShowId, Collection[int]]) -> list[Show]:
    """The shows whose files with these ids have gone; nothing of them is new."""
    shows = []
    for show_id, rows, numbering in _known(files):
        left = [row for row in rows if row.id not in files[show_id]]
        known, stays = (_all_numbers(numbering, part) for part in (rows, left))
        lost = known - stays
        shows.append(Show(show_id, len(rows), toll_of(known, lost), lost))
    return shows


def replaced_among(files: Mapping[ShowId, Collection[int]]) -> list[int]:
    """Of the files with these ids, those all of whose episodes another file has that is there."""
    replaced: list[int] = []
    for show_id, rows, numbering in _known(files):
        there = (row for row in rows if row.state == FileState.PRESENT)
        numbers = _all_numbers(numbering, there)
        asked = (row for row in rows if row.id in files[show_id])
        replaced += [row.id for row in asked if numbers.issuperset(_numbers(numbering, row))]
    return replaced


def _show_id(root: LibraryRoot, folder: str, series_id: int | None) -> ShowId:
    return (root.pk, folder) if series_id is None else series_id


def _known(shows: Collection[ShowId]) -> Iterator[tuple[ShowId, list[_File], Numbering]]:
    """Every file that is known of these shows, in a few questions whatever their number."""
    series = sorted(show for show in shows if isinstance(show, int))
    for start in range(0, len(series), IDS_AT_ONCE):
        ids = series[start : start + IDS_AT_ONCE]
        numberings = numberings_of(ids)
        for series_id, rows in _files_of(ids).items():
            yield series_id, rows, _with_what_is_named(numberings[series_id], rows)
    places = sorted(show for show in shows if not isinstance(show, int))
    for root_id in {root_id for root_id, _ in places}:
        folders = [folder for of_root, folder in places if of_root == root_id]
        for folder, files in known_files(root_id, folders):
            rows = [_File(f.id, *f.columns[:3], f.state) for f in files if f.series_id is None]
            yield (root_id, folder), rows, Numbering()


def _files_of(ids: Sequence[int]) -> dict[int, list[_File]]:
    found: dict[int, list[_File]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"{_READ} ({', '.join(['%s'] * len(ids))})", ids)
        for series_id, *file in cursor.fetchall():
            found.setdefault(series_id, []).append(_File(*file))
    return found


@dataclass(slots=True)
class _New:
    """What the names of new files say, by show; read only where a show would lose something."""

    looked: Looked
    moves: Moves
    _paths: dict[ShowId, list[str]] | None = None

    def of(self, show_id: ShowId) -> list[_File]:
        if self._paths is None:
            self._paths = {}
            for root, changes in self.looked:
                for change in changes:
                    if change.new:
                        series_id = self.moves.series_at((root.pk, change.name))
                        paths = self._paths.setdefault(_show_id(root, change.name, series_id), [])
                        paths += [seen.path for seen in change.new]
        return [_File(0, *read_columns(path)[:3]) for path in self._paths.get(show_id, ())]


def _has(file: KnownFile, numbering: Numbering, numbers: set[Number]) -> bool:
    """Whether one of these episodes is in a file."""
    return not numbers.isdisjoint(_numbers(numbering, _File(file.id, *file.columns[:3])))


def _made_good(
    known: set[Number],
    lost: set[Number],
    numbering: Numbering,
    new: Sequence[_File],
    stayed: Collection[int],
) -> set[Number]:
    """What of the lost episodes new files have, also those that are numbered in another way.

    Args:
        stayed: the files that are not where they were, but in another place.
    """
    there: set[Number] = set()
    unread = 0
    for file in new:
        numbers = _placed(numbering, file)
        there.update(numbers)
        unread += not numbers
    gained = there - known
    good = lost & there
    good |= {number for number in lost if _counted_on(numbering, number) in gained}
    good |= {counted for number in gained if (counted := _counted_on(numbering, number))}
    without = sorted(number for number in lost if number[0] == NO_SEASON)
    came_along = sum(1 for season, pk in known if season == NO_SEASON and pk in stayed)
    good |= set(without[: max(unread - came_along, 0)])
    return good


def _counted_on(numbering: Numbering, number: Number) -> Number | None:
    """Which episode it is where the first season goes on counting over those that follow."""
    season, episode = number
    first = min((season for season in numbering.listed if season > 0), default=0)
    if not first or season != first or episode <= numbering.listed[first][-1]:
        return None
    return next(iter(numbering.place(None, (), (episode,)).numbers), None)


def _with_what_is_named(numbering: Numbering, rows: Sequence[_File]) -> Numbering:
    """Without a catalogue, numbers over all seasons are counted over the seasons on disk."""
    if numbering.listed:
        return numbering
    named = (row for row in rows if row.season is not None and row.episodes != "[]")
    listed = {number for row in named for number in _placed(numbering, row)}
    return replace(Numbering.of(listed), ranges=numbering.ranges)


def _all_numbers(numbering: Numbering, files: Iterable[_File]) -> set[Number]:
    return {number for file in files for number in _numbers(numbering, file)}


def _numbers(numbering: Numbering, file: _File) -> Sequence[Number]:
    return _placed(numbering, file) or ((NO_SEASON, file.id),)


def _placed(numbering: Numbering, file: _File) -> tuple[Number, ...]:
    episodes, absolute = numbers_stored(file.episodes), numbers_stored(file.absolute)
    return numbering.place(file.season, episodes, absolute).numbers
