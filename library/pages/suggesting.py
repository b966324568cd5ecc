"""Suggested numberings as pages show them, and the page of all series that may need one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aniworld.web.texts import text_of
from library.choices import NumberingCase
from library.models import AnimeSeries
from library.naming.paths import to_shown
from library.services.numbering import Range
from library.services.numbering_guesses import Seen
from library.services.numbering_review import Suggestion
from library.services.suggestions import review_all, waiting

PER_PAGE = 20

WORDS: dict[str, str | Promise] = {
    NumberingCase.SPLIT_COUR: _("One season is several in the catalogue"),
    NumberingCase.COUNTED_ON: _("A sequel goes on counting"),
    NumberingCase.JOINED: _("Several seasons are one in the catalogue"),
    NumberingCase.SPECIALS: _("A special among the episodes"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A suggestion with its buttons."""

    suggestion: Suggestion

    @property
    def words(self) -> str | Promise:
        return WORDS[self.suggestion.case]

    @property
    def why(self) -> str:
        return f"{text_of(self.suggestion.reason)} {text_of(self.suggestion.evidence)}"

    @property
    def ranges(self) -> tuple[Range, ...]:
        return self.suggestion.ranges

    @property
    def mark(self) -> str:
        return self.suggestion.mark

    @property
    def count(self) -> int:
        """Files that would stand for other episodes."""
        return len(self.suggestion.files)

    @property
    def first(self) -> str:
        return shown_name(self.suggestion.files[0])

    @property
    def last(self) -> str:
        """Empty where it is the first."""
        return shown_name(self.suggestion.files[-1]) if self.count > 1 else ""


def shown_name(file: Seen) -> str:
    return to_shown(file.path).rpartition("/")[2]


def cards(suggestions: Iterable[Suggestion]) -> list[Card]:
    return [Card(one) for one in suggestions]


@dataclass(frozen=True, slots=True)
class Line:
    """A series whose files and catalogue may not fit."""

    series: AnimeSeries
    astray: int
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class NumberingPage:
    lines: list[Line]
    paging: Page[AnimeSeries]


def numbering_page(query: Mapping[str, str]) -> NumberingPage:
    """A part of the series with files that stand for no listed episode."""
    paging = Paginator(waiting(), PER_PAGE).get_page(query.get("page"))
    found = review_all(list(paging))
    return NumberingPage([Line(o.series, o.astray, cards(o.suggestions)) for o in found], paging)
