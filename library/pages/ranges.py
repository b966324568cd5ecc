"""The ranges of a numbering as a table of fields, with an empty row for one more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from aniworld.web.texts import text_of
from library.errors import InvalidMapping
from library.services.numbering import MAX_NUMBER, MappingRange, Range, ranges_from_json

# Each range has five fields, and a preview has all of them in its address.
MOST_EDITED = 60
PREFIX = "rows"


def _number(label: Any, **arguments: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "input", "autocomplete": "off"})
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=MAX_NUMBER, widget=widget, **arguments
    )


class RangeForm(forms.Form):
    """One range of a series' own numbering; the names are those of the exported JSON."""

    library_season = _number(_("Season in the file names"))
    library_first = _number(_("First episode in the file names"))
    library_last = _number(_("Last episode in the file names"))
    provider_season = _number(_("Season in the catalogue"))
    provider_first = _number(_("First episode in the catalogue"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        needed = ["library_first", "library_last"]
        if data.get("provider_season") is not None:
            needed.append("provider_first")
        for name in needed:
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, _("This field is required."))
        first, last = data.get("library_first"), data.get("library_last")
        if first is not None and last is not None and last < first:
            words = _("The last episode comes before the first. Swap them.")
            self.add_error("library_last", words)
        return data

    @property
    def value(self) -> str:
        """Names the stored range that the row shows; empty where it was typed."""
        return str(self.initial.get("value", ""))

    @property
    def words(self) -> str:
        return str(self.initial.get("words", ""))


if TYPE_CHECKING:
    _Rows = forms.BaseFormSet[RangeForm]
else:
    _Rows = forms.BaseFormSet  # takes no type when it runs


class RangesTable(_Rows):
    """All rows. One that is emptied is no range any more."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs(index)
        return {**kwargs, "empty_permitted": True, "use_required_attribute": False}

    def clean(self) -> None:
        """Raises ValidationError where the ranges contradict each other."""
        if any(self.errors):
            return
        try:
            ranges_from_json(self.mapping)
        except InvalidMapping as error:
            raise forms.ValidationError(text_of(error)) from error

    @property
    def mapping(self) -> list[MappingRange]:
        """The ranges of its rows, in their order. Each row must be valid."""
        return [_range_of(row.cleaned_data) for row in self.forms if row.cleaned_data]


def _range_of(data: dict[str, Any]) -> MappingRange:
    found = {name: data[name] for name in MappingRange.__annotations__}
    found["provider_first"] = found["provider_first"] or 0
    return cast(MappingRange, found)


_Table = cast(
    type[RangesTable],
    forms.formset_factory(
        RangeForm,
        formset=RangesTable,
        extra=1,
        max_num=MOST_EDITED,
        validate_max=True,
        absolute_max=MOST_EDITED,
    ),
)


def table_of(ranges: Iterable[Range]) -> RangesTable:
    """What is stored, and an empty row."""
    rows = [{**one.as_json(), "value": one.value, "words": str(one)} for one in ranges]
    return _Table(prefix=PREFIX, initial=rows)


def typed_table(data: QueryDict) -> RangesTable:
    """What was typed."""
    return _Table(data, prefix=PREFIX)


def was_typed(data: QueryDict) -> bool:
    return f"{PREFIX}-TOTAL_FORMS" in data
