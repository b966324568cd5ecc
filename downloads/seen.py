"""What the check saw of a finished file: as it is kept on its item, and as everyone sees it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypedDict, TypeGuard, cast

from aniworld.web.shapes import OneOf

KINDS = ("video", "audio", "subtitles")
MOST = 50  # tracks, checks
LONGEST = 32  # of a word
SHORTER_SHARE = 0.8  # of the shortest of the others: what is below may be cut


class SeenTrack(TypedDict):
    """One track of the file. What does not apply to it, or is not known, is null."""

    kind: Annotated[str, OneOf(KINDS)]
    codec: Annotated[str, "As FFmpeg calls it: `h264`."]
    language: Annotated[str, "ISO 639-2, such as `deu`; empty where nobody named it."]
    width: int | None
    height: int | None
    rate: Annotated[int | None, "Samples a second."]
    channels: int | None


class Beside(TypedDict):
    """The series' other episodes that were known when the file came."""

    files: Annotated[int, "How many: those of the season, else of the other seasons."]
    shortest: Annotated[float | None, "Seconds of the shortest of them."]


class Seen(TypedDict):
    """What a file holds that has passed the check."""

    container: Annotated[str, "`mp4` or `mkv`."]
    seconds: float
    tracks: list[SeenTrack]
    checks: Annotated[list[str], "The names of the checks it has passed, see docs/downloads.md."]
    beside: Annotated[Beside | None, "What its length can be held against; null where unknown."]


def kept(told: Mapping[str, Any], beside: Beside | None = None) -> Seen | None:
    """What the transfer tells of a file, within bounds; None where it tells nothing.

    The tracks were named by whoever made the file, so nothing is believed of their shape.

    Args:
        beside: what is known of the series' other files.
    """
    if not told:
        return None
    seconds, tracks = told.get("seconds"), told.get("tracks")
    return {
        "container": _word(told.get("container")),
        "seconds": round(float(seconds), 3) if _is_time(seconds) else 0.0,
        "tracks": list(_tracks(tracks)) if _is_list(tracks) else [],
        "checks": _words(told.get("checks")),
        "beside": beside,
    }


def shown(stored: Mapping[str, Any] | None) -> Seen | None:
    """What is stored, as it is shown: rows of earlier versions know nothing of other files."""
    return cast(Seen, {"beside": None, **stored}) if stored else None


def may_be_cut(seen: Seen) -> bool:
    """Whether a file is so much shorter than every other one that it may lack its end.

    A playlist that ends too early by its own word has no other sign. An opening that is left out,
    or a last episode without one, is less than this.
    """
    beside = seen.get("beside")
    shortest = beside["shortest"] if beside else None
    return shortest is not None and 0 < seen["seconds"] < shortest * SHORTER_SHARE


def _tracks(told: list[Any] | tuple[Any, ...]) -> Iterator[SeenTrack]:
    for track in told[:MOST]:
        if isinstance(track, Mapping) and track.get("kind") in KINDS:
            yield {
                "kind": track["kind"],
                "codec": _word(track.get("codec")),
                "language": _word(track.get("language")),
                "width": _number(track.get("width")),
                "height": _number(track.get("height")),
                "rate": _number(track.get("rate")),
                "channels": _number(track.get("channels")),
            }


def _words(told: object) -> list[str]:
    return [word for one in told[:MOST] if (word := _word(one))] if _is_list(told) else []


def _word(told: object) -> str:
    text = told[:LONGEST] if isinstance(told, str) else ""
    return text if text.isprintable() else ""


def _number(told: object) -> int | None:
    return told if isinstance(told, int) and 0 < told < 2**31 else None


def _is_time(told: object) -> TypeGuard[float]:
    return isinstance(told, int | float) and 0 <= told < math.inf


def _is_list(told: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(told, list | tuple)
