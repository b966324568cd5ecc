"""Bringing the descriptions of a series into line with what is wanted.

Needs no transaction while it touches the disk, and no operation of its own: it only adds and takes
away small files beside the videos. One whose video has gone meanwhile is taken away again.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from aniworld.config import store
from aniworld.journal.services import record
from library.borders import Borders, Outside
from library.descriptions import files, nfo, poster
from library.descriptions.nfo import Part, Show
from library.entries import LibraryAction, about
from library.errors import NotRenamed
from library.models import AnimeSeries, Episode, MediaFile
from library.moving import folded
from library.naming.passed import is_disc_tree
from library.naming.paths import folder_of, from_stored, to_stored
from library.naming.videos import is_video
from library.renaming.disks import Disks
from library.renaming.sides import stem_of
from library.services.covers import WIDTHS, cover_path
from library.services.numbering import Number, Numbering
from library.services.settle import numberings_of

log = logging.getLogger(__name__)

SHOW_FILE, POSTER_FILE = "tvshow.nfo", "poster.jpg"
# With one of these a folder has a picture already, whoever has put it there.
_PICTURES = ("poster", "folder", "cover", "show")
_PICTURE_KINDS = (".jpg", ".jpeg", ".png", ".webp", ".tbn")
NAMED = 5  # files in an entry of the journal
MOST_FOLDERS = 1_000  # of one series
OFF, WRITE, REMOVE = "OFF", "WRITE", "REMOVE"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted: OFF (nothing is touched), WRITE, or REMOVE (what we wrote)."""

    nfo: str
    poster: str

    @classmethod
    def now(cls) -> Wishes:
        """As it is set. Raises ``ConfigError``."""
        settings = store.load().media_servers
        return cls(settings.nfo, settings.poster)

    @property
    def are_none(self) -> bool:
        return self.nfo == self.poster == OFF

    @property
    def write_any(self) -> bool:
        return WRITE in (self.nfo, self.poster)


@dataclass(slots=True)
class Done:
    """What has become of a series: paths below its root, in stored form."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: int = 0

    @property
    def folders(self) -> set[str]:
        """The folders in which something was changed."""
        return {folder_of(path) for path in (*self.written, *self.removed)}


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be in one folder: the content of each file by its name, and which of the names
    that are ours are to go if they are there."""

    folder: str
    wanted: Mapping[str, bytes]
    videos: frozenset[str]
    takes_away: frozenset[str]


def describe(
    series: AnimeSeries,
    wishes: Wishes,
    *,
    folders: Collection[str] | None = None,
    disks: Disks | None = None,
) -> Done:
    """Write what is wanted of a series and missing, and take away what is not wanted and ours.

    Args:
        folders: only in these and in that of the series, below the root in stored form; all where
            none are named, or one of them is that of the series.

    Raises:
        NotRenamed: its library folder is not at hand.
        NoAnswer: its disk does not answer.
    """
    done = Done()
    if series.root is None or not series.folder or wishes.are_none:
        return done
    ask = disks or Disks()
    ask.prove(series.root)
    borders = Borders.now(series.root.path)
    plans = list(_plans(series, wishes))
    few = {series.folder, *folders} if folders and series.folder not in folders else None
    for plan in plans:
        if few is not None and plan.folder not in few:
            continue
        _carry_out(series, plan, borders, ask, done)
    if REMOVE in (wishes.nfo, wishes.poster):
        seen = {plan.folder for plan in plans}
        takes_away = _not_wanted(wishes, is_empty=False)
        for folder in _folders_below(series, ask):
            if folder not in seen:
                plan = _Plan(folder, {}, frozenset(), takes_away)
                _carry_out(series, plan, borders, ask, done)
    _journal(series, done)
    return done


def _journal(series: AnimeSeries, done: Done) -> None:
    with transaction.atomic():
        if done.written:
            named = {"files": done.written[:NAMED], "count": len(done.written)}
            record(LibraryAction.DESCRIBED, on=about(series), after=named)
        if done.removed:
            named = {"files": done.removed[:NAMED], "count": len(done.removed)}
            record(LibraryAction.DESCRIPTIONS_REMOVED, on=about(series), before=named)


