"""What the API of the catalogue takes in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.pages.catalogue.reading import LETTERS, MOST_DAYS, USUAL_DAYS, Show, Sort, Wanted
from aniworld.web import fields
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer


class CatalogueQuery(serializers.Serializer[Any]):
    search = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="However it is spelled."
    )
    site = serializers.CharField(required=False, max_length=64, help_text="A provider's name.")
    genre = serializers.CharField(required=False, max_length=100)
    letter = serializers.ChoiceField(
        choices=LETTERS, required=False, help_text="`0`: a digit; `~`: none of these."
    )
    show = AnyCaseChoiceField(
        choices=list(Show),
        default=Show.ALL.value,
        help_text="`OWNED`, `ABSENT`: in the library or not; `NEW`, `GONE`: on the list and off it "
        "since so many `days`.",
    )
    days = serializers.IntegerField(default=USUAL_DAYS, min_value=1, max_value=MOST_DAYS)
    ordering = AnyCaseChoiceField(choices=list(Sort), default=Sort.NAME.value)


class EntrySerializer(StrictSerializer):
    site = fields.Text(max_length=64)
    key = fields.Text(max_length=255)


def wanted_of(query: dict[str, Any]) -> Wanted:
    """What a query looks for."""
    return Wanted(
        site=query.get("site", ""),
        text=query.get("search", ""),
        genre=query.get("genre", ""),
        letter=query.get("letter", ""),
        show=Show(query["show"]),
        days=query["days"],
        sort=Sort(query["ordering"]),
    )
