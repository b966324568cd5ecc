"""Why an episode has its state: its files, how their names were read, its catalogue entry.

The API and the series page show the same; the words are here so that both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.web import display
from aniworld.web.shapes import OneOf
from library.choices import EpisodeState, FileState
from library.models import AnimeSeries, Episode, MediaFile
from library.naming.paths import from_stored
from library.services.numbering import AS_NAMED, OWN_NUMBERING, Numbering, Placed

_REASONS: dict[str, str] = {
    EpisodeState.PRESENT: "A file for it is on disk.",
    EpisodeState.UNAVAILABLE: "Its file is known, but was not on its disk at the last scan.",
    EpisodeState.ANNOUNCED: "The catalogue lists it, but nobody offers it yet.",
    EpisodeState.MISSING: "The catalogue lists it with a source, and no file for it is on disk.",
}


class ReadAs(TypedDict):
    """What the name reader made of a file's name."""

    season: int | None
    episodes: list[int]
    absolute: Annotated[list[int], "Numbers that are counted over all seasons."]
    version: int | None
    group: str | None
    language: str | None


class MediaFacts(TypedDict):
    """What a look into a file has shown; null where it was not looked at yet."""

    duration: Annotated[float | None, "Seconds."]
    width: int | None
    height: int | None
    video_codec: str | None
    audio_codec: str | None
    audio_languages: list[str]
    subtitle_languages: list[str]
    problem: str | None
    probed_at: datetime | None


class EvidenceFile(TypedDict):
    """A file, how its name was read, and where that leads."""

    path: str
    name: str
    size: Annotated[int, "Bytes."]
    rule: Annotated[str, "Of the name reader."]
    words: Annotated[str, "How the name was read, as a sentence."]
    read_as: ReadAs
    placed_by: Annotated[str, "The step that led to the episode."]
    state: Annotated[str, OneOf(FileState)]
    seen_at: datetime
    media: MediaFacts


class OtherFile(EvidenceFile):
    """A file of the same episode that does not count."""

    not_counted: Annotated[str, "Why not."]


class CatalogueEntry(TypedDict):
    """What the provider says of the episode."""

    site: str
    link: str
    listed: bool
    title: str
    languages: list[str]
    hosters: list[str]
    read_at: datetime | None
    error: Annotated[str | None, "Why the site could not be read the last time."]


class Evidence(TypedDict):
    """Everything the state of an episode rests on."""

    key: str
    season: int
    episode: int
    state: Annotated[str, OneOf(EpisodeState)]
    reason: str
    file: Annotated[EvidenceFile | None, "The one that counts."]
    other_files: list[OtherFile]
    catalogue: CatalogueEntry
    scanned_at: datetime | None


def evidence_row(series: AnimeSeries, episode: Episode) -> Evidence:
    """Everything the state of an episode rests on. ``file`` is the one that counts."""
    listed = series.episodes.filter(listed=True).values_list("season", "episode_number")
    numbering = Numbering.of(listed, series.mapping)
    others, unplaced = _other_files(series, episode, numbering)
    counting = episode.file
    return {
        "key": series.key,
        "season": episode.season,
        "episode": episode.episode_number,
        "state": episode.state,
        "reason": _reason(series, episode, unplaced),
        "file": _file_row(counting, numbering) if counting else None,
        "other_files": [
            {**_file_row(file, numbering), "not_counted": _not_counted(file, counting)}
            for file in others
        ],
        "catalogue": {
            "site": series.site,
            "link": series.link,
            "listed": episode.listed,
            "title": episode.title,
            "languages": episode.languages,
            "hosters": episode.hosters,
            "read_at": series.refreshed_at,
            "error": series.error or None,
        },
        "scanned_at": series.last_scanned,
    }


