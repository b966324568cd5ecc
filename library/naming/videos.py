"""Which files and directories of a library count as episodes, by their names alone.

Positions matter: at the top of a root every directory is a series, so a series called "Extras"
or "Trailer Park" is never skipped; only below a series are such names what they say.
"""

from __future__ import annotations

import re

from library.naming.extras import is_extras_directory

# The one list: what a scan counts, the name reader cuts off, and a download looks for on disk.
VIDEO_EXTENSIONS = frozenset(
    {"mkv", "mp4", "m4v", "avi", "ts", "m2ts", "mts", "webm", "mov", "wmv", "asf", "flv", "f4v"}
    | {"ogm", "ogv", "mpg", "mpeg", "vob", "rmvb", "divx"}
)

# Whole discs in one file: they count by their names as videos do. Nobody can look into them.
DISC_IMAGES = frozenset({"iso"})

# Folders of file servers, media servers and systems: skipped at any depth.
SYSTEM_DIRECTORIES = frozenset(
    {
        "@eadir",
        "#recycle",
        "@recycle",
        "@recently-snapshot",
        "#snapshot",
        "~snapshot",
        "@transcode",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "plex versions",
        "optimized for tv",
        "__macosx",
    }
)

# What a download program is still unpacking, or gave up.
_UNPACKING = ("_unpack_", "_failed_")
# ".hack", or a word with more behind a space, as titles are spelled; programs that hide something
# write ".Trash-1000", ".temp_full.mkv" and "._Title S01E05.mkv".
_DOT_OF_TITLE = re.compile(
    r"\.(?:hack(?![a-z])|(?!te?mp|sync|trash|recycl|delet|remov|cache|thumb|snap|backup|old "
    r"|incompl|partial|downl|unpack|nfs|fuse)[^\W\d_]+ )",
    re.IGNORECASE,
)

# Files still being written, or left over by a tool that was interrupted, by their end, ...
_UNFINISHED_ENDS = (
    ".part",
    ".partial",
    ".filepart",
    ".ytdl",
    ".temp",
    ".tmp",
    ".crdownload",
    ".!qb",
    ".!ut",
    ".aria2",
    "_tmp.mp4",
)
# ... and by what tools write before the extension, in small letters; a title says "Part1.mkv".
_UNFINISHED_TAIL = re.compile(
    r"\.(?:(?P<half>part1)|part|temp(?:_full|_audio|_video)?|f\d{2,4}|new(?=\.mkv$))\.[^.]+$"
)
# Names that are nothing but that, and what some releases carry beside the episode.
_ONLY_EXTRA = re.compile(
    r"(?:sample|trailer|teaser|proof)(?:[-._ ]?\d)?|sample[-.].*|rarbg(?:\.com)?|etrg"
)
# Suffixes by which media servers tell an extra, grown to the name as in "Film-trailer". No title
# and no release group ends in one of the first; in the others both may.
_SUFFIX = re.compile(
    r"(?P<joint>[-._ ])(?P<word>(?P<sure>sample|trailer|teaser|featurette|behindthescenes"
    r"|deletedscenes?)|deleted|interview|scene|short|other|extra|clip)\d?$",
    re.IGNORECASE,
)
# The pattern is slow beside these: it is only tried on a name with such an end.
_SUFFIX_ENDS = (
    "sample",
    "trailer",
    "teaser",
    "featurette",
    "behindthescenes",
    "deleted",
    "interview",
    "scene",
    "deletedscenes",
    "short",
    "other",
    "extra",
    "clip",
)
_SEASON_AND_EPISODE = re.compile(
    r"s\d{1,4}[ ._-]?e\d{1,4}(?:-?e?\d{1,4}){0,9}|\d{1,2}x\d{2,3}", re.IGNORECASE
)
_BARE_NUMBER = re.compile(r"(?:^|(?<![hx])[ ._-])\d{2,4}(?:v\d)?(?=$|[ ._-])", re.IGNORECASE)
# "The Trailer" is a title wherever it stands.
_ARTICLE = re.compile(
    r"(?:^|[ ._-])(?:the|an?|der|die|das|eine?|les?|la|une?|el|il)$", re.IGNORECASE
)
# The last word is a number, in brackets or a resolution: no title has begun.
_UNTITLED = re.compile(r"[\d\])][^ ]*$")


