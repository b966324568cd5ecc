"""What the API of what is missing takes in."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from aniworld.pages.missing.reading import Followed, Order, Show, Wanted
from aniworld.web import fields
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer
from downloads.choices import Priority
from library.models.series import KEY_PATTERN
from library.services.numbering import MAX_NUMBER
from providers.base import Language

LANGUAGES = [str(language) for language in Language]


class MissingQuery(serializers.Serializer[Any]):
    search = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="In the names of a series."
    )
    language = serializers.ChoiceField(
        choices=LANGUAGES, required=False, help_text="That an episode can be had in."
    )
    season = serializers.IntegerField(required=False, min_value=0, max_value=MAX_NUMBER)
    followed = AnyCaseChoiceField(choices=list(Followed), default=Followed.ANY.value)
    show = AnyCaseChoiceField(
        choices=list(Show),
        default=Show.MISSING.value,
        help_text="`ANNOUNCED`: those that nobody offers yet; they are no part of `MISSING`.",
    )


class EpisodesQuery(MissingQuery):
    series = serializers.CharField(required=False, max_length=255, help_text="A series' key.")
    ordering = serializers.ChoiceField(
        choices=list(Order),
        default=Order.SERIES.value,
        help_text="`aired`: only those of which a day is known, what is missing the last first.",
    )


class QueueSerializer(StrictSerializer):
    checks: ClassVar = {"keys": {"minItems": 1}}
    search = fields.Text(required=False, allow_blank=True, max_length=200)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    season = fields.WholeNumber(required=False, min_value=0, max_value=MAX_NUMBER)
    followed = AnyCaseChoiceField(choices=list(Followed), default=Followed.ANY.value)
    keys = serializers.ListField(
        child=fields.Text(max_length=255, pattern=KEY_PATTERN.pattern),
        required=False,
        allow_empty=False,
        max_length=1000,
        help_text="Of series; without it all that pass.",
    )
    priority = AnyCaseChoiceField(choices=Priority.names, default=Priority.NORMAL.name)

    def validate_priority(self, value: str) -> Priority:
        return Priority[value]


def wanted_of(query: dict[str, Any]) -> Wanted:
    """What a query looks for."""
    return Wanted(
        text=query.get("search", ""),
        series=query.get("series", ""),
        language=query.get("language", ""),
        season=query.get("season"),
        followed=Followed(query["followed"]),
        show=Show(query.get("show", Show.MISSING)),
    )
