"""What the library can be filtered and sorted by, and the form that reads it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from library.choices import SeriesStatus

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
    ("size", _("Largest first")),
    ("-size", _("Smallest first")),
    ("disk", _("Most on disk first")),
    ("-disk", _("Least on disk first")),
    ("status", _("By status")),
    ("-status", _("By status, completed first")),
    ("next", _("Next episode first")),
    ("-next", _("Next episode last")),
]
SHORT_SORT = ("name", "missing", "added", "year")  # the others are those of the table's columns
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
