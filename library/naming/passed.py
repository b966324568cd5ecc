"""Why what looks like a video is passed over: nothing of a library goes by without a word.

Only names are looked at. The reasons are codes with a sentence each in ``library.texts``.
"""

from __future__ import annotations

import re

from library.naming.extras import is_extras_directory
from library.naming.videos import (
    SYSTEM_DIRECTORIES,
    ignored_directory,
    is_hidden,
    is_unfinished,
)

HIDDEN = "passed_hidden"
UNFINISHED = "passed_unfinished"
EXTRA = "passed_extra"
HIDDEN_FOLDER = "passed_hidden_folder"
SYSTEM_FOLDER = "passed_system_folder"
EXTRAS_FOLDER = "passed_extras_folder"
UNPACKING = "passed_unpacking"
STREAM = "passed_stream"
PACKED = "passed_packed"
UNCOMMON = "passed_uncommon"
DISC_PIECE = "passed_disc_piece"

# Endings of videos that are not read as such: hardly anybody keeps episodes in them.
_UNCOMMON = (
    *("3g2", "3gp", "amv", "bik", "dv", "dvr-ms", "evo", "f4p", "h264", "h265", "hevc", "ivf"),
    *("m1v", "m2p", "m2v", "mjpeg", "mk3d", "mod", "mp2v", "mpe", "mpv", "mxf", "nsv", "nut"),
    *("nuv", "ogx", "pva", "qt", "rm", "ssif", "tod", "tp", "trp", "vdr", "viv", "vro", "wtv"),
)
_PACKED = ("001", "7z", "bz2", "gz", "rar", "tar", "tgz", "xz", "zip", "zst")
_BY_EXTENSION = {
    "strm": STREAM,
    **dict.fromkeys(_UNCOMMON, UNCOMMON),
    **dict.fromkeys(_PACKED, PACKED),
    **dict.fromkeys(("part", "partial", "filepart", "ytdl", "crdownload", "aria2"), UNFINISHED),
    **dict.fromkeys(("!qb", "!ut"), UNFINISHED),
}
_VOLUME = re.compile(r"r\d\d")  # the further ones of an archive: .r00, .r01 …
_DISC_TREE = re.compile(r"(?:^|/)(?:bdmv/stream|video_ts)$", re.IGNORECASE)


def ignored_file_reason(name: str) -> str:
    """Why ``ignored_file`` ignores a video."""
    if is_hidden(name) or name.startswith("~$"):
        return HIDDEN
    return UNFINISHED if is_unfinished(name) else EXTRA


def ignored_directory_reason(name: str, *, depth: int) -> str:
    """Why a directory is not walked; empty where it is."""
    if not ignored_directory(name, depth=depth):
        return ""
    if is_hidden(name):
        return HIDDEN_FOLDER
    if name.lower() in SYSTEM_DIRECTORIES:
        return SYSTEM_FOLDER
    return EXTRAS_FOLDER if depth > 0 and is_extras_directory(name) else UNPACKING


def other_file_reason(name: str) -> str:
    """Why a file that does not end as a video may hold one all the same; mostly empty."""
    extension = name.rpartition(".")[2].lower()
    reason = _BY_EXTENSION.get(extension, "")
    if not reason and _VOLUME.fullmatch(extension):
        return PACKED
    return "" if reason and is_hidden(name) else reason


def is_disc_tree(path: str) -> bool:
    """Whether a directory is where a disc keeps its videos: one of them stands for the disc."""
    return _DISC_TREE.search(path) is not None
