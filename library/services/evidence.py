"""Why an episode has its state: its files, how their names were read, its catalogue entry.

The API and the series page show the same. Reasons are codes; ``library.texts`` has their words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, TypedDict

from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, told, told_of
from library.choices import EpisodeState, FileState
from library.models import AnimeSeries, Episode, MediaFile
from library.naming.paths import from_stored
from library.services.numbering import AS_NAMED, Numbering, Placed
from providers.coded import Coded, coded

_REASONS: dict[str, Coded] = {
    EpisodeState.PRESENT: coded("episode_present"),
    EpisodeState.UNAVAILABLE: coded("episode_unavailable"),
    EpisodeState.ANNOUNCED: coded("episode_announced"),
    EpisodeState.MISSING: coded("episode_missing"),
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
    problem: Annotated[Told | None, "Why it cannot be played."]
    probed_at: datetime | None


class EvidenceFile(TypedDict):
    """A file, how its name was read, and where that leads."""

    path: str
    name: str
    size: Annotated[int, "Bytes."]
    rule: Annotated[str, "Of the name reader."]
    reading: Annotated[Told, "How the name was read, and where that leads."]
    read_as: ReadAs
    placed_by: Annotated[Told | None, "The step that led to the episode."]
    state: Annotated[str, OneOf(FileState)]
    seen_at: datetime
    media: MediaFacts


class OtherFile(EvidenceFile):
    """A file of the same episode that does not count."""

    not_counted: Annotated[Told, "Why not."]


class CatalogueEntry(TypedDict):
    """What the provider says of the episode."""

    site: str
    link: str
    listed: bool
    title: str
    languages: list[str]
    hosters: list[str]
    read_at: datetime | None
    error: Annotated[Told | None, "Why the site could not be read the last time."]


class Evidence(TypedDict):
    """Everything the state of an episode rests on."""

    key: str
    season: int
    episode: int
    state: Annotated[str, OneOf(EpisodeState)]
    reason: Annotated[Told, "What the state rests on."]
    remarks: Annotated[list[Told], "What else has to do with it."]
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
        "reason": told_of(_REASONS[episode.state]),
        "remarks": [told_of(remark) for remark in _remarks(series, episode, unplaced)],
        "file": _file_row(counting, numbering) if counting else None,
        "other_files": [
            {**_file_row(file, numbering), "not_counted": told_of(_not_counted(file, counting))}
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
            "error": series.error,
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


def _remarks(series: AnimeSeries, episode: Episode, unplaced: int) -> Iterator[Coded]:
    if series.is_local:
        yield coded("episode_without_catalogue")
    elif not episode.listed:
        yield coded("episode_not_listed")
    if episode.state == EpisodeState.MISSING and not series.monitored:
        yield coded("series_not_monitored")
    if episode.unwanted and not episode.is_downloaded:
        yield coded("episode_unwanted")
    if unplaced and episode.file is None:
        yield coded("files_without_episode", count=unplaced)


def _not_counted(file: MediaFile, counting: MediaFile | None) -> Coded:
    """Why another file stands for the episode: the order is that of ``library.services.settle``."""
    if counting is None:
        return coded("file_not_counted", why="yet")
    if file.state != counting.state:
        return coded("file_not_counted", why="away")
    if (file.version or 0) != (counting.version or 0):
        return coded("file_not_counted", why="older", version=counting.version)
    if file.size != counting.size:
        return coded("file_not_counted", why="smaller")
    return coded("file_not_counted", why="alike")


def _file_row(file: MediaFile, numbering: Numbering) -> EvidenceFile:
    placed = _placed(file, numbering)
    return {
        "path": f"{file.root.path}/{file.path}",
        "name": from_stored(file.path).rpartition("/")[2].encode(errors="replace").decode(),
        "size": file.size,
        "rule": file.rule,
        "reading": told_of(name_read(file, placed)),
        "read_as": {
            "season": file.season,
            "episodes": file.episodes,
            "absolute": file.absolute,
            "version": file.version,
            "group": file.group or None,
            "language": file.language or None,
        },
        "placed_by": told(placed.how),
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
            "problem": file.media_fault,
            "probed_at": file.probed_at,
        },
    }


def _placed(file: MediaFile, numbering: Numbering) -> Placed:
    return numbering.place(file.season, file.episodes, file.absolute)


def name_read(file: MediaFile, placed: Placed) -> Coded:
    """How a file's name was read and where that leads; see ``library.texts.name_read``."""
    return coded(
        "name_read",
        season=file.season,
        episodes=file.episodes,
        absolute=file.absolute,
        how=placed.how,
        numbers=[] if placed.how == AS_NAMED else placed.numbers,
    )
