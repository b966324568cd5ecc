"""What is to be done with the files of one series: the new name of each, or why it keeps its own.

Nothing is changed here. What the disk says when a file has its turn is asked once more by
``carry``.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from aniworld.config.schema import Config
from library.choices import FileState
from library.models import AnimeSeries, MediaFile
from library.moving import folded
from library.naming.layout import Layout, is_read_back, target_path
from library.naming.passed import is_disc_tree
from library.naming.paths import from_stored, to_stored
from library.naming.template import EpisodeName
from library.renaming.look import Shelf, look_at
from library.renaming.sides import sides_by_video, stem_of
from library.services.filenames import episode_name
from library.services.numbering import Number, Numbering, Placed
from providers.coded import Coded, coded

Answer = TypeVar("Answer")
Asked = Callable[[str, Callable[[], Answer]], Answer]


@dataclass(frozen=True, slots=True)
class Pair:
    """One file and the name it is to have. Paths are below the root, as ``os`` knows them.

    ``file`` is the row of a video, None for what lies beside it.
    """

    old: str
    new: str
    file: MediaFile | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A video, and what lies beside it. ``undoes`` is the step whose names it gives back."""

    video: Pair
    beside: tuple[Pair, ...] = ()
    undoes: int | None = None

    @property
    def pairs(self) -> tuple[Pair, ...]:
        return (self.video, *self.beside)


@dataclass(frozen=True, slots=True)
class Kept:
    """A video that keeps its name, and why; ``wanted`` is the name it would have had."""

    path: str
    reason: Coded
    wanted: str = ""


@dataclass(slots=True)
class SeriesPlan:
    """``unchanged`` is how many files are named so already."""

    series: AnimeSeries
    moves: list[Move] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    unchanged: int = 0

    @property
    def files(self) -> int:
        """How many there are."""
        return self.unchanged + len(self.moves) + len(self.kept)

    @property
    def is_settled(self) -> bool:
        return not self.moves and not self.kept


def plan_for(series: AnimeSeries, config: Config, ask: Asked[Shelf]) -> SeriesPlan:
    """Plan the renaming of one series, with its ``root``.

    Args:
        ask: puts a question to the disk of a library folder, in a way that does not hang.

    Raises:
        OSError: the folder of the series cannot be read, or its disk does not answer.
    """
    plan = SeriesPlan(series)
    files = list(series.files.select_related("root").order_by("path"))
    at_home = [file for file in files if _is_at_home(file, series)]
    elsewhere = coded("rename_elsewhere")
    plan.kept += [Kept(file.path, elsewhere) for file in files if not _is_at_home(file, series)]
    if not at_home or series.root is None:
        return plan
    directories = {_directory(from_stored(file.path)) for file in at_home}
    root, folder = series.root.directory, from_stored(series.folder)
    shelf = ask(series.root.path, lambda: look_at(Path(root), folder, directories))
    _Planner(series, config, shelf, plan).add(at_home)
    return plan


def _is_at_home(file: MediaFile, series: AnimeSeries) -> bool:
    there = (series.root_id, series.folder)
    return bool(series.folder) and (file.root_id, file.folder) == there


