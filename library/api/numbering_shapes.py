"""The JSON of suggested numberings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, TypedDict

from aniworld.web.shapes import OneOf
from aniworld.web.texts import Told, told_of
from library.choices import Confidence, NumberingCase
from library.models import AnimeSeries
from library.naming.paths import to_shown
from library.services.numbering import MappingRange
from library.services.numbering_review import Suggestion
from library.services.suggestions import review_all


class SuggestedNumbering(TypedDict):
    """Ranges that may be meant, and what speaks for them."""

    mark: Annotated[str, "Names it where it is applied or dismissed."]
    case: Annotated[str, OneOf(NumberingCase)]
    reason: Annotated[Told, "What is seen."]
    confidence: Annotated[str, OneOf(Confidence)]
    evidence: Annotated[Told, "What speaks for it."]
    mapping: Annotated[list[MappingRange], "What would be added to the series' own."]
    files: Annotated[int, "How many would stand for other episodes."]
    first_file: str
    last_file: str


class Suggestions(TypedDict):
    """What may be meant for one series."""

    key: str
    suggestions: list[SuggestedNumbering]


class SeriesNumbering(Suggestions):
    """A series whose files and catalogue may not fit."""

    name: str
    astray: Annotated[int, "Files that stand for no listed episode."]


def suggestion_rows(suggestions: Iterable[Suggestion]) -> list[SuggestedNumbering]:
    return [suggestion_row(one) for one in suggestions]


def suggestion_row(suggestion: Suggestion) -> SuggestedNumbering:
    return {
        "mark": suggestion.mark,
        "case": suggestion.case,
        "reason": told_of(suggestion.reason),
        "confidence": suggestion.confidence,
        "evidence": told_of(suggestion.evidence),
        "mapping": suggestion.mapping,
        "files": len(suggestion.files),
        "first_file": to_shown(suggestion.files[0].path),
        "last_file": to_shown(suggestion.files[-1].path),
    }


def numbering_rows(page: Sequence[AnimeSeries]) -> list[SeriesNumbering]:
    return [
        {
            "key": one.series.key,
            "name": one.series.name,
            "astray": one.astray,
            "suggestions": suggestion_rows(one.suggestions),
        }
        for one in review_all(page)
    ]
