"""Files that were only moved: what is gone in one place and new in another was not deleted.

A file is known again by its size and the time it was last changed. A folder most of whose new files
were those of one series, whose own folder is empty now, is that series' folder whatever its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from library.models import LibraryRoot
from library.scanner.diff import FolderChange
from library.scanner.homes import series_by_folder
from library.scanner.rows import KnownFile
from library.scanner.walk import SeenFile

# Size and mtime of a file.
Mark = tuple[int, int]
# Id of a root and name of a folder in it.
Place = tuple[int, str]


@dataclass(slots=True)
class Moves:
    """What was moved between the folders a scan looks at; ``homes`` are the series that some
    folders without one hold now."""

    homes: dict[Place, int] = field(default_factory=dict)
    _with_series: Counter[Mark] = field(default_factory=Counter)  # new files, by where they lie
    _without: Counter[Mark] = field(default_factory=Counter)

    def excuse(self, file: KnownFile) -> bool:
        """Whether a file that has gone was only moved. Each new file excuses one.

        A series has lost what lies where no series has it.
        """
        mark = _mark(file)
        places = [self._with_series]
        if file.series_id is None:
            places.insert(0, self._without)
        for found in places:
            if found[mark]:
                found[mark] -= 1
                return True
        return False


def moves_between(changes: Sequence[tuple[LibraryRoot, Sequence[FolderChange]]]) -> Moves:
    """Compare what has gone with what is new, over all roots."""
    left = _left(change for _, of_root in changes for change in of_root)
    moves = Moves()
    if not left:
        return moves
    empty = {series for _, of_root in changes for change in of_root for series in _emptied(change)}
    owned: set[Place] = set()
    arrived: dict[Place, list[SeenFile]] = {}
    for root, of_root in changes:
        owned.update((root.pk, folder) for folder in series_by_folder(root))
        arrived.update({(root.pk, change.name): change.new for change in of_root if change.new})
    strange = {place: new for place, new in arrived.items() if place not in owned and place[1]}
    moves.homes, unclear = _homes(strange, left, empty)
    for place, new in arrived.items():
        is_known = place in owned or place in moves.homes or place in unclear
        (moves._with_series if is_known else moves._without).update(map(_mark, new))
    return moves


def _left(changes: Iterable[FolderChange]) -> dict[Mark, set[int]]:
    """The series that have lost a file, by its mark; without one it is nobody's."""
    left: dict[Mark, set[int]] = {}
    for change in changes:
        for file in change.gone:
            of = left.setdefault(_mark(file), set())
            if file.series_id is not None:
                of.add(file.series_id)
    return left


def _emptied(change: FolderChange) -> set[int]:
    """The series of a folder in which no file is left."""
    stays = change.new or change.changed or change.same or change.returned or change.unseen
    if not change.gone or stays or change.away or change.folder.unchanged:
        return set()
    return {file.series_id for file in change.gone if file.series_id is not None}


def _homes(
    strange: Mapping[Place, Sequence[SeenFile]], left: Mapping[Mark, set[int]], empty: set[int]
) -> tuple[dict[Place, int], set[Place]]:
    """The series of each folder, and the folders that may be that of several."""
    found: dict[int, tuple[int, Place]] = {}  # by series: how many of its files, and where
    unclear: set[Place] = set()
    for place, new in strange.items():
        votes = Counter(series for file in new for series in left.get(_mark(file), ()))
        ranked = [(count, series) for series, count in votes.most_common() if series in empty]
        if not ranked or 2 * ranked[0][0] <= len(new):
            continue
        count, series = ranked[0]
        if len(ranked) > 1 and ranked[1][0] == count:
            unclear.add(place)
        elif series not in found or found[series][0] < count:
            found[series] = (count, place)
    return {place: series for series, (_, place) in found.items()}, unclear


def _mark(file: KnownFile | SeenFile) -> Mark:
    return (file.size, file.mtime_ns)
