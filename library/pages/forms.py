"""The forms of the library's pages."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from aniworld.config.directories import directory_problem
from aniworld.config.forms import DirectoryField
from aniworld.web.texts import text_of
from library.choices import SeriesStatus
from library.models import AnimeSeries

SHOW = [
    ("all", _("All")),
    ("missing", _("Missing")),
    ("complete", _("Complete")),
    ("unread", _("Not read")),
    ("unavailable", _("Unavailable")),
    ("held", _("Other numbers")),
    ("removed", _("Removed")),
]
SORT = [
    ("name", _("By name")),
    ("missing", _("Most missing first")),
    ("added", _("Newest first")),
    ("year", _("By year")),
    ("-name", _("By name, from the end")),
    ("-missing", _("Least missing first")),
    ("-added", _("Oldest first")),
    ("-year", _("By year, oldest first")),
    ("disk", _("Most on disk first")),
    ("-disk", _("Least on disk first")),
    ("status", _("By status")),
    ("-status", _("By status, completed first")),
    ("next", _("Next episode first")),
    ("-next", _("Next episode last")),
]
SHORT_SORT = ("name", "missing", "added", "year")  # the others are those of the table's columns
MOST_AT_ONCE = 1_000  # series that are changed together; each of them takes some milliseconds
MAX_MAPPING = 1_000_000  # characters of JSON; 500 ranges take about a tenth
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
    columns = forms.CharField(required=False, max_length=200)

    def filters(self) -> dict[str, str]:
        """What is chosen, by name, with the defaults filled in."""
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name, "") for name in self.fields}
        defaults = {"show": "all", "sort": "name", "view": "grid"}
        return {name: value or defaults.get(name, "") for name, value in chosen.items()}


class FolderForm(forms.Form):
    """The first library folder."""

    directory = DirectoryField()

    def clean_directory(self) -> str:
        directory: str = self.cleaned_data["directory"]
        if problem := directory_problem(directory):
            raise forms.ValidationError(text_of(problem))
        return directory


class SearchForm(forms.Form):
    """Search at the sites, or an address pasted from one of them."""

    q = forms.CharField(label=_("Name or link"), required=False, max_length=2000)
    site = forms.CharField(required=False, max_length=64)
    ask = forms.CharField(required=False, max_length=8)

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


# What many series at once can be followed by: a season is each one's own.
BULK = ("off", "new", "gaps")


class BulkForm(forms.Form):
    """What to do with the ticked series."""

    action = forms.ChoiceField(
        choices=[
            (name, name)
            for name in (
                "monitor",
                "unmonitor",
                "remove",
                "restore",
                *(f"follow-{f}" for f in BULK),
            )
        ]
    )
    keys = forms.ModelMultipleChoiceField(AnimeSeries.objects.all(), to_field_name="key")


class MappingForm(forms.Form):
    """A whole numbering as JSON, pasted or in a file: what was exported, or a bare list."""

    file = forms.FileField(
        label=_("JSON file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    text = forms.CharField(
        label=_("Or paste the JSON here"),
        required=False,
        max_length=MAX_MAPPING,
        widget=forms.Textarea(
            attrs={"rows": 4, "class": "input", "spellcheck": "false", "autocomplete": "off"}
        ),
    )

    def clean_file(self) -> str:
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is None:
            return ""
        if (file.size or 0) > MAX_MAPPING:
            raise forms.ValidationError(_("This file is too large for a numbering."))
        try:
            return bytes(file.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            words = _("This file is no text. Choose a file that was exported here.")
            raise forms.ValidationError(words) from error

    def clean(self) -> dict[str, Any]:
        """Adds ``mapping``, the ranges as they stand in the JSON."""
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text")
        if self.errors:
            return self.cleaned_data
        if not file and not text:
            raise forms.ValidationError(_("Choose a JSON file or paste its text."))
        if file and text:
            raise forms.ValidationError(_("Choose a file or paste text, not both."))
        return {**self.cleaned_data, "mapping": _ranges(file or text or "")}


def _ranges(text: str) -> Any:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        words = _("This is no JSON: line %(line)d, column %(column)d cannot be read.")
        place = {"line": error.lineno, "column": error.colno}
        raise forms.ValidationError(words, params=place) from error
    except (ValueError, RecursionError) as error:
        raise forms.ValidationError(_("This JSON is no numbering.")) from error
    if isinstance(data, dict) and "mapping" in data:
        return data["mapping"]
    if isinstance(data, list):
        return data
    words = _("This JSON is no numbering: it must be a list of ranges, or hold one as “mapping”.")
    raise forms.ValidationError(words)
