"""The page of what catalogues have changed, and the same on the page of one series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aniworld.web import display
from library.choices import CatalogueChangeKind as Kind
from library.models import AnimeSeries, CatalogueChange
from library.models.changes import StoredEpisode

PER_PAGE = 50
OF_SERIES = 30  # on the page of a series

WORDS: dict[str, str | Promise] = {
    Kind.NEW: _("New"),
    Kind.RENAMED: _("Other title"),
    Kind.RENUMBERED: _("Other number"),
    Kind.WITHDRAWN: _("Withdrawn"),
    Kind.RETURNED: _("Back again"),
}
ICONS: dict[str, str] = {
    Kind.NEW: "fa-plus",
    Kind.RENAMED: "fa-pen",
    Kind.RENUMBERED: "fa-arrow-right-arrow-left",
    Kind.WITHDRAWN: "fa-minus",
    Kind.RETURNED: "fa-rotate-left",
}


class ChangesForm(forms.Form):
    """What is shown. Whatever makes no sense filters nothing."""

    series = forms.CharField(label=_("Series"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=_("What"), required=False, choices=[("", _("everything")), *WORDS.items()]
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.widget.attrs["class"] = "select" if "choices" in vars(field.widget) else "input"

    def wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


@dataclass(frozen=True, slots=True)
class Line:
    """One change, as it is written down."""

    change: CatalogueChange

    @property
    def words(self) -> str | Promise:
        return WORDS[self.change.kind]

    @property
    def icon(self) -> str:
        return ICONS[self.change.kind]

    @property
    def code(self) -> str:
        return display.episode_code(self.change.season, self.change.episode_number)

    @property
    def code_was(self) -> str:
        """The number it had, where that was another one."""
        was: StoredEpisode | None = self.change.was
        if self.change.kind != Kind.RENUMBERED or was is None:
            return ""
        return display.episode_code(was["season"], was["episode"])

    @property
    def title(self) -> str:
        listed: StoredEpisode | None = self.change.now or self.change.was
        return (listed["title"] if listed else "") or gettext("without a title")

    @property
    def title_was(self) -> str:
        """The title it had, where it has another one."""
        was: StoredEpisode | None = self.change.was
        if self.change.kind != Kind.RENAMED or was is None:
            return ""
        return was["title"] or gettext("without a title")


@dataclass(frozen=True, slots=True)
class ChangesPage:
    form: ChangesForm
    lines: list[Line]
    paging: Page[CatalogueChange]
    is_filtered: bool


def changes_page(query: Mapping[str, str]) -> ChangesPage:
    """A part of what has changed. ``query`` holds the filters and the ``page``."""
    form = ChangesForm(query)
    wanted = form.wanted()
    rows = CatalogueChange.objects.of_active().newest_first().select_related("series")
    if wanted["series"]:
        # Of the page of a series it is its key; people type a part of a name.
        of_key = AnimeSeries.objects.active().filter(key=wanted["series"])
        named = of_key if of_key.exists() else AnimeSeries.objects.matching(wanted["series"])
        rows = rows.filter(series__in=named)
    if wanted["kind"]:
        rows = rows.filter(kind=wanted["kind"])
    paging = Paginator(rows, PER_PAGE).get_page(query.get("page"))
    return ChangesPage(form, lines(paging), paging, any(wanted.values()))


def lines(rows: Iterable[CatalogueChange]) -> list[Line]:
    return [Line(row) for row in rows]


def changes_of(series: AnimeSeries) -> list[Line]:
    """The newest changes of one series."""
    return lines(CatalogueChange.objects.filter(series=series).newest_first()[:OF_SERIES])
