"""Files that belong to a video by their name: subtitles, descriptions, pictures. No Django."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from library.naming.videos import is_video

_SUBTITLES = r"srt|ass|ssa|sub|idx|vtt|smi|sami|sup|ttml|dfxp|sbv|scc|stl|lrc"
_PICTURES = r"jpe?g|png|webp|gif|bmp|tbn"
_OTHERS = r"nfo|xml|edl|bif|txt|mka|mks|chapters|cue"
# Behind the name of the video: ".srt", ".de.forced.srt", ".nfo", "-thumb.jpg". The words between
# are languages and marks such as "forced", "sdh", "cc", "Deutsch", "pt-BR".
_SUFFIX = re.compile(
    rf"(?:\.[^./]{{1,32}}){{0,4}}\.(?:{_SUBTITLES}|{_PICTURES}|{_OTHERS})"
    rf"|-[a-z]{{3,16}}\d{{0,3}}\.(?:{_PICTURES})",
    re.IGNORECASE,
)


def stem_of(video: str) -> str:
    """The name of a video without its extension."""
    return video.rpartition(".")[0]


def suffix_of(name: str, stem: str) -> str:
    """What a file beside a video has behind the video's name; empty where it is none of it."""
    if not name.startswith(stem):
        return ""
    suffix = name[len(stem) :]
    return suffix if _SUFFIX.fullmatch(suffix) and not is_video(name) else ""


def sides_by_video(names: Iterable[str], wanted: Collection[str]) -> dict[str, list[str]]:
    """The suffixes of the files that go with each video of a directory.

    A file goes with the longest name that it begins with: "A - 1.5.srt" is of "A - 1.5.mkv", not of
    "A - 1.mkv". Of two videos that differ in their extension alone it goes with the first.

    Args:
        names: of all the files in the directory.
        wanted: the videos in it that are asked about.
    """
    listed = sorted(names)
    stems: dict[str, str] = {}  # and whose they are
    for name in (*sorted(wanted), *filter(is_video, listed)):
        stems.setdefault(stem_of(name), name)
    found: dict[str, list[str]] = {video: [] for video in wanted}
    for name in listed:
        video = _owner(name, stems)
        if video in found:
            found[video].append(name[len(stem_of(video)) :])
    return found


def _owner(name: str, stems: dict[str, str]) -> str:
    """The video that a file goes with; empty where it is of none."""
    for end in range(len(name) - 1, 0, -1):
        if name[end] in ".-" and name[:end] in stems:
            return stems[name[:end]] if suffix_of(name, name[:end]) else ""
    return ""
