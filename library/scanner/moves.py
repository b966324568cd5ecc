"""Files that were only moved: what is gone in one place and new in another was not deleted.

A file is known again by its size and the time it was last changed, where these tell it from all
others that have gone. A folder most of whose new files were those of one series, whose own folder
is empty now, is that series' folder whatever its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    _with_series: set[Mark] = field(default_factory=set)  # new files, by where they lie
    _without: set[Mark] = field(default_factory=set)

    def excuse(self, file: KnownFile) -> bool:
        """Whether a file that has gone was only moved.

        A series has lost what lies where no series has it.
        """
        mark = _mark(file)
        return mark in self._with_series or (file.series_id is None and mark in self._without)


def moves_between(changes: Sequence[tuple[LibraryRoot, Sequence[FolderChange]]]) -> Moves:
    """Compare what has gone with what is new, over all roots."""
    left = _left(change for _, of_root in changes for change in of_root)
    moves = Moves()
    if not left:
        return moves
    owned: set[Place] = set()
    empty: set[int] = set()  # series in whose folder no file is left
    arrived: dict[Place, list[Mark]] = {}
    for root, of_root in changes:
        owners = series_by_folder(root)
        owned.update((root.pk, folder) for folder in owners)
        left_by = {change.name for change in of_root if _is_emptied(change)}
        empty.update(owners[folder][0] for folder in left_by & owners.keys())
        arrived.update({(root.pk, change.name): _marks(change) for change in of_root if change.new})
    strange = {place: new for place, new in arrived.items() if place not in owned and place[1]}
    moves.homes, unclear = _homes(strange, left, empty)
    for place, new in arrived.items():
        is_known = place in owned or place in moves.homes or place in unclear
        (moves._with_series if is_known else moves._without).update(left.keys() & new)
    return moves


def _left(changes: Iterable[FolderChange]) -> dict[Mark, int | None]:
    """The series that has lost a file, by its mark. One of different files tells nothing."""
    left: dict[Mark, set[tuple[Any, ...]]] = {}
    for change in changes:
        for file in change.gone:
            left.setdefault(_mark(file), set()).add((file.series_id, *file.columns[:3]))
    return {mark: files.pop()[0] for mark, files in left.items() if len(files) == 1}


def _is_emptied(change: FolderChange) -> bool:
    stays = change.new or change.changed or change.same or change.returned or change.unseen
    return bool(change.gone) and not (stays or change.away or change.folder.unchanged)


def _homes(
    strange: Mapping[Place, Sequence[Mark]], left: Mapping[Mark, int | None], empty: set[int]
) -> tuple[dict[Place, int], set[Place]]:
    """The series of each folder, and the folders that may be that of several."""
    found: dict[int, tuple[int, Place]] = {}  # by series: how many of its files, and where
    unclear: set[Place] = set()
    for place, new in strange.items():
        votes = Counter(left.get(mark) for mark in new)
        ranked = [(count, series) for series, count in votes.most_common() if series in empty]
        if not ranked or 2 * ranked[0][0] <= len(new):
            continue
        count, series = ranked[0]
        if len(ranked) > 1 and ranked[1][0] == count:
            unclear.add(place)
        elif series not in found or found[series][0] < count:
            found[series] = (count, place)
    return {place: series for series, (_, place) in found.items()}, unclear


def _marks(change: FolderChange) -> list[Mark]:
    return [_mark(file) for file in change.new]


def _mark(file: KnownFile | SeenFile) -> Mark:
    return (file.size, file.mtime_ns)
