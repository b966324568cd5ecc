"""The forms of the library's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aniworld.config.directories import directory_problem
from library.choices import SeriesStatus
from library.models import AnimeSeries

SHOW = [
    ("all", _("All")),
    ("missing", _("Missing")),
    ("complete", _("Complete")),
    ("unavailable", _("Unavailable")),
    ("removed", _("Removed")),
]
SORT = [
    ("name", _("By name")),
    ("missing", _("Most missing first")),
    ("added", _("Newest first")),
    ("year", _("By year")),
]
VIEWS = [("grid", _("Posters")), ("table", _("Table"))]


class LibraryFilterForm(forms.Form):
    """The filters of the library; what is no choice counts as not chosen."""

    q = forms.CharField(required=False, max_length=200)
    show = forms.ChoiceField(required=False, choices=SHOW)
    status = forms.ChoiceField(
        required=False,
        label=_("Status"),
        choices=[
            ("", _("Any status")),
            (SeriesStatus.ONGOING, _("Ongoing")),
            (SeriesStatus.COMPLETED, _("Completed")),
        ],
    )
    genre = forms.CharField(required=False, max_length=100)
    monitored = forms.ChoiceField(
        required=False,
        label=_("Monitoring"),
        choices=[("", _("Monitored or not")), ("yes", _("Monitored")), ("no", _("Not monitored"))],
    )
    sort = forms.ChoiceField(required=False, label=_("Sort"), choices=SORT)
    view = forms.ChoiceField(required=False, choices=VIEWS)

    def filters(self) -> dict[str, str]:
        """What is chosen, by name, with the defaults filled in."""
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name, "") for name in self.fields}
        defaults = {"show": "all", "sort": "name", "view": "grid"}
        return {name: value or defaults.get(name, "") for name, value in chosen.items()}


class FolderForm(forms.Form):
    """The first library folder."""

    directory = forms.CharField(
        label=_("Library folder"),
        strip=False,
        max_length=4096,
        help_text=_("The full path of the folder that holds one folder for each series."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_directory(self) -> str:
        directory: str = self.cleaned_data["directory"]
        if problem := directory_problem(directory):
            raise forms.ValidationError(problem)
        return directory


class SearchForm(forms.Form):
    """Search at the sites, or an address pasted from one of them."""

    q = forms.CharField(label=_("Name or link"), required=False, max_length=2000)
    site = forms.CharField(required=False, max_length=64)

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class BulkForm(forms.Form):
    """What to do with the ticked series."""

    action = forms.ChoiceField(
        choices=[(name, name) for name in ("monitor", "unmonitor", "remove", "restore")]
    )
    keys = forms.ModelMultipleChoiceField(AnimeSeries.objects.all(), to_field_name="key")
