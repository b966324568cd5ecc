"""The page of a series' own numbering: the ranges, and how one changes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from aniworld.web.texts import text_of
from library import services
from library.errors import InvalidMapping
from library.models import AnimeSeries, Episode
from library.pages.forms import MappingForm, RangeForm
from library.pages.suggesting import Card, cards
from library.services.numbering import Range, ranges_from_json
from library.services.suggestions import suggestions_of


@dataclass(frozen=True)
class MappingPage:
    """``range_form`` and ``import_form`` hold what was refused, with the reason."""

    series: AnimeSeries
    range_form: RangeForm = field(default_factory=lambda: RangeForm(prefix="range"))
    import_form: MappingForm = field(default_factory=lambda: MappingForm(prefix="import"))

    @cached_property
    def suggestions(self) -> list[Card]:
        """Numberings that may be meant."""
        return cards(suggestions_of(self.series, episodes=self._episodes))

    @cached_property
    def _episodes(self) -> list[Episode]:
        """What the catalogue lists, in order."""
        return list(self.series.episodes.filter(listed=True).order_by("season", "episode_number"))

    @property
    def is_refused(self) -> bool:
        return bool(self.range_form.errors or self.import_form.errors)

    @property
    def ranges(self) -> list[Range]:
        return sorted(
            ranges_from_json(self.series.mapping),
            key=lambda entry: (entry.library_season or 0, entry.library_first),
        )

    @property
    def seasons(self) -> list[tuple[int, int, int]]:
        """What the catalogue lists: season, first and last episode."""
        numbers = ((one.season, one.episode_number) for one in self._episodes)
        seasons = [list(pairs) for _, pairs in groupby(numbers, key=itemgetter(0))]
        return [(pairs[0][0], pairs[0][1], pairs[-1][1]) for pairs in seasons]


def changed_mapping(
    series: AnimeSeries, data: QueryDict, files: MultiValueDict[str, UploadedFile[Any]]
) -> MappingPage:
    """Do what the posted form asks; the page tells what is wrong where that cannot be done."""
    if data.get("action") == "import":
        return _imported(series, MappingForm(data, files, prefix="import"))
    if data.get("action") == "remove":
        _remove(series, data.get("range", ""))
        return MappingPage(series)
    return _added(series, RangeForm(data, prefix="range"))


def _added(series: AnimeSeries, form: RangeForm) -> MappingPage:
    if form.is_valid():
        _set(series, [*series.mapping, form.cleaned_data], form)
    return MappingPage(series, range_form=form)


def _imported(series: AnimeSeries, form: MappingForm) -> MappingPage:
    """A whole numbering in place of the present one."""
    if form.is_valid():
        _set(series, form.cleaned_data["mapping"], form)
    return MappingPage(series, import_form=form)


def _remove(series: AnimeSeries, value: str) -> None:
    """Take the range out that ``Range.value`` names; nothing where it has gone already."""
    kept = [entry.as_json() for entry in ranges_from_json(series.mapping) if entry.value != value]
    services.set_mapping(series, kept)


def _set(series: AnimeSeries, mapping: Any, form: forms.Form) -> None:
    try:
        services.set_mapping(series, mapping)
    except InvalidMapping as error:
        form.add_error(None, text_of(error))
