"""The recycle bin in the database: rows before the first file moves, and each way as it is done.
Short transactions, and no disk in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from aniworld.config import store
from aniworld.journal.actors import current_actor
from aniworld.journal.services import Undo, record
from library import events
from library.choices import BinReason, BinState, FileState
from library.entries import LibraryAction, about
from library.models import AnimeSeries, BinnedFile, LibraryRoot, MediaFile
from library.models.binned import StoredMove
from library.naming.paths import folder_of, from_stored, to_stored
from library.recycling import folder
from library.recycling.carry import Seen
from library.renaming.carry import File
from library.renaming.write import what_a_name_says
from library.services.arrivals import DOWNLOADED_RULE
from library.services.numbering import Number, Numbering
from library.services.settle import end_holding, numberings_of, settle
from library.services.wanting import mark

RESTORE = "bin.restore"  # the function behind the handles of what was binned
# What is known of a video, but for its path, size and time: with it a file that comes back counts
# as it did.
_FACTS = (
    *("season", "episodes", "absolute", "rule", "problem", "language", "version", "group"),
    *("duration", "width", "height", "video_codec", "audio_codec", "audio_languages"),
    *("subtitle_languages", "media_problem", "media_problem_params", "size", "mtime_ns"),
)


def days_kept() -> int:
    """For how many days files stay in the bin; 0: not at all. Raises ``ConfigError``."""
    return store.load().library.bin_days


def new_row(
    *,
    act: Any,
    root: LibraryRoot,
    series: AnimeSeries | None,
    file: MediaFile | None,
    moves: Sequence[tuple[str, Seen]],
    reason: BinReason,
    operation: Any = None,
    episodes: Sequence[Number] = (),
) -> BinnedFile:
    """Write what is going to the bin, in the transaction of its act.

    Args:
        file: what is known of the video.
        moves: each file below the root, as ``os`` knows it, and as it was seen; the video first.
        episodes: that the video holds, in the catalogue's numbering.
    """
    now = timezone.now()
    row = BinnedFile.objects.create(
        act=act,
        operation=operation,
        root=root,
        series=series,
        series_key=series.key if series else "",
        series_name=series.name if series else "",
        path=to_stored(moves[0][0]),
        size=sum(seen.size for _, seen in moves),
        facts=_facts_of(file) if file else {},
        episodes=[list(number) for number in episodes],
        reason=reason,
        binned_by=current_actor().as_json(),
        binned_at=now,
        kept_until=now + timedelta(days=days_kept()),
    )
    row.folder = folder.folder_name(now, row.pk)
    row.moves = [
        _stored(path, f"{_below(row)}/{folder.place_in(path, number, root.directory)}", seen)
        for number, (path, seen) in enumerate(moves)
    ]
    row.save(update_fields=["folder", "moves"])
    return row


def stored_move(old: str, new: str, seen: Seen) -> StoredMove:
    """The way of a file. Paths are below the root, as ``os`` knows them."""
    return _stored(old, new, seen)


def files_of(root: LibraryRoot, moves: Iterable[StoredMove]) -> list[File]:
    """Ways as the disk is asked for them."""
    at = root.directory
    return [File(at / from_stored(m["old"]), at / from_stored(m["new"]), m["inode"]) for m in moves]


def turned(moves: Iterable[StoredMove]) -> list[StoredMove]:
    """The ways back."""
    return [{**move, "old": move["new"], "new": move["old"]} for move in moves]


def into_bin(rows: Sequence[tuple[BinnedFile, Sequence[bool]]], *, unwanted: bool = False) -> None:
    """Files have moved into the bin: their episodes are settled without them.

    Args:
        rows: each with which of its files have moved; of one that has moved nothing is forgotten.
        unwanted: whether episodes that have no file left are not to be fetched again by itself.
    """
    with transaction.atomic():
        gone = [row for row, moved in rows if moved and moved[0]]
        for row, moved in rows:
            _kept_or_forgotten(row, moved)
        for row in gone:
            _forget_file(row)
        settle_of(row.series_id for row in gone)
        if unwanted:
            _mark_unwanted(gone)
        for row in gone:
            if row.undoes is not None:
                out_of_bin(row.undoes, row.puts)
        if gone:
            _tell_folders(gone)
            events.bin_changed(row.series_key for row in gone)


def replaced(row: BinnedFile, moved: Sequence[bool]) -> None:
    """A file is in the bin, and another in its place: with the entry of the journal, but where
    that is the undo of one."""
    is_undo = row.reason == BinReason.SWAPPED_BACK
    with transaction.atomic():
        if row.series is not None and moved and moved[0] and not is_undo:
            record(
                LibraryAction.FILE_REPLACED,
                on=about(row.series),
                before={"file": row.path, "bytes": row.size},
                after={"file": row.puts[0]["new"]},
                undo=way_back(str(row.act)),
            )
        into_bin([(row, moved)])


def counts_again(row: BinnedFile) -> None:
    """What takes the place of ``row`` comes out of the bin itself, and is in its place."""
    if row.undoes is not None:
        with transaction.atomic():
            out_of_bin(row.undoes, row.puts)
        row.undoes = None  # that one is no more


def counts_no_more(row: BinnedFile) -> None:
    """Let another file of its episode count before this one leaves its place."""
    with transaction.atomic():
        _forget_file(row)
        settle_of([row.series_id])


def way_back(act: str, series: str = "") -> Undo | None:
    """How an act is taken back, while its files are in the bin.

    Args:
        series: the key of the only one that is taken back of it.
    """
    days, of = days_kept(), {"series": series} if series else {}
    return Undo(RESTORE, {"act": act, **of}, lasts=timedelta(days=days)) if days else None


def out_of_bin(row: BinnedFile, moves: Sequence[StoredMove]) -> None:
    """A video is back in the library, by these ways: it counts as it did. In a transaction.

    Args:
        moves: the video's first; size and time are those it has now.
    """
    path = moves[0]["new"]
    series = row.series or _series_at(row.root, path)
    file = _row_at(row.root, path)
    for name, value in _known_of(row, path).items():
        setattr(file, name, value)
    if now := moves[0]["mtime_ns"]:
        file.size, file.mtime_ns = moves[0]["size"], now
    is_same = (file.size, file.mtime_ns) == (row.facts.get("size"), row.facts.get("mtime_ns"))
    probed = row.facts.get("probed_at") if is_same else None
    file.probed_at = parse_datetime(probed) if probed else None
    file.series, file.state, file.seen_at = series, FileState.PRESENT, timezone.now()
    file.save()
    row.delete()
    settle_of([series.pk if series else None])
    events.files_changed(row.root_id, [(folder_of(path), "CREATED")])
    events.bin_changed([series.key if series else ""])


def settle_of(series_ids: Iterable[int | None]) -> None:
    wanted = {pk for pk in series_ids if pk is not None}
    settle(wanted)
    end_holding(wanted)


def _kept_or_forgotten(row: BinnedFile, moved: Sequence[bool]) -> None:
    there = [move for move, is_done in zip(row.moves, moved, strict=True) if is_done]
    if not there:
        row.delete()
        return
    row.moves, row.state, row.operation = there, BinState.BINNED, None
    row.size = sum(move["size"] for move in there)
    row.save(update_fields=["moves", "state", "operation", "size"])


def _forget_file(row: BinnedFile) -> None:
    """The file that was known there is no more, unless another one has its name."""
    if any(put["new"] == row.path for put in row.puts):
        return
    MediaFile.objects.filter(root=row.root_id, path=row.path).delete()


def _tell_folders(gone: Iterable[BinnedFile]) -> None:
    by_root: dict[int, list[tuple[str, events.Change]]] = {}
    for row in gone:
        by_root.setdefault(row.root_id, []).append((folder_of(row.path), "DELETED"))
    for root_id, changes in by_root.items():
        events.files_changed(root_id, changes)


def _mark_unwanted(rows: Iterable[BinnedFile]) -> None:
    """What is missing now because its owner has deleted it."""
    numbers: dict[int, set[Number]] = {}
    for row in rows:
        if row.series_id is not None:
            numbers.setdefault(row.series_id, set()).update(map(tuple, row.episodes))
    for series, wanted in numbers.items():
        mark(series, wanted, unwanted=True)


def _facts_of(file: MediaFile) -> dict[str, Any]:
    facts = {name: getattr(file, name) for name in _FACTS}
    return {**facts, "probed_at": file.probed_at.isoformat() if file.probed_at else None}


def _known_of(row: BinnedFile, path: str) -> dict[str, Any]:
    """What is known of a video that comes back, or what its name says where it has another one."""
    known = {name: row.facts[name] for name in _FACTS if name in row.facts}
    is_named = known.get("rule") == DOWNLOADED_RULE or (known and path == row.path)
    return known if is_named else known | what_a_name_says(path)


def _row_at(root: LibraryRoot, path: str) -> MediaFile:
    top, separator, _ = path.partition("/")
    at = {"root": root, "folder": top if separator else "", "path": path}
    return MediaFile.objects.filter(**at).first() or MediaFile(**at)


def _series_at(root: LibraryRoot, path: str) -> AnimeSeries | None:
    top, separator, _ = path.partition("/")
    held = AnimeSeries.objects.active().filter(root=root, folder=top) if separator else None
    return held.first() if held is not None else None


def episodes_of(series: AnimeSeries, files: Iterable[MediaFile]) -> dict[int, tuple[Number, ...]]:
    """The episodes that each of these files of a series holds, by the file's id."""
    numbering: Numbering = numberings_of([series.pk])[series.pk]
    return {
        file.pk: ()
        if file.problem
        else numbering.place(file.season, file.episodes, file.absolute).numbers
        for file in files
    }


def home_of(row: BinnedFile) -> str:
    """The folder of the series below the root, as ``os`` knows it, which stays even when it is
    empty."""
    top, separator, _ = from_stored(row.path).partition("/")
    return top if separator else ""


def _below(row: BinnedFile) -> str:
    return f"{folder.HIDDEN}/{folder.BIN}/{row.folder}"


def _stored(old: str, new: str, seen: Seen) -> StoredMove:
    return {
        "old": to_stored(old),
        "new": to_stored(new),
        "inode": seen.inode,
        "size": seen.size,
        "mtime_ns": seen.mtime_ns,
    }
