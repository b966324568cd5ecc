"""Whether a file is the episode: the checks that need no more than what is known of it.

``docs/downloads.md`` lists all checks with their tolerances and codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from downloads.transfer.errors import StreamCut, TooShort, WrongLanguage
from downloads.transfer.gate.report import Expected
from downloads.transfer.languages import short
from downloads.transfer.media import Announced, Track, TrackKind, Wanted

# Seconds.
LENGTH_TOLERANCE = 1.0  # between what is there and what was announced
LATEST_BEGIN = 3.0  # of picture and sound
APART = 2.5  # between the end of the picture and that of the sound
APART_BESIDE = 10.0  # of sound in further languages, which may leave out the last titles
# The season's other files.
FEWEST_OTHERS = 3
SHORTEST_SHARE = 0.5


def check_size(announced: Announced, fetched: int | None) -> None:
    """Raises StreamCut where another number of bytes came than was announced."""
    if None not in (announced.size, fetched) and announced.size != fetched:
        raise StreamCut(why="size", bytes=fetched, announced=announced.size)


def check_begin(tracks: Sequence[Track]) -> None:
    """Raises StreamCut where the picture or its first sound begins late."""
    for track in _played(tracks)[:2]:
        if track.begin > LATEST_BEGIN:
            why = "silent" if track.kind == "audio" else "dark"
            raise StreamCut(why=why, seconds=round(track.begin, 1), at=0.0)


def check_ends(tracks: Sequence[Track]) -> None:
    """Raises StreamCut where one of picture and sound ends long before the other."""
    longest = length(tracks)
    for number, track in enumerate(_played(tracks)):
        if longest - track.end > (APART if number < 2 else APART_BESIDE):
            why = "sound_ends" if track.kind == "audio" else "picture_ends"
            raise StreamCut(why=why, at=round(track.end, 1), seconds=round(longest, 1))


def check_length(tracks: Sequence[Track], announced: Announced) -> None:
    """Raises StreamCut where what is there is shorter or longer than what was announced.

    That is the whole, or the picture: sound of its own may begin before it, or end behind it.
    """
    told = announced.seconds
    if told is None:
        return
    pictures = [one.end - one.begin for one in tracks if one.kind == "video"]
    nearest = min(abs(seconds - told) for seconds in (length(tracks), *pictures))
    if nearest > LENGTH_TOLERANCE + announced.rounding:
        seconds = round(length(tracks), 1)
        raise StreamCut(why="length", seconds=seconds, announced=round(told, 1))


def check_language(tracks: Sequence[Track], wanted: Wanted) -> None:
    """Raises WrongLanguage where all sound is in a named language that is not the source's."""
    languages = [short(track.language) for track in tracks if track.kind == "audio"]
    if not any(wanted.takes(language) for language in languages):
        raise WrongLanguage(languages=sorted(set(languages)))


def check_season(tracks: Sequence[Track], expected: Expected) -> None:
    """Raises TooShort where the season's other files last more than twice as long."""
    others = [seconds for seconds in expected.season_lengths if seconds > 0]
    if len(others) < FEWEST_OTHERS:
        return
    usual, seconds = median(others), length(tracks)
    if seconds < usual * SHORTEST_SHARE:
        raise TooShort(seconds=round(seconds), usual=round(usual))


def length(tracks: Sequence[Track]) -> float:
    """Seconds of the longest track that is seen or heard."""
    return max((track.end for track in _played(tracks)), default=0.0)


def _played(tracks: Sequence[Track]) -> list[Track]:
    """What is seen and heard: the picture, the sound that is played, then other sound."""
    kinds: set[TrackKind] = {"video", "audio"}
    return [track for track in tracks if track.kind in kinds]