# what is wanted


def _plans(series: AnimeSeries, wishes: Wishes) -> Iterator[_Plan]:
    """Folder by folder, that of the series first."""
    held = series.files.filter(root=series.root, folder=series.folder, problem="")
    by_folder: dict[str, list[MediaFile]] = {series.folder: []}
    for file in held.order_by("path"):
        if not is_disc_tree(from_stored(file.path)):
            by_folder.setdefault(folder_of(file.path), []).append(file)
    show, parts = _show(series), _parts(series, [f for some in by_folder.values() for f in some])
    is_empty = not series.files.exists()
    for folder, found in by_folder.items():
        contents: dict[str, bytes] = {}
        if wishes.nfo == WRITE:
            contents = _of_episodes(show, found, parts)
        if folder == series.folder and not is_empty:
            contents |= _of_series(series, show, wishes)
        yield _Plan(
            folder=folder,
            wanted=contents,
            videos=frozenset(_name(file) for file in found),
            takes_away=_not_wanted(wishes, is_empty=is_empty),
        )


def _not_wanted(wishes: Wishes, *, is_empty: bool) -> frozenset[str]:
    """Kinds of files that are to go: those of a series without a file, and what is switched so."""
    kinds = set()
    if wishes.nfo == REMOVE or (is_empty and wishes.nfo == WRITE):
        kinds |= {".nfo"}
    if wishes.poster == REMOVE or (is_empty and wishes.poster == WRITE):
        kinds |= {POSTER_FILE}
    if wishes.nfo == WRITE:
        kinds |= {"orphans"}
    return frozenset(kinds)


def _of_series(series: AnimeSeries, show: Show, wishes: Wishes) -> dict[str, bytes]:
    contents = {SHOW_FILE: nfo.tvshow(show)} if wishes.nfo == WRITE else {}
    if wishes.poster == WRITE and series.cover_source:
        picture = poster.jpeg_of(cover_path(series.pk, WIDTHS[-1]))
        if picture is not None:
            contents[POSTER_FILE] = picture
    return contents


def _of_episodes(
    show: Show, found: Iterable[MediaFile], parts: Mapping[int, Sequence[Part]]
) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for file in found:
        if parts.get(file.pk):
            contents.setdefault(f"{stem_of(_name(file))}.nfo", nfo.episodes(show, parts[file.pk]))
    return contents


def _show(series: AnimeSeries) -> Show:
    return Show(
        title=series.name,
        site=series.site,
        key=series.site_key,
        names=series.alternative_names,
        plot=series.description,
        year=series.year,
        status=series.status,
        genres=series.genres,
        ids=series.ids,
    )


def _parts(series: AnimeSeries, held: Sequence[MediaFile]) -> dict[int, list[Part]]:
    """The episodes in each file that the catalogue knows, by the file's id."""
    numbering: Numbering = numberings_of([series.pk])[series.pk]
    known: dict[Number, Episode] = {
        (one.season, one.episode_number): one for one in series.episodes.all()
    }
    found: dict[int, list[Part]] = {}
    for file in held:
        numbers = numbering.place(file.season, file.episodes, file.absolute).numbers
        named = [(file.season, number) for number in file.episodes]
        as_named = named if file.season is not None and len(named) == len(numbers) else numbers
        found[file.pk] = [
            Part(
                title=known[number].title,
                original_title=known[number].original_title,
                season=int(season or 0),
                number=episode,
                catalogue=number,
            )
            for number, (season, episode) in zip(numbers, as_named, strict=True)
            if number in known
        ]
    return found


def _name(file: MediaFile) -> str:
    """Its name, as ``os`` knows it."""
    return from_stored(file.path).rpartition("/")[2]


# on the disk


def _folders_below(series: AnimeSeries, ask: Disks) -> list[str]:
    """The folders of a series, also those that hold no video any more."""
    root = series.root
    if root is None:
        return []
    home = root.directory / from_stored(series.folder)

    def walk() -> list[str]:
        found: list[str] = []
        for at, inside, _ in os.walk(home):
            inside[:] = [name for name in inside if not name.startswith(".")]
            found.append(to_stored(str(Path(at).relative_to(root.directory))))
            if len(found) >= MOST_FOLDERS:
                break
        return found

    return ask(root.path, walk)


