"""Which files and directories of a library count as episodes.

Positions matter: at the top of a root every directory is a series, so a series called "Extras"
or "Trailer Park" is never skipped; only below a series are such names what they say.
"""

from __future__ import annotations

import re

VIDEO_EXTENSIONS = frozenset(
    {"mkv", "mp4", "m4v", "avi", "ts", "m2ts", "webm", "mov", "wmv", "flv", "ogm"}
)

# Folders of file servers, media servers and systems: skipped at any depth.
SYSTEM_DIRECTORIES = frozenset(
    {
        "@eadir",
        "#recycle",
        "@recycle",
        "@recently-snapshot",
        "#snapshot",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "plex versions",
        "optimized for tv",
        "__macosx",
    }
)

# Folders beside the episodes that hold something else: skipped inside a series.
EXTRA_DIRECTORIES = frozenset(
    {
        "extras",
        "extra",
        "featurettes",
        "behind the scenes",
        "deleted scenes",
        "interviews",
        "scenes",
        "shorts",
        "trailers",
        "trailer",
        "samples",
        "sample",
        "backdrops",
        "theme-music",
        "clips",
        "other",
        "others",
        "subs",
        "subtitles",
        "making of",
        "nc",
        "ncop",
        "nced",
        "creditless",
        "pv",
        "menu",
        "menus",
        "cm",
        "scans",
        "screens",
        "screenshots",
        "fonts",
    }
)

# Files still being written, or left over by a tool that was interrupted.
_UNFINISHED = re.compile(
    r"\.part(?:$|\.|-frag)|\.ytdl$|\.temp\.[^.]+$|\.temp$|\.tmp$|_tmp\.mp4$"
    r"|\.temp_(?:full|audio|video)\.|\.new\.mkv$|\.crdownload$|\.!qb$|\.aria2$|\.f\d{2,4}\.[^.]+$"
)
# Names that are nothing but that, and what some releases carry beside the episode.
_ONLY_EXTRA = re.compile(
    r"(?:sample|trailer|teaser|proof)(?:[-._ ]?\d)?|sample[-.].*|rarbg(?:\.com)?|etrg"
)
# Suffixes by which media servers tell an extra; grown to the name, as in "Film-trailer".
_SUFFIX = re.compile(
    r"(?<! )(-|\.)(sample|trailer|teaser|featurette|behindthescenes|deleted|interview|scene|short"
    r"|other)\d?$"
)
# Patterns are slow beside these: the first is only tried on a name with a second dot or such an
# end, the third on one with such an end.
_UNFINISHED_ENDS = (
    ".part",
    ".ytdl",
    ".temp",
    ".tmp",
    ".crdownload",
    ".!qb",
    ".aria2",
    "_tmp.mp4",
)
_SUFFIX_ENDS = (
    "sample",
    "trailer",
    "teaser",
    "featurette",
    "behindthescenes",
    "deleted",
    "interview",
    "scene",
    "short",
    "other",
)
_NUMBERED = re.compile(r"s\d{1,4}[ ._-]?e\d|\d{1,2}x\d{2}|(?:^|[ ._-])\d{2,4}(?:$|[ ._-])")


def is_video(name: str) -> bool:
    """Whether the file name ends as a video does."""
    stem, _, extension = name.rpartition(".")
    return bool(stem) and extension.lower() in VIDEO_EXTENSIONS


def ignored_directory(name: str, *, depth: int) -> bool:
    """Whether a directory is not walked; `depth` is 0 directly under the library root."""
    low = name.lower()
    if low.startswith(".") or low in SYSTEM_DIRECTORIES:
        return True
    return depth > 0 and low.replace("_", " ") in EXTRA_DIRECTORIES


def ignored_file(name: str) -> bool:
    """Whether a file is no episode by its name alone (its size is the scanner's affair).

    Of a name that carries a number only what is plainly a sample or trailer goes: "S01E05 -
    Sample.mkv" is an episode, "Show.S01E05-sample.mkv" is none.
    """
    low = name.lower()
    stem = low.rpartition(".")[0]
    if low.startswith((".", "~$")) or _ONLY_EXTRA.fullmatch(stem):
        return True
    if ("." in stem or low.endswith(_UNFINISHED_ENDS)) and _UNFINISHED.search(low):
        return True
    word = stem[:-1] if stem[-1:].isdigit() else stem
    suffix = _SUFFIX.search(stem) if word.endswith(_SUFFIX_ENDS) else None
    if not suffix:
        return False
    plain = suffix[2] == "sample" or (suffix[2] == "trailer" and suffix[1] == "-")
    return plain or _NUMBERED.search(stem, 0, suffix.start()) is None
