"""What would go into the recycle bin: which files of a series, with what lies beside each, and what
speaks against it. Changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from aniworld.config import reach
from library.borders import Borders
from library.choices import FileState
from library.errors import LibraryError, NotBinned, NotRenamed
from library.models import AnimeSeries, LibraryRoot, MediaFile
from library.naming.passed import is_disc_tree
from library.naming.paths import from_stored
from library.naming.videos import is_video
from library.recycling import carry, folder
from library.recycling.carry import Seen
from library.recycling.write import episodes_of
from library.renaming.disks import Disks
from library.renaming.sides import sides_by_video, stem_of
from library.services.numbering import Number

PATIENCE = 10.0  # seconds; somebody waits at a page
DISKS = Disks(seconds=PATIENCE)


@dataclass(frozen=True, slots=True)
class Unit:
    """A video with what lies beside it.

    ``moves`` are its files below the root, as ``os`` knows them, as they were seen; the video
    first. ``reason`` is why it stays.
    """

    file: MediaFile
    episodes: tuple[Number, ...]
    moves: tuple[tuple[str, Seen], ...] = ()
    reason: LibraryError | None = None

    @property
    def size(self) -> int:
        """Bytes of all its files; as the last scan has seen the video where it stays."""
        return sum(seen.size for _, seen in self.moves) if self.moves else self.file.size

    @property
    def beside(self) -> list[str]:
        """The names of what lies beside the video."""
        return [path.rpartition("/")[2] for path, _ in self.moves[1:]]


@dataclass(frozen=True, slots=True)
class Going:
    """What would go of a series, and what that does to its episodes."""

    series: AnimeSeries
    units: list[Unit] = field(default_factory=list)

    @property
    def moving(self) -> list[Unit]:
        return [unit for unit in self.units if unit.reason is None]

    @property
    def staying(self) -> list[Unit]:
        return [unit for unit in self.units if unit.reason is not None]

    @property
    def size(self) -> int:
        return sum(unit.size for unit in self.moving)

    def lost(self) -> list[Number]:
        """The episodes that have no file after that."""
        going = {unit.file.pk for unit in self.moving}
        rest = self.series.files.exclude(pk__in=going).filter(problem="")
        held = {n for numbers in episodes_of(self.series, rest).values() for n in numbers}
        return sorted({n for unit in self.moving for n in unit.episodes} - held)


def chosen(
    series: AnimeSeries, *, season: int | None = None, episodes: Sequence[int] | None = None
) -> list[MediaFile]:
    """The files of a series, of a season of it, or of some episodes of a season.

    Args:
        season, episodes: in the catalogue's numbering.
    """
    files = list(series.files.select_related("root").order_by("path"))
    if season is None:
        return files
    placed = episodes_of(series, files)
    return [file for file in files if _is_of(placed[file.pk], season, episodes)]


def _is_of(numbers: Iterable[Number], season: int, episodes: Sequence[int] | None) -> bool:
    return any(at == season and (episodes is None or n in episodes) for at, n in numbers)


def look(
    series: AnimeSeries, files: Sequence[MediaFile], disks: Disks = DISKS, *, prepare: bool = False
) -> Going:
    """Look at files on their disks. Waits for none of them for long.

    Args:
        prepare: make the bin as well, which shows whether its disk can be written.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    going = Going(series)
    placed = episodes_of(series, files)
    by_root: dict[int, list[MediaFile]] = {}
    for file in files:
        by_root.setdefault(file.root_id, []).append(file)
    for found in by_root.values():
        going.units.extend(_units(found, placed, disks, prepare=prepare))
    return going


def _units(
    files: Sequence[MediaFile],
    placed: dict[int, tuple[Number, ...]],
    disks: Disks,
    *,
    prepare: bool,
) -> list[Unit]:
    root = files[0].root
    fault = _fault_of(root, disks, prepare=prepare)
    if fault is not None:
        return [Unit(file, placed[file.pk], reason=fault) for file in files]
    borders = Borders.now(root.path)
    question = partial(_seen, files, root.directory, borders)
    try:
        seen = disks(root.path, question)
    except reach.NoAnswer:
        fault = NotBinned(why="silent")
        return [Unit(file, placed[file.pk], reason=fault) for file in files]
    return [
        Unit(file, placed[file.pk], found, reason)
        for file, (found, reason) in zip(files, seen, strict=True)
    ]


def _fault_of(root: LibraryRoot, disks: Disks, *, prepare: bool) -> LibraryError | None:
    """Why the bin of a root cannot be used, whatever is to go there."""
    see_to = folder.prepare if prepare else folder.check
    try:
        disks.prove(root)
        disks(root.path, lambda: see_to(root.directory))
    except NotRenamed as error:
        return carry.as_not_binned(error)
    except NotBinned as error:
        return error
    except reach.NoAnswer:
        return NotBinned(why="silent")
    except OSError as error:
        return carry.refusal(error)
    return None


_Found = tuple[tuple[tuple[str, Seen], ...], LibraryError | None]


def _seen(files: Sequence[MediaFile], root: Path, borders: Borders) -> list[_Found]:
    """On the disk: no database here."""
    paths = [from_stored(file.path) for file in files]
    lying = beside(root, paths)
    return [
        _seen_one(file, path, lying.get(path, []), root, borders)
        for file, path in zip(files, paths, strict=True)
    ]


def _seen_one(
    file: MediaFile, path: str, beside: Sequence[str], root: Path, borders: Borders
) -> _Found:
    if file.state != FileState.PRESENT:
        return (), NotBinned(why="away")
    if is_disc_tree(path.rpartition("/")[0]):
        return (), NotBinned(why="disc")
    try:
        carry.check_home(root / path, root, borders)
        moves = [(path, carry.see(root / path))]
    except LibraryError as error:
        return (), error
    except OSError as error:
        return (), carry.refusal(error)
    for other in beside:
        try:
            moves.append((other, carry.see(root / other)))
        except (NotBinned, OSError):  # gone meanwhile, or no file: it does not move along
            continue
    return tuple(moves), None


def beside(root: Path, paths: Iterable[str]) -> dict[str, list[str]]:
    """What lies beside each video. Of two that differ in their extension alone, what lies beside
    them stays with the one that stays."""
    wanted: dict[str, set[str]] = {}
    for path in paths:
        directory, _, name = path.rpartition("/")
        wanted.setdefault(directory, set()).add(name)
    found: dict[str, list[str]] = {}
    for directory, names in wanted.items():
        listed = _names_in(root / directory)
        staying = {stem_of(name) for name in listed if is_video(name) and name not in names}
        before = f"{directory}/" if directory else ""
        for name, suffixes in sides_by_video(listed, names).items():
            stem = stem_of(name)
            sides = [] if stem in staying else [f"{before}{stem}{end}" for end in suffixes]
            found[f"{before}{name}"] = sides
    return found


def _names_in(directory: Path) -> list[str]:
    try:
        return os.listdir(directory)  # noqa: PTH208 - names alone
    except OSError:
        return []
