"""What the library's API takes in."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext
from rest_framework import serializers

from aniworld.config.checks import HosterName, LanguageName, LanguageRank
from aniworld.web import fields
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer
from aniworld.web.shapes import AtMost, Closed
from library.choices import (
    CatalogueChangeKind,
    Follow,
    KeepFiles,
    NumbersMean,
    SeriesStatus,
)
from library.models.series import KEY_PATTERN, REFRESH_HOURS
from library.naming.folders import FOLDER_PATTERN
from library.naming.text import LONGEST_NAME
from library.recycling.restore import Taken
from library.services.numbering import MAX_NUMBER, MAX_RANGES, MappingRange

ORDERINGS = {
    "name": "sort_name",
    "year": "year",
    "missing_count": "missing_count",
    "downloaded_count": "downloaded_count",
    "total_episodes": "total_episodes",
    "added": "created_at",
    "last_scanned": "last_scanned",
}

LONGEST_FILE = 1_000_000  # characters; what is longer is taken in by the command

UUID_PATTERN = r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_FOLDER = {"pattern": FOLDER_PATTERN, "maxLength": LONGEST_NAME}


class ListQuery(serializers.Serializer[Any]):
    missing = serializers.ChoiceField(
        choices=["some", "all"],
        required=False,
        help_text="`some`: only those that miss episodes, which is so where no filter is named; "
        "`all`: also those that miss nothing.",
    )
    search = serializers.CharField(required=False, allow_blank=True, max_length=200)
    status = AnyCaseChoiceField(
        choices=[value.upper() for value in SeriesStatus.values if value], required=False
    )
    genre = serializers.CharField(required=False, max_length=100)
    site = serializers.CharField(required=False, max_length=64, help_text="A provider's name.")
    monitored = serializers.BooleanField(required=False, allow_null=True, default=None)
    held = serializers.BooleanField(
        default=False,
        help_text="Only those whose catalogue has other numbers, and waits for its owner's word.",
    )
    removed = serializers.BooleanField(default=False)
    ordering = serializers.ChoiceField(
        choices=[sign + name for name in ORDERINGS for sign in ("", "-")], default="name"
    )


class KindQuery(serializers.Serializer[Any]):
    kind = AnyCaseChoiceField(choices=CatalogueChangeKind.values, required=False)


class ChangesQuery(KindQuery):
    series = serializers.CharField(required=False, max_length=255, help_text="A series' key.")


class NumbersSerializer(StrictSerializer):
    means = AnyCaseChoiceField(
        choices=NumbersMean.values,
        help_text="`SAME_EPISODES`: the episodes are the same under new numbers, files and queue "
        "follow them. `AS_LISTED`: each number is the episode that it was, with another title.",
    )


class UnmatchedQuery(serializers.Serializer[Any]):
    ignored = serializers.BooleanField(
        default=False, help_text="Those the owner wants to be asked about no more."
    )


class KeepSerializer(StrictSerializer):
    name = fields.Text(required=False, max_length=500)
    year = fields.WholeNumber(required=False, allow_null=True, min_value=1900, max_value=2200)


class AddSeriesSerializer(StrictSerializer):
    checks: ClassVar = {"folder": _FOLDER}
    rules: ClassVar = {"oneOf": [{"required": ["key"]}, {"required": ["link"]}]}
    key = fields.Text(required=False, max_length=255, pattern=KEY_PATTERN.pattern)
    link = fields.Text(required=False, max_length=2000)
    site = fields.Text(max_length=64)
    folder = fields.Text(required=False, max_length=1024, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("key" in attrs) == ("link" in attrs):
            raise serializers.ValidationError({"key": gettext("Give either key or link.")})
        return attrs


class PreferencesChangeSerializer(StrictSerializer):
    checks: ClassVar = {
        "languages": {"items": LanguageName().schema()},
        "hosters": {"items": HosterName().schema()},
    }
    languages = serializers.ListField(
        child=fields.Text(max_length=64), required=False, max_length=50
    )
    hosters = serializers.ListField(child=fields.Text(max_length=64), required=False, max_length=50)


class FollowingChangeSerializer(StrictSerializer):
    checks: ClassVar = {"ranks": {"items": LanguageRank().schema()}}
    follow = AnyCaseChoiceField(choices=Follow.values, required=False)
    season = fields.WholeNumber(
        required=False, allow_null=True, min_value=1, max_value=MAX_NUMBER, source="follow_season"
    )
    ranks = serializers.ListField(
        child=fields.Text(max_length=100), required=False, max_length=50, source="language_ranks"
    )
    keep = AnyCaseChoiceField(
        choices=KeepFiles.values, required=False, allow_blank=True, source="keep_files"
    )
    catalogue_hours = serializers.ChoiceField(
        choices=REFRESH_HOURS, required=False, allow_null=True, source="refresh_hours"
    )


class ChangeSerializer(StrictSerializer):
    checks: ClassVar = {"folder": _FOLDER}
    monitored = fields.Flag(required=False)
    preferences = PreferencesChangeSerializer(required=False)
    following = FollowingChangeSerializer(required=False)
    folder = fields.Text(required=False, max_length=1024, trim_whitespace=False)


class SearchSerializer(StrictSerializer):
    query = fields.Text(max_length=200)
    site = fields.Text(required=False, max_length=64)
    ask = fields.Flag(default=False, help_text="Ask the providers, whatever their lists hold.")


class RescanSerializer(StrictSerializer):
    full = fields.Flag(default=False)
    accept_removals = fields.Flag(default=False)
    series = fields.Text(required=False, allow_null=True, max_length=255)


class PickSerializer(StrictSerializer):
    key = fields.Text(max_length=255, pattern=KEY_PATTERN.pattern)
    site = fields.Text(max_length=64)


class BulkPickSerializer(serializers.Serializer[Any]):
    id = fields.IdField()
    key = fields.Text(max_length=255)
    site = fields.Text(max_length=64)

    def validate_id(self, value: int) -> str:
        return str(value)


class BulkSerializer(StrictSerializer):
    matches = BulkPickSerializer(many=True, allow_empty=False)


class RangesField(serializers.ListField):
    """Taken as they are: ``library.services.numbering`` checks them."""

    shape = Annotated[list[Annotated[MappingRange, Closed()]], AtMost(MAX_RANGES)]

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(child=serializers.DictField(), max_length=MAX_RANGES, required=required)

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        ranges = super().to_internal_value(data)
        return [{name: _whole(value) for name, value in one.items()} for one in ranges]


def _whole(value: Any) -> Any:
    number = fields.whole_number(value)
    return value if number is None else number


class MappingSerializer(StrictSerializer):
    key = fields.Text(required=False)
    mapping = RangesField()


class MarkSerializer(StrictSerializer):
    mark = fields.Text(max_length=64)


class NumberingFileSerializer(StrictSerializer):
    """A file of numberings for many series, and whether it is taken over."""

    content = fields.Text(
        max_length=LONGEST_FILE,
        help_text="The file as text: our JSON, or the XML of an “anime-list”.",
    )
    replace = fields.Flag(
        default=False, help_text="Also where a series has ranges of its own: they are replaced."
    )
    apply = fields.Flag(
        default=False, help_text="Take it over; without it is told what would change."
    )


class TiedSeriesSerializer(StrictSerializer):
    """A series of another site, by the site's key or an address of it."""

    rules: ClassVar = {"oneOf": [{"required": ["key"]}, {"required": ["link"]}]}
    site = fields.Text(max_length=64)
    key = fields.Text(required=False, max_length=255)
    link = fields.Text(required=False, max_length=2000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("key" in attrs) == ("link" in attrs):
            raise serializers.ValidationError({"key": gettext("Give either key or link.")})
        return attrs


class NewTieSerializer(TiedSeriesSerializer):
    numbering = RangesField(required=False)


class NewLinkSerializer(StrictSerializer):
    checks: ClassVar = {"language": LanguageName().schema()}
    link = fields.Text(max_length=2000)
    language = fields.Text(max_length=80)


class MoveSerializer(StrictSerializer):
    step = serializers.ChoiceField(choices=(-1, 1), help_text="-1: sooner; 1: later.")


class BinQuery(serializers.Serializer[Any]):
    series = serializers.CharField(required=False, max_length=255, help_text="A series' key.")


class BinChoiceSerializer(StrictSerializer):
    rules: ClassVar = {"oneOf": [{"required": ["ids"]}, {"required": ["act"]}]}
    checks: ClassVar = {"act": {"format": "uuid"}}
    ids = fields.ids(required=False, allow_empty=False)
    act = fields.Text(required=False, max_length=36, pattern=UUID_PATTERN)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == ("act" in attrs):
            raise serializers.ValidationError({"ids": gettext("Give either ids or act.")})
        return attrs


class BinRestoreSerializer(BinChoiceSerializer):
    taken = AnyCaseChoiceField(
        choices=[one.value.upper() for one in Taken],
        required=False,
        help_text="What becomes of a file whose place another one has: it stays in the bin, gets a "
        "name with a number, or changes places with what has replaced it.",
    )


class FilesQuery(serializers.Serializer[Any]):
    season = serializers.IntegerField(required=False, min_value=0, max_value=MAX_NUMBER)
    episode = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_NUMBER,
        help_text="In the catalogue's numbering, with its season.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "episode" in attrs and "season" not in attrs:
            raise serializers.ValidationError({"season": gettext("Give the season too.")})
        return attrs


class FilesDeletionQuery(FilesQuery):
    for_good = serializers.BooleanField(
        default=False, help_text="Where the recycle bin is off: they are to be gone for good."
    )


class NamedEpisodeSerializer(StrictSerializer):
    season = fields.WholeNumber(min_value=0, max_value=MAX_NUMBER)
    episode = fields.WholeNumber(min_value=1, max_value=MAX_NUMBER)


class WantedChangeSerializer(StrictSerializer):
    wanted = fields.Flag()
    episodes = NamedEpisodeSerializer(many=True, required=False, allow_empty=False)
