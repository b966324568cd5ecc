"""What the API says of the preferences."""

from __future__ import annotations

from typing import Annotated, TypedDict

from accounts.models import Density, Preferences, ShortcutKeys, Theme
from aniworld.pages.preferences.form import values_of
from aniworld.pages.preferences.serializers import LIBRARY_VIEWS, SERIES_VIEWS, SORTS
from aniworld.web.shapes import OneOf
from library.shelf.listing import COLUMNS


class UserPreferences(TypedDict):
    """What one user has chosen for the pages, in every browser; what nobody has chosen is as
    usual."""

    language: Annotated[str, "Empty: as each browser says."]
    shortcuts: Annotated[str, OneOf(one.upper() for one in ShortcutKeys)]
    theme: Annotated[str, OneOf(one.upper() for one in Theme)]
    density: Annotated[str, OneOf(one.upper() for one in Density)]
    library_view: Annotated[str, OneOf(LIBRARY_VIEWS)]
    library_sort: Annotated[str, OneOf(SORTS), "From the other end with `-` before it."]
    library_columns: list[Annotated[str, OneOf(COLUMNS)]]
    series_view: Annotated[str, OneOf(SERIES_VIEWS)]


def preferences(kept: Preferences) -> UserPreferences:
    values = values_of(kept)
    return {
        "language": kept.language,
        "shortcuts": kept.shortcuts.upper(),
        "theme": values["theme"].upper(),
        "density": values["density"].upper(),
        "library_view": values["library_view"].upper(),
        "library_sort": values["library_sort"],
        "library_columns": values["library_columns"],
        "series_view": values["series_view"].upper(),
    }