def is_video(name: str) -> bool:
    """Whether the file name ends as that of a video or a disc image does."""
    stem, _, extension = name.rpartition(".")
    extension = extension.lower()
    return bool(stem) and (extension in VIDEO_EXTENSIONS or extension in DISC_IMAGES)


def is_disc_image(name: str) -> bool:
    """Whether the file holds a whole disc."""
    return name.rpartition(".")[2].lower() in DISC_IMAGES


def ignored_directory(name: str, *, depth: int) -> bool:
    """Whether a directory is not walked; `depth` is 0 directly under the library root."""
    low = name.lower()
    if is_hidden(name) or low in SYSTEM_DIRECTORIES or low.startswith(_UNPACKING):
        return True
    return depth > 0 and is_extras_directory(name)


def is_hidden(name: str) -> bool:
    """Whether a file or directory begins with a dot, and not because its title does."""
    return name.startswith(".") and _DOT_OF_TITLE.match(name) is None


def ignored_file(name: str) -> bool:
    """Whether a file is no episode by its name alone (its size is the scanner's affair).

    What a title may end in counts as an extra only where it cannot be one: "S01E05-interview.mkv"
    and "S01E05 sample.mkv" are extras, "S01E05 - The Interview.mkv" and "S01E05 - Sample.mkv" are
    episodes.
    """
    low = name.lower()
    stem = low.rpartition(".")[0]
    if is_hidden(name) or low.startswith("~$") or _ONLY_EXTRA.fullmatch(stem):
        return True
    if is_unfinished(name):
        return True
    word = stem[:-1] if stem[-1:].isdigit() else stem
    return word.endswith(_SUFFIX_ENDS) and _is_extra(name.rpartition(".")[0])


def is_unfinished(name: str) -> bool:
    """Whether a file is still being written, or was left behind by what wrote it."""
    low = name.lower()
    if low.endswith(_UNFINISHED_ENDS) or ".part-frag" in low:
        return True
    tail = _UNFINISHED_TAIL.search(name) if low.count(".") > 1 else None
    if tail is None:
        return False
    # Of "show.s01e01.part1.mkv" the small letters say nothing: all of it is written so.
    return not (tail["half"] and name.islower() and _SEASON_AND_EPISODE.search(name))


def _is_extra(stem: str) -> bool:
    suffix = _SUFFIX.search(stem)
    if suffix is None:
        return False
    before, joint = stem[: suffix.start()], suffix["joint"]
    number_end = _number_end(before)
    if joint in "-." and number_end is None:
        return not before.endswith(" ")
    if joint != "-":
        is_known = suffix["word"].lower() in ("sample", "trailer")
        return is_known and not _ends_title(before[number_end:], suffix)
    if before.endswith(" "):
        return False
    return bool(suffix["sure"]) or suffix["word"].islower() or number_end == len(before)


def _number_end(before: str) -> int | None:
    """Where the number of the episode ends; of several bare ones the last."""
    numbers = [_SEASON_AND_EPISODE.search(before), *_BARE_NUMBER.finditer(before)]
    found = numbers[0] or numbers[-1]
    return found.end() if found else None


def _ends_title(between: str, suffix: re.Match[str]) -> bool:
    """Whether the word is the last of a title: behind a dash, an article or words like it."""
    joint = suffix["joint"]
    if _ARTICLE.search(between) or any(
        f"{joint}{dash}{joint}" in between + joint for dash in "-–—"
    ):
        return True
    behind_words = bool(between) and _UNTITLED.search(between) is None
    return joint == " " and behind_words and not suffix["word"].islower()
