"""Files that come from a download rather than from a scan."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from library import events
from library.choices import FileState
from library.errors import InvalidFolder
from library.models import AnimeSeries, Episode, LibraryRoot, MediaFile
from library.naming.paths import folder_of, to_stored
from library.services.numbering import Numbering
from library.services.roots import first_root
from library.services.settle import settle

# Tells such rows from those whose name was read: the numbers are known, whatever the name says.
DOWNLOADED_RULE = "downloaded"


def episode_arrived(
    *,
    series: AnimeSeries,
    season: int,
    episode: int,
    path: Path,
    size: int,
    mtime_ns: int | None = None,
    language: str = "",
    duration: float | None = None,
) -> Episode:
    """Write that the file of one episode is in place. Runs inside the caller's transaction.

    Args:
        season, episode: in the catalogue's numbering.
        path: absolute, under the series' root.
        size: bytes.
        mtime_ns: the file's modification time; now where not given.
        duration: seconds.

    Raises:
        InvalidFolder: the path is not under the series' root.
    """
    root = series.root or first_root()
    with transaction.atomic():
        file = _file_row(root, path)
        is_new = file.pk is None
        _describe(file, size=size, mtime_ns=mtime_ns, language=language)
        file.series, file.duration = series, duration
        file.season, number = Numbering.of((), series.mapping).library_number(season, episode)
        file.episodes = [number]
        file.save()
        Episode.objects.get_or_create(
            series=series, season=season, episode_number=episode, defaults={"listed": False}
        )
        settle([series.pk])
        events.files_changed(root.pk, [(folder_of(file.path), "CREATED" if is_new else "MODIFIED")])
    found = series.episodes.get(season=season, episode_number=episode)
    Episode.objects.filter(pk=found.pk).update(download_date=timezone.now())
    found.refresh_from_db()
    return found


def _file_row(root: LibraryRoot, path: Path) -> MediaFile:
    try:
        relative = path.relative_to(root.directory)
    except ValueError as error:
        raise InvalidFolder(why="outside", path=str(path), root=root.path) from error
    stored = to_stored(str(relative))
    folder = to_stored(relative.parts[0]) if len(relative.parts) > 1 else ""
    file = MediaFile.objects.filter(root=root, folder=folder, path=stored).first()
    return file or MediaFile(root=root, path=stored, folder=folder)


def _describe(file: MediaFile, *, size: int, mtime_ns: int | None, language: str) -> None:
    now = timezone.now()
    file.size, file.language = size, language
    file.mtime_ns = mtime_ns if mtime_ns is not None else int(now.timestamp() * 1e9)
    file.rule, file.problem, file.absolute = DOWNLOADED_RULE, "", []
    file.state, file.seen_at, file.probed_at = FileState.PRESENT, now, None
