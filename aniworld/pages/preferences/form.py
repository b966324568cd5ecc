"""What a user can choose for the pages, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Density, Preferences, Theme
from accounts.pages.forms import DoorForm
from aniworld.pages.series.page import View
from library.shelf.filters import SORT, VIEWS
from library.shelf.listing import COLUMNS, columns_of, columns_said

THEMES = [
    (Theme.SYSTEM.value, _("As the device says")),
    (Theme.LIGHT.value, _("Light")),
    (Theme.DARK.value, _("Dark")),
]
DENSITIES = [
    (Density.COMFORTABLE.value, _("Comfortable")),
    (Density.COMPACT.value, _("Compact: more on the screen")),
]
SERIES_VIEWS = [(View.LIST.value, _("List")), (View.GRID.value, _("Grid"))]


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "select"})


class PreferencesForm(DoorForm):
    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES, widget=_select())
    density = forms.ChoiceField(
        label=_("Room between things"),
        choices=DENSITIES,
        help_text=_("On a touch screen what is pressed keeps its size."),
        widget=_select(),
    )
    library_view = forms.ChoiceField(label=_("Library shown as"), choices=VIEWS, widget=_select())
    library_sort = forms.ChoiceField(label=_("Library sorted"), choices=SORT, widget=_select())
    library_columns = forms.MultipleChoiceField(
        label=_("Columns of the table"),
        required=False,
        choices=list(COLUMNS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    series_view = forms.ChoiceField(
        label=_("Episodes of a series as"), choices=SERIES_VIEWS, widget=_select()
    )

    @classmethod
    def of(cls, kept: Preferences) -> PreferencesForm:
        """The form with what is chosen; what nobody has chosen is as usual."""
        return cls(values_of(kept))

    def chosen(self) -> dict[str, str]:
        """What was sent, as it is kept."""
        columns = columns_said(self.cleaned_data["library_columns"])
        return {**self.cleaned_data, "library_columns": columns}


def values_of(kept: Preferences) -> dict[str, Any]:
    """What holds for a user, by the fields of the form: a choice that is none any more is as
    usual."""
    return {
        "theme": kept.theme,
        "density": kept.density,
        "library_view": _known(kept.library_view, [name for name, _words in VIEWS]),
        "library_sort": _known(kept.library_sort, [name for name, _words in SORT]),
        "library_columns": list(columns_of(kept.library_columns)),
        "series_view": _known(kept.series_view, [name for name, _words in SERIES_VIEWS]),
    }


def _known(value: str, choices: list[str]) -> str:
    return value if value in choices else choices[0]
