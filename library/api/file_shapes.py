"""The JSON of all files of the library, and what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, TypedDict

from django.utils.translation import gettext
from rest_framework import serializers

from aniworld.web import fields
from aniworld.web.pagination import Page
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer
from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told
from library.api.bin_shapes import BinEpisode, episodes
from library.choices import FileState
from library.models import MediaFile
from library.naming.paths import to_shown
from library.services.library_files import (
    Known,
    Quality,
    Show,
    Sort,
    Wanted,
    instead,
    known_of,
    quality_of,
)

QUALITIES = [quality for quality in Quality if quality is not Quality.ANY]
MOST_AT_ONCE = 500  # files that are deleted together


class LibraryFilesQuery(serializers.Serializer[Any]):
    search = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Every word in the path, or in a name of the series.",
    )
    series = serializers.CharField(required=False, max_length=255, help_text="A series' key.")
    show = AnyCaseChoiceField(
        choices=list(Show),
        default=Show.ALL.value,
        help_text="`PROBLEMS`: no number in the name, no film in it, or its disk is away; "
        "`UNMATCHED`: of no series; `DUPLICATES`: two of one episode; `IDLE`: its number leads to "
        "no episode.",
    )
    quality = AnyCaseChoiceField(choices=list(Quality), default=Quality.ANY.value)
    ordering = serializers.ChoiceField(choices=list(Sort), default=Sort.PLACE.value)


class FilesDeletionSerializer(StrictSerializer):
    checks: ClassVar = {"ids": {"maxItems": MOST_AT_ONCE}}
    ids = fields.ids(allow_empty=False)
    for_good = serializers.BooleanField(
        default=False, help_text="Say so where the recycle bin is off: then they are gone."
    )

    def validate_ids(self, value: list[int]) -> list[int]:
        if len(value) > MOST_AT_ONCE:
            words = gettext("At most %d files can be deleted at once.") % MOST_AT_ONCE
            raise serializers.ValidationError(words)
        return value


class LibraryFile(TypedDict):
    """One video in a library folder."""

    id: str
    root: Annotated[str, "The library folder."]
    path: Annotated[str, "Below the library folder."]
    series: Annotated[str | None, "The key of its series."]
    series_name: str | None
    episodes: Annotated[
        list[BinEpisode], "Those that it stands for; of a spare one those of the other file."
    ]
    spare_of: Annotated[str | None, "The file that stands for its episodes in its place."]
    doubled: Annotated[bool, "Whether a spare file is there for what it stands for."]
    size: Annotated[int, "Bytes."]
    changed_at: datetime
    quality: Annotated[str, OneOf(QUALITIES)]
    width: int | None
    height: int | None
    duration: Annotated[float | None, "Seconds."]
    video_codec: str | None
    audio_codec: str | None
    audio_languages: list[str]
    subtitle_languages: list[str]
    language: Annotated[str | None, "What its name says."]
    state: Annotated[str, OneOf(FileState)]
    problems: Annotated[list[Told], "Why its name says no number, or why it cannot be played."]
    unmatched: Annotated[str | None, "The id of the unmatched folder that it lies in."]


class LibraryFilesPage(Page[LibraryFile]):
    """One page of the files that were asked for."""

    bytes: Annotated[int, "Of all pages."]


def wanted_of(query: dict[str, Any]) -> Wanted:
    """What a query looks for."""
    return Wanted(
        text=query.get("search", ""),
        series=query.get("series", ""),
        show=Show(query["show"]),
        quality=Quality(query["quality"]),
        sort=Sort(query["ordering"]),
    )


def rows(files: Sequence[MediaFile]) -> list[LibraryFile]:
    known = known_of(files)
    return [_row(file, known) for file in files]


def _row(file: MediaFile, known: Known) -> LibraryFile:
    other, folder = instead(file), known.folders.get(file.pk)
    faults = (file.name_fault, file.media_fault)
    return {
        "id": str(file.pk),
        "root": file.root.path,
        "path": to_shown(file.path),
        "series": file.series.key if file.series else None,
        "series_name": file.series.name if file.series else None,
        "episodes": episodes(known.episodes.get(file.pk, ())),
        "spare_of": str(other) if other else None,
        "doubled": file.pk in known.doubled,
        "size": file.size,
        "changed_at": datetime.fromtimestamp(file.mtime_ns / 1e9, UTC),
        "quality": quality_of(file).value,
        "width": file.width,
        "height": file.height,
        "duration": file.duration,
        "video_codec": file.video_codec or None,
        "audio_codec": file.audio_codec or None,
        "audio_languages": file.audio_languages,
        "subtitle_languages": file.subtitle_languages,
        "language": file.language or None,
        "state": file.state,
        "problems": [fault for fault in faults if fault],
        "unmatched": str(folder) if folder else None,
    }
