"""What the library's API takes in. Answers are shaped in ``shapes``, described here."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.web.serializers import StrictSerializer
from library.choices import SeriesStatus

ORDERINGS = {
    "name": "sort_name",
    "year": "year",
    "missing_count": "missing_count",
    "downloaded_count": "downloaded_count",
    "total_episodes": "total_episodes",
    "added": "created_at",
    "last_scanned": "last_scanned",
}


class ListQuery(serializers.Serializer[Any]):
    missing = serializers.ChoiceField(choices=["some", "all"], default="some")
    search = serializers.CharField(required=False, allow_blank=True, max_length=200)
    status = serializers.ChoiceField(
        choices=[value for value in SeriesStatus.values if value], required=False
    )
    genre = serializers.CharField(required=False, max_length=100)
    monitored = serializers.BooleanField(required=False, allow_null=True, default=None)
    removed = serializers.BooleanField(default=False)
    ordering = serializers.ChoiceField(
        choices=[sign + name for name in ORDERINGS for sign in ("", "-")], default="name"
    )


class AddSeriesSerializer(StrictSerializer):
    key = serializers.CharField(required=False, max_length=255)
    link = serializers.CharField(required=False, max_length=2000)
    site = serializers.CharField(max_length=64)
    folder = serializers.CharField(required=False, max_length=1024, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("key" in attrs) == ("link" in attrs):
            raise serializers.ValidationError({"key": "Give either key or link."})
        return attrs


class PreferencesSerializer(StrictSerializer):
    languages = serializers.ListField(
        child=serializers.CharField(max_length=64), required=False, max_length=50
    )
    hosters = serializers.ListField(
        child=serializers.CharField(max_length=64), required=False, max_length=50
    )


class ChangeSerializer(StrictSerializer):
    monitored = serializers.BooleanField(required=False)
    preferences = PreferencesSerializer(required=False)
    folder = serializers.CharField(required=False, max_length=1024, trim_whitespace=False)


class SearchSerializer(StrictSerializer):
    query = serializers.CharField(max_length=200)
    site = serializers.CharField(required=False, max_length=64)


class RescanSerializer(StrictSerializer):
    full = serializers.BooleanField(default=False)
    accept_removals = serializers.BooleanField(default=False)
    series = serializers.CharField(required=False, allow_null=True, max_length=255)


class PickSerializer(StrictSerializer):
    key = serializers.CharField(max_length=255)
    site = serializers.CharField(max_length=64)


class BulkPickSerializer(serializers.Serializer[Any]):
    id = serializers.RegexField(r"^[0-9]{1,18}$")
    key = serializers.CharField(max_length=255)
    site = serializers.CharField(max_length=64)


class BulkSerializer(StrictSerializer):
    matches = BulkPickSerializer(many=True, allow_empty=False)


class MappingSerializer(StrictSerializer):
    """The ranges are checked by ``library.services.numbering``."""

    key = serializers.CharField(required=False)
    mapping = serializers.ListField(child=serializers.DictField(), max_length=500)


class SeriesSerializer(serializers.Serializer[Any]):
    """The shape of a series in lists, for the schema."""

    id = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField()
    folder = serializers.CharField()
    site = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    status = serializers.CharField()
    cover_url = serializers.CharField()
    genres = serializers.ListField(child=serializers.CharField())
    monitored = serializers.BooleanField()
    total_episodes = serializers.IntegerField()
    downloaded_count = serializers.IntegerField()
    missing_count = serializers.IntegerField()
    unavailable_count = serializers.IntegerField()
    missing_episodes = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField())
    )
    last_scanned = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(allow_null=True)


class SeriesEpisodeSerializer(serializers.Serializer[Any]):
    season = serializers.IntegerField()
    episode = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    is_downloaded = serializers.BooleanField()
    download_date = serializers.DateTimeField(allow_null=True)
    file_path = serializers.CharField(allow_null=True)
    file_size = serializers.IntegerField(allow_null=True)
    languages = serializers.ListField(child=serializers.CharField())
    hosters = serializers.ListField(child=serializers.CharField())
    listed = serializers.BooleanField()


class SeriesDetailsSerializer(SeriesSerializer):
    description = serializers.CharField()
    episode_dict = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField())
    )
    episodes = SeriesEpisodeSerializer(many=True)


class FoundSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    site = serializers.CharField()
    link = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    cover_url = serializers.CharField()
    in_library = serializers.BooleanField()


class OperationSerializer(serializers.Serializer[Any]):
    operation_id = serializers.CharField(allow_null=True)
    state = serializers.CharField()


class StatusSerializer(OperationSerializer):
    progress = serializers.DictField(allow_null=True)
    result = serializers.DictField(allow_null=True)
    error = serializers.DictField(allow_null=True)
    problems = serializers.ListField(child=serializers.DictField())


class UnmatchedSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    folder = serializers.CharField()
    candidates = serializers.ListField(child=serializers.DictField())
    reason = serializers.CharField()
