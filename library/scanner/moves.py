"""Files that were only moved: what is gone in one place and new in another was not deleted.

A file is known again by its size and the time it was last changed, where these tell it from all
others that have gone; else by its name too. A folder most of whose new files were those of one
series, whose own folder is empty now, is that series' folder whatever its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from library.models import LibraryRoot
from library.scanner.diff import FolderChange
from library.scanner.found import SeenFile
from library.scanner.homes import series_by_folder
from library.scanner.rows import KnownFile

# Size and mtime of a file, and its name where these are those of several files.
Mark = tuple[int, int, str]
# Id of a root and name of a folder in it.
Place = tuple[int, str]


class Left(NamedTuple):
    """The series that has lost a file, and where that was."""

    series_id: int | None
    place: Place


@dataclass(slots=True)
class Moves:
    """What was moved between the folders a scan looks at; ``homes`` are the series that some
    folders without one hold now, ``renamed`` those that hold the files of another one without a
    series, with that one."""

    homes: dict[Place, int] = field(default_factory=dict)
    renamed: dict[Place, Place] = field(default_factory=dict)
    _owner: dict[Place, int] = field(default_factory=dict)
    _arrived: dict[Mark, set[int | None]] = field(default_factory=dict)  # the series there

    def series_at(self, place: Place) -> int | None:
        """The series that holds a folder, also one it has moved into."""
        return self.homes.get(place, self._owner.get(place))

    def is_in_library(self, file: KnownFile) -> bool:
        """Whether a file that has gone lies somewhere else now."""
        return any(mark in self._arrived for mark in _marks(file))

    def is_with_series(self, file: KnownFile) -> bool:
        """Whether it lies where its series has it: what lies elsewhere its series has lost."""
        found = (self._arrived.get(mark, set()) for mark in _marks(file))
        return any(file.series_id in series for series in found)


def moves_between(changes: Sequence[tuple[LibraryRoot, Sequence[FolderChange]]]) -> Moves:
    """Compare what has gone with what is new, over all roots."""
    moves = Moves()
    if not any(change.gone for _, of_root in changes for change in of_root):
        return moves
    left = _left(changes)
    _note_moved([change for _, of_root in changes for change in of_root], left)
    owner = moves._owner
    empty: set[int] = set()  # series in whose folder no file is left
    arrived: dict[Place, list[Mark | None]] = {}
    for root, of_root in changes:
        owners = {folder: pk for folder, (pk, _) in series_by_folder(root).items()}
        owner.update({(root.pk, folder): pk for folder, pk in owners.items()})
        left_by = {change.name for change in of_root if _is_emptied(change)}
        empty.update(owners[folder] for folder in left_by & owners.keys())
        for change in of_root:
            if change.new:
                arrived[root.pk, change.name] = [_known(file, left) for file in change.new]
    strange = {place: new for place, new in arrived.items() if place not in owner and place[1]}
    moves.homes = _homes(strange, left, empty)
    moves.renamed = _renamed(strange, left)
    for place, new in arrived.items():
        series = moves.series_at(place)
        for mark in new:
            if mark is not None:
                moves._arrived.setdefault(mark, set()).add(series)
    return moves


def _left(changes: Sequence[tuple[LibraryRoot, Sequence[FolderChange]]]) -> dict[Mark, Left]:
    """Where a file has gone from, by its mark. One of different files tells nothing."""
    left: dict[Mark, set[tuple[Any, ...]]] = {}
    places: dict[Mark, Place] = {}
    for root, of_root in changes:
        for change in of_root:
            for file in change.gone:
                for mark in _marks(file):
                    left.setdefault(mark, set()).add((file.series_id, *file.columns[:3]))
                    places[mark] = (root.pk, change.name)
    return {
        mark: Left(files.pop()[0], places[mark]) for mark, files in left.items() if len(files) == 1
    }


def _note_moved(changes: Sequence[FolderChange], left: Mapping[Mark, Left]) -> None:
    """Note which of the files are the same in another place: of a copy beside it, only one is."""
    gone: dict[Mark, list[tuple[FolderChange, int]]] = {}
    for change in changes:
        for file in change.gone:
            if mark := _known(file, left):
                gone.setdefault(mark, []).append((change, file.id))
    for change in changes:
        for new in change.new:
            mark = _known(new, left)
            if mark and gone.get(mark):
                source, pk = gone[mark].pop()
                source.left.add(pk)
                change.arrived += 1


def _known(file: KnownFile | SeenFile, left: Mapping[Mark, Left]) -> Mark | None:
    """The mark by which a file is known again."""
    return next((mark for mark in _marks(file) if mark in left), None)


def _is_emptied(change: FolderChange) -> bool:
    """Whether nothing is left of what was there. What was away and is back says nothing of it: a
    disk came back under the name that the folder had then."""
    stays = change.new or change.changed or change.same or change.unseen
    return bool(change.gone) and not (stays or change.away or change.folder.unchanged)


def _homes(
    strange: Mapping[Place, Sequence[Mark | None]],
    left: Mapping[Mark, Left],
    empty: set[int],
) -> dict[Place, int]:
    """The series of each folder. A folder may be that of one, and a series has one."""
    found: dict[int, tuple[int, Place]] = {}  # by series: how many of its files, and where
    for place, new in strange.items():
        votes = Counter(left[mark].series_id for mark in new if mark is not None)
        ranked = [(count, series) for series, count in votes.most_common() if series in empty]
        if not ranked or 2 * ranked[0][0] <= len(new):
            continue
        count, series = ranked[0]
        if series is not None and (series not in found or found[series][0] < count):
            found[series] = (count, place)
    return {place: series for series, (_, place) in found.items()}


def _renamed(
    strange: Mapping[Place, Sequence[Mark | None]], left: Mapping[Mark, Left]
) -> dict[Place, Place]:
    """The folder without a series that most files of a new one have come from."""
    found: dict[Place, Place] = {}
    for place, new in strange.items():
        came = [left[mark] for mark in new if mark is not None]
        votes = Counter(one.place for one in came if one.series_id is None)
        for old, count in votes.most_common(1):
            if 2 * count > len(new) and old[1]:
                found[place] = old
    return found


def _marks(file: KnownFile | SeenFile) -> tuple[Mark, Mark]:
    name = file.path.rpartition("/")[2]
    return (file.size, file.mtime_ns, ""), (file.size, file.mtime_ns, name)
