"""The page of a series' own numbering: the ranges as a table, and how one changes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from aniworld.web.texts import text_of
from library import services
from library.errors import InvalidMapping
from library.models import AnimeSeries, Episode
from library.pages.forms import MappingForm
from library.pages.mapping_preview import Preview, preview_of
from library.pages.ranges import MOST_EDITED, RangesTable, table_of, typed_table, was_typed
from library.pages.suggesting import Card, cards
from library.services.numbering import Number, Range, ranges_from_json
from library.services.suggestions import suggestions_of


@dataclass(frozen=True)
class MappingPage:
    """``typed`` and ``import_form`` hold what was refused, with the reason; ``typed`` also what is
    only looked at."""

    series: AnimeSeries
    typed: RangesTable | None = None
    import_form: MappingForm = field(default_factory=lambda: MappingForm(prefix="import"))

    @property
    def is_refused(self) -> bool:
        is_wrong = self.typed is not None and not self.typed.is_valid()
        return is_wrong or bool(self.import_form.errors)

    @cached_property
    def ranges(self) -> list[Range]:
        return sorted(
            ranges_from_json(self.series.mapping),
            key=lambda entry: (entry.library_season or 0, entry.library_first),
        )

    @property
    def is_edited_here(self) -> bool:
        """Whether the ranges are few enough for a table of fields."""
        return len(self.ranges) < MOST_EDITED

    @cached_property
    def table(self) -> RangesTable:
        return self.typed or table_of(self.ranges)

    @cached_property
    def preview(self) -> Preview | None:
        """What the typed ranges come to; None where nothing was typed, or something is wrong."""
        if self.typed is None or not self.typed.is_valid():
            return None
        return preview_of(self.series, self._numbers, self.typed.mapping)

    @cached_property
    def suggestions(self) -> list[Card]:
        """Numberings that may be meant."""
        return cards(suggestions_of(self.series, episodes=self._episodes))

    @cached_property
    def _episodes(self) -> list[Episode]:
        """What the catalogue lists, in order."""
        return list(self.series.episodes.filter(listed=True).order_by("season", "episode_number"))

    @property
    def _numbers(self) -> list[Number]:
        return [(one.season, one.episode_number) for one in self._episodes]

    @property
    def seasons(self) -> list[tuple[int, int, int]]:
        """What the catalogue lists: season, first and last episode."""
        seasons = [list(pairs) for _, pairs in groupby(self._numbers, key=itemgetter(0))]
        return [(pairs[0][0], pairs[0][1], pairs[-1][1]) for pairs in seasons]


def looked_at(series: AnimeSeries, query: QueryDict) -> MappingPage:
    """The page, with what was typed so far and what it comes to."""
    return MappingPage(series, typed_table(query) if was_typed(query) else None)


def changed_mapping(
    series: AnimeSeries, data: QueryDict, files: MultiValueDict[str, UploadedFile[Any]]
) -> MappingPage:
    """Do what the posted form asks; the page tells what is wrong where that cannot be done."""
    if data.get("action") == "import":
        return _imported(series, MappingForm(data, files, prefix="import"))
    if "remove" in data:
        _remove(series, data.get("remove", ""))
        return MappingPage(series)
    table = typed_table(data)
    if table.is_valid():
        services.set_mapping(series, table.mapping)
    return MappingPage(series, table)


def _imported(series: AnimeSeries, form: MappingForm) -> MappingPage:
    """A whole numbering in place of the present one."""
    if form.is_valid():
        try:
            services.set_mapping(series, form.cleaned_data["mapping"])
        except InvalidMapping as error:
            form.add_error(None, text_of(error))
    return MappingPage(series, import_form=form)


def _remove(series: AnimeSeries, value: str) -> None:
    """Take the range out that ``Range.value`` names; nothing where it has gone already."""
    kept = [entry.as_json() for entry in ranges_from_json(series.mapping) if entry.value != value]
    services.set_mapping(series, kept)