def _other_files(
    series: AnimeSeries, episode: Episode, numbering: Numbering
) -> tuple[list[MediaFile], int]:
    """The files that lead to the same episode and do not count; how many lead to none at all."""
    number = (episode.season, episode.episode_number)
    others, unplaced = [], 0
    for file in series.files.select_related("root").order_by("path"):
        numbers = () if file.problem else _placed(file, numbering).numbers
        unplaced += not numbers
        if number in numbers and file.pk != episode.file_id:
            others.append(file)
    return others, unplaced


def _reason(series: AnimeSeries, episode: Episode, unplaced: int) -> str:
    words = [_REASONS[episode.state]]
    if not episode.listed:
        words.append("The catalogue does not list it.")
    if episode.state == EpisodeState.MISSING and not series.monitored:
        words.append("The series is not monitored.")
    if unplaced and episode.file is None:
        files = "One file" if unplaced == 1 else f"{unplaced} files"
        words.append(f"{files} of the series could not be assigned to any episode.")
    return " ".join(words)


def _not_counted(file: MediaFile, counting: MediaFile | None) -> str:
    """Why another file stands for the episode: the order is that of ``library.services.settle``."""
    if counting is None:
        return "It has not been counted yet; the next scan decides."
    if file.state != counting.state:
        return "It was not on its disk at the last scan; the other file was."
    if (file.version or 0) != (counting.version or 0):
        return f"The other file is a newer version (v{counting.version})."
    if file.size != counting.size:
        return "The other file is larger."
    return "Both are alike; one of them had to be chosen."


def _file_row(file: MediaFile, numbering: Numbering) -> EvidenceFile:
    placed = _placed(file, numbering)
    return {
        "path": f"{file.root.path}/{file.path}",
        "name": from_stored(file.path).rpartition("/")[2].encode(errors="replace").decode(),
        "size": file.size,
        "rule": file.rule,
        "words": reading_words(file, placed),
        "read_as": {
            "season": file.season,
            "episodes": file.episodes,
            "absolute": file.absolute,
            "version": file.version,
            "group": file.group or None,
            "language": file.language or None,
        },
        "placed_by": placed.how,
        "state": file.state,
        "seen_at": file.seen_at,
        "media": {
            "duration": file.duration,
            "width": file.width,
            "height": file.height,
            "video_codec": file.video_codec or None,
            "audio_codec": file.audio_codec or None,
            "audio_languages": file.audio_languages,
            "subtitle_languages": file.subtitle_languages,
            "problem": file.media_problem or None,
            "probed_at": file.probed_at,
        },
    }


def _placed(file: MediaFile, numbering: Numbering) -> Placed:
    return numbering.place(file.season, file.episodes, file.absolute)


def reading_words(file: MediaFile, placed: Placed) -> str:
    """How a file's name was read and where that leads, as one sentence.

    "Read as season 1, episode 4."; "Read as absolute number 4, counted over all seasons → S01E04."
    """
    if not file.episodes and not file.absolute:
        return "Its name gives no episode number."
    words = f"Read as {_numbers_read(file)}"
    if not placed.numbers or placed.how == AS_NAMED:
        return f"{words}."
    codes = ", ".join(display.episode_code(*number) for number in placed.numbers)
    how = f"by {placed.how}" if placed.how == OWN_NUMBERING else placed.how
    return f"{words}, {how} → {codes}."


def _numbers_read(file: MediaFile) -> str:
    if file.episodes and file.season is not None:
        season = f"season {file.season}" if file.season else "the specials (season 0)"
        return f"{season}, {_counted('episode', file.episodes)}"
    if file.absolute:
        return _counted("absolute number", file.absolute)
    return f"{_counted('episode', file.episodes)} without a season"


def _counted(word: str, numbers: Sequence[int]) -> str:
    """One number, a run of numbers, or some: "episode 4", "episodes 4 to 6"."""
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 1:
        return f"{word} {first}"
    if list(numbers) == list(range(first, last + 1)) and len(numbers) > 2:
        return f"{word}s {first} to {last}"
    return f"{word}s {', '.join(map(str, numbers[:-1]))} and {last}"
