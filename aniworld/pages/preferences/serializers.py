"""What the API of the preferences takes in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.models import Density, ShortcutKeys, Theme
from aniworld.pages.series.page import View
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer
from library.shelf.filters import SORT, VIEWS
from library.shelf.listing import COLUMNS, columns_said

LANGUAGES = ("", *(code for code, _name in settings.LANGUAGES))
LIBRARY_VIEWS = tuple(name.upper() for name, _words in VIEWS)
SERIES_VIEWS = tuple(view.value.upper() for view in View)
SORTS = tuple(name for name, _words in SORT)


class PreferencesSerializer(StrictSerializer):
    """Some of them; the others stay as they are."""

    language = serializers.ChoiceField(
        choices=LANGUAGES, required=False, help_text="Empty: as each browser says."
    )
    shortcuts = AnyCaseChoiceField(choices=[one.upper() for one in ShortcutKeys], required=False)
    theme = AnyCaseChoiceField(choices=[one.upper() for one in Theme], required=False)
    density = AnyCaseChoiceField(choices=[one.upper() for one in Density], required=False)
    library_view = AnyCaseChoiceField(choices=LIBRARY_VIEWS, required=False)
    library_sort = serializers.ChoiceField(choices=SORTS, required=False)
    library_columns = serializers.ListField(
        child=serializers.ChoiceField(choices=list(COLUMNS)),
        required=False,
        max_length=len(COLUMNS),
        help_text="Of the table, beside name, files and missing.",
    )
    series_view = AnyCaseChoiceField(choices=SERIES_VIEWS, required=False)


def kept(data: dict[str, Any]) -> dict[str, str]:
    """What was sent, as it is kept: words of enumerations in lower case."""
    return {
        name: columns_said(value) if name == "library_columns" else value.lower()
        for name, value in data.items()
    }
