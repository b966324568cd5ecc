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
from library.services.numbering_import import Imports, take_over
from library.services.numbering_review import Suggestion
from library.services.suggestions import review_all

MOST_AT_ONCE = 200  # series that one request changes


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


class ImportedNumbering(TypedDict):
    """The ranges that a series gets by a file."""

    key: str
    name: str
    mapping: list[MappingRange]


class NumberingImport(TypedDict):
    """What a file of numberings changes, or would change; of each list the first 200."""

    applied: bool
    series: list[ImportedNumbering]
    left: Annotated[int, "Series that the file would change and that are not among these."]
    problems: Annotated[list[Told], "Why entries are passed over."]
    elsewhere: Annotated[int, "Entries about series that the library has not."]


def imported(imports: Imports, *, apply: bool) -> NumberingImport:
    """Args: apply: whether the first of it are taken over now, series by series."""
    new = [one for one in imports.found if one.series is not None and one.is_new]
    problems = [one.problem for one in imports.found if one.problem is not None]
    shown = new[:MOST_AT_ONCE]
    if apply:
        done = list(take_over(Imports(shown, 0)))
        problems += [one.problem for one in done if one.problem is not None]
        shown = [one for one in done if one.problem is None]
    return {
        "applied": apply,
        "series": [
            {"key": one.series.key, "name": one.series.name, "mapping": one.mapping}
            for one in shown
            if one.series is not None
        ],
        "left": max(0, len(new) - MOST_AT_ONCE),
        "problems": [told_of(one.as_json()) for one in problems[:MOST_AT_ONCE]],
        "elsewhere": imports.elsewhere,
    }


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
