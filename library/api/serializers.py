"""What the library's API takes in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer
from library.choices import SeriesStatus
from library.services.numbering import MAX_RANGES, MappingRange

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
            raise serializers.ValidationError({"key": gettext("Give either key or link.")})
        return attrs


class PreferencesChangeSerializer(StrictSerializer):
    languages = serializers.ListField(
        child=serializers.CharField(max_length=64), required=False, max_length=50
    )
    hosters = serializers.ListField(
        child=serializers.CharField(max_length=64), required=False, max_length=50
    )


class ChangeSerializer(StrictSerializer):
    monitored = serializers.BooleanField(required=False)
    preferences = PreferencesChangeSerializer(required=False)
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


class RangesField(serializers.ListField):
    """Taken as they are: ``library.services.numbering`` checks them."""

    shape = list[MappingRange]

    def __init__(self) -> None:
        super().__init__(child=serializers.DictField(), max_length=MAX_RANGES)


class MappingSerializer(StrictSerializer):
    key = serializers.CharField(required=False)
    mapping = RangesField()