@dataclass(slots=True)
class _Planner:
    series: AnimeSeries
    config: Config
    shelf: Shelf
    plan: SeriesPlan
    numbering: Numbering = field(init=False)
    titles: dict[Number, str] = field(init=False)
    standing: set[int | None] = field(init=False)  # the files that stand for an episode

    def __post_init__(self) -> None:
        rows = self.series.episodes.values_list(
            "season", "episode_number", "title", "original_title", "listed", "file"
        )
        listed = [row[:2] for row in rows if row[4]]
        self.numbering = Numbering.of(listed, self.series.mapping)
        self.titles = {(row[0], row[1]): row[2] or row[3] for row in rows}
        self.standing = {row[5] for row in rows}

    def add(self, files: Sequence[MediaFile]) -> None:
        """Those that stand for their episode have the first word about a name."""
        moves: list[Move] = []
        sides = self._sides(files)
        for file in sorted(files, key=lambda file: (file.pk not in self.standing, file.path)):
            path = from_stored(file.path)
            reason = self._fault(file, path)
            wanted = self._wanted(file, path, sides[path]) if reason is None else ""
            if reason is None and not wanted:
                reason = coded("rename_misread")
            if reason is not None:
                self.plan.kept.append(Kept(file.path, reason))
            elif wanted == path:
                self.plan.unchanged += 1
            else:
                moves.append(_move(file, path, wanted, sides[path]))
        self._take_free(moves, {from_stored(file.path) for file in files})

    def _sides(self, files: Iterable[MediaFile]) -> dict[str, list[str]]:
        """The suffixes of what goes with each file, by its path."""
        wanted: dict[str, list[str]] = {}
        for file in files:
            directory, _, name = from_stored(file.path).rpartition("/")
            wanted.setdefault(directory, []).append(name)
        found: dict[str, list[str]] = {}
        for directory, names in wanted.items():
            sides = sides_by_video(self.shelf.names[directory], names)
            found |= {f"{directory}/{name}": suffixes for name, suffixes in sides.items()}
        return found

    def _fault(self, file: MediaFile, path: str) -> Coded | None:
        """Why a file cannot be renamed, whatever the template says."""
        directory, _, name = path.rpartition("/")
        if file.state != FileState.PRESENT:
            return coded("rename_unavailable")
        if name not in self.shelf.names[directory]:
            return coded("rename_gone")
        if is_disc_tree(directory):
            return coded("rename_disc")
        return coded(file.problem) if file.problem else self._fault_of_numbers(file)

    def _fault_of_numbers(self, file: MediaFile) -> Coded | None:
        placed = self._place(file)
        if placed.problem:
            return placed.problem
        if len(placed.numbers) != 1:
            return coded("rename_several")
        if file.season is None and self.series.refreshed_at is None and not self.numbering.ranges:
            return coded("rename_unsure")  # the catalogue may count it to another season
        return None

    def _place(self, file: MediaFile) -> Placed:
        return self.numbering.place(file.season, file.episodes, file.absolute)

    def _wanted(self, file: MediaFile, path: str, sides: Sequence[str]) -> str:
        """The path that a file is to have; empty where none is read back as its episode."""
        number = self._place(file).numbers[0]
        season, episode = self.numbering.library_number(*number)
        if self.numbering.place(season, (episode,), ()).numbers != (number,):
            return ""
        named = episode_name(
            self.series,
            number,
            numbering=self.numbering,
            title=self.titles.get(number, ""),
            language=file.language,
            usual=next(iter(self.config.providers.languages), ""),
        )
        if self.series.refreshed_at is None and not self.numbering.ranges:
            # A catalogue that is read later may count a number over all seasons to another one.
            named = replace(named, absolute=None)
        extension = path[path.rindex(".") :]
        # What lies beside it has a longer end: it is to fit as well.
        ends = max((len(os.fsencode(suffix)) for suffix in sides), default=0)
        longest = self.shelf.longest - max(ends - len(extension.encode()), 0)
        for layout in self._layouts(path):
            found = target_path(
                self.config.downloads.naming_template,
                named,
                extension=extension,
                layout=layout,
                longest=longest,
            )
            if layout is self.shelf.layout or _in_same(found, path):
                return str(found) if self._is_good(found, named) else ""
        return ""

    def _layouts(self, path: str) -> Iterator[Layout]:
        """A file that lies in a folder of its season stays there, though there were another one."""
        folder, *between, _ = path.split("/")
        if len(between) == 1:
            yield Layout(folder, between)
        yield self.shelf.layout

    def _is_good(self, path: PurePosixPath, named: EpisodeName) -> bool:
        """Whether a path lies in the folder of the series, fits there, and says what it is to."""
        folder, *below = path.parts
        fits = all(len(os.fsencode(part)) <= self.shelf.longest for part in below)
        inside = folder == self.shelf.layout.folder and not {"..", "."} & set(below)
        return fits and inside and is_read_back(path, named)

    def _take_free(self, moves: list[Move], known: set[str]) -> None:
        """Keep the moves whose names are free, or become so by another one of them."""
        listed = self.shelf.names.items()
        there = Counter(folded(f"{at}/{name}") for at, names in listed for name in names)
        there.update({key for path in known if (key := folded(path)) not in there})
        while True:
            refused = _refused(moves, there)
            if not refused:
                break
            for at, taken in refused.items():
                move = moves[at]
                reason = coded("rename_taken", path=to_stored(taken))
                kept = Kept(to_stored(move.video.old), reason, to_stored(move.video.new))
                self.plan.kept.append(kept)
            moves = [move for at, move in enumerate(moves) if at not in refused]
        self.plan.moves = moves
        self.plan.kept.sort(key=lambda kept: kept.path)


def _refused(moves: Sequence[Move], there: Counter[str]) -> dict[int, str]:
    """The moves that would meet what is there, or an earlier one; each with what is in its way."""
    left = Counter(folded(pair.old) for move in moves for pair in move.pairs)
    given: set[str] = set()
    refused: dict[int, str] = {}
    for at, move in enumerate(moves):
        wanted = {folded(pair.new): pair.new for pair in move.pairs}
        taken = [new for key, new in wanted.items() if key in given or there[key] > left[key]]
        if taken:
            refused[at] = taken[0]
        else:
            given |= wanted.keys()
    return refused


def _move(file: MediaFile, old: str, new: str, sides: Sequence[str]) -> Move:
    before, after = stem_of(old), stem_of(new)
    beside = tuple(Pair(before + suffix, after + suffix) for suffix in sides)
    return Move(Pair(old, new, file), beside)


def _in_same(found: PurePosixPath, path: str) -> bool:
    return str(found.parent) == _directory(path)


def _directory(path: str) -> str:
    return path.rpartition("/")[0]
