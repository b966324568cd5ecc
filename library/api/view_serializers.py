"""What the API of the saved views takes in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from rest_framework import serializers

from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer
from library.api.view_shapes import SHOWN, SHOWN_AS, SORTS
from library.choices import SeriesStatus
from library.models.views import LONGEST_NAME
from library.shelf.listing import COLUMNS, columns_said
from library.shelf.queries import cleaned

STATUSES = tuple(one.upper() for one in SeriesStatus.values)


class FiltersSerializer(StrictSerializer):
    q = serializers.CharField(required=False, allow_blank=True, max_length=200)
    show = AnyCaseChoiceField(choices=SHOWN, required=False)
    status = AnyCaseChoiceField(choices=STATUSES, required=False, allow_blank=True)
    genre = serializers.CharField(required=False, allow_blank=True, max_length=100)
    monitored = serializers.BooleanField(required=False, allow_null=True)
    sort = serializers.ChoiceField(choices=SORTS, required=False)
    view = AnyCaseChoiceField(choices=SHOWN_AS, required=False)
    columns = serializers.ListField(
        child=serializers.ChoiceField(choices=list(COLUMNS)),
        required=False,
        max_length=len(COLUMNS),
        help_text="Of the table; where it is shown as posters they are left out.",
    )


class NewViewSerializer(StrictSerializer):
    name = serializers.CharField(max_length=LONGEST_NAME)
    filters = FiltersSerializer(help_text="What is left out is as usual.")


class ViewSerializer(StrictSerializer):
    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    filters = FiltersSerializer(required=False, help_text="In the place of all that it had.")


def query_in(filters: dict[str, Any]) -> str:
    """Filters as they are kept."""
    said: dict[str, str] = {}
    for name, value in filters.items():
        if name == "columns":
            said[name] = columns_said(value)
        elif name == "monitored":
            said[name] = {True: "yes", False: "no"}.get(value, "")
        elif name in {"show", "status", "view"}:
            said[name] = value.lower()
        else:
            said[name] = value
    return cleaned(urlencode(said) or "show=all")
