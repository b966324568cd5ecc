"""Where an episode's file goes, and whether it can go there: asked before its first byte."""

from __future__ import annotations

import os
from pathlib import Path

from aniworld.config.schema import Config
from downloads.errors import FileExists, NameTooLong
from downloads.models import DownloadQueueItem
from downloads.worker.disk import Disk
from library.naming.layout import Layout, target_path
from library.naming.shelf import layout_in, longest_name
from library.naming.template import EpisodeName
from library.services import series_directory
from library.services.filenames import episode_name
from library.services.numbering import Numbering
from library.services.settle import numberings_of

# What a finished episode may be; which of them is seen from its streams.
EXTENSIONS = (".mp4", ".mkv")


def destination(
    item: DownloadQueueItem, config: Config, *, language: str, extension: str, disk: Disk
) -> Path:
    """Where the item's file goes, absolute and inside the library root.

    Numbers are those of the library, so that a scan reads from the name what was meant. Names are
    as short as the file system there wants them.

    Args:
        language: of the source that it comes from.

    Raises:
        NoLibraryRoot: none is configured.
        RootUnavailable: the disk does not answer.
        NameTooLong: the series' own folder cannot be made there.
        OSError: the series' folder cannot be read.
    """
    directory = series_directory(item.series)
    has_folder = bool(item.series.folder)
    layout, longest = disk.ask(lambda: _seen(directory, has_folder=has_folder))
    relative = target_path(
        config.downloads.naming_template,
        _named(item, config, language),
        extension=extension,
        layout=layout,
        longest=longest,
    )
    for part in relative.parts:
        if len(os.fsencode(part)) > longest:
            raise NameTooLong(name=part, root=disk.root.path, longest=longest)
    return disk.directory / relative


def refuse_taken(target: Path, *, disk: Disk, but: Path | None = None) -> None:
    """Refuse to fetch what could not be placed: a file has its name, in one of our containers.

    Args:
        but: the file that makes room for it.

    Raises:
        FileExists: and so it has.
        RootUnavailable: the disk does not answer.
    """
    targets = [target.with_suffix(extension) for extension in EXTENSIONS]
    targets = [path for path in targets if path != but]
    if taken := disk.ask(lambda: [path for path in targets if os.path.lexists(path)]):
        raise FileExists(path=str(taken[0]))


def library_number(item: DownloadQueueItem) -> tuple[int, int]:
    """Season and episode as the library counts them."""
    mapping = Numbering.of((), item.series.mapping)
    return mapping.library_number(item.season, item.episode_number)


def _named(item: DownloadQueueItem, config: Config, language: str) -> EpisodeName:
    return episode_name(
        item.series,
        (item.season, item.episode_number),
        numbering=numberings_of([item.series_id])[item.series_id],
        title=item.title,
        language=language,
        usual=next(iter(config.providers.languages), ""),
    )


def _seen(directory: Path, *, has_folder: bool) -> tuple[Layout | None, int]:
    """What the series has on disk already, and how long a name in its folder may be."""
    return layout_in(directory) if has_folder else None, longest_name(directory)