def _carry_out(series: AnimeSeries, plan: _Plan, borders: Borders, ask: Disks, done: Done) -> None:
    root = series.root
    if root is None:
        return
    folder = root.directory / from_stored(plan.folder)

    def act() -> tuple[list[str], list[str], int]:
        return _in_folder(folder, plan, borders)

    written, removed, failed = ask(root.path, act)
    done.written += [f"{plan.folder}/{to_stored(name)}" for name in written]
    done.removed += [f"{plan.folder}/{to_stored(name)}" for name in removed]
    done.failed += failed


def _in_folder(folder: Path, plan: _Plan, borders: Borders) -> tuple[list[str], list[str], int]:
    """Touches the disk alone. Returns the names that were written and removed, and how many could
    be neither."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names alone
    except (FileNotFoundError, NotADirectoryError):
        return [], [], 0
    files.clear(folder, names)
    there = {folded(name): name for name in names}
    written, failed = [], 0
    for name, content in plan.wanted.items():
        taken = there.get(folded(name))
        if (taken is not None and taken != name) or not _may_come(name, plan, names):
            continue
        try:
            if files.write(folder / name, content, borders):
                written.append(name)
        except (OSError, Outside) as error:
            log.warning("description=%s not written: %s", folder / name, error)
            failed += 1
    now = os.listdir(folder)  # noqa: PTH208 - as above
    stems = {stem_of(name) for name in now if is_video(name)}
    removed = []
    for name in now:
        if not _is_to_go(name, stems, plan):
            continue
        try:
            if files.take_away(folder / name, borders):
                removed.append(name)
        except (OSError, Outside) as error:
            log.warning("description=%s not removed: %s", folder / name, error)
            failed += 1
    return [name for name in written if name not in removed], removed, failed


def _may_come(name: str, plan: _Plan, names: Sequence[str]) -> bool:
    """A poster comes only where there is no picture of somebody else; an episode's description only
    beside its video."""
    if name == POSTER_FILE:
        others = (Path(one) for one in names if one != POSTER_FILE)
        return not any(
            one.stem.casefold() in _PICTURES and one.suffix.casefold() in _PICTURE_KINDS
            for one in others
        )
    if name == SHOW_FILE:
        return True
    stem = name.removesuffix(".nfo")
    return any(stem_of(video) == stem for video in plan.videos.intersection(names))


def _is_to_go(name: str, stems: Collection[str], plan: _Plan) -> bool:
    """Whether a file is to go if it is ours: that is asked when it is taken away.

    Args:
        stems: the names of the videos beside it, without extensions.
    """
    if name == POSTER_FILE:
        return POSTER_FILE in plan.takes_away
    if not name.endswith(".nfo"):
        return False
    if ".nfo" in plan.takes_away:
        return True
    is_alone = name != SHOW_FILE and name.removesuffix(".nfo") not in stems
    return "orphans" in plan.takes_away and is_alone


def describe_all(
    wishes: Wishes,
    *,
    is_stopping: Callable[[], bool],
    tell: Callable[[int, int], object] = lambda _number, _total: None,
) -> Done:
    """The same for the whole library. One series' fault is that series' fault.

    Args:
        tell: is told how many series of how many are done.
    """
    done, silent = Done(), set[str]()
    homes = AnimeSeries.objects.active().exclude(root=None).exclude(folder="")
    keys = list(homes.order_by("sort_name", "id").values_list("pk", flat=True))
    for number, key in enumerate(keys):
        if is_stopping():
            break
        tell(number, len(keys))
        series = AnimeSeries.objects.select_related("root").filter(pk=key).first()
        if series is None or series.root is None or series.root.path in silent:
            continue
        try:
            one = describe(series, wishes)
        except (NotRenamed, OSError) as error:
            log.warning("series=%s is not described: %s", series.key, error)
            silent.add(series.root.path)
            done.failed += 1
            continue
        done.written += one.written
        done.removed += one.removed
        done.failed += one.failed
    return done
