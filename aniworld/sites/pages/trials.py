"""A trial of a definition as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy

from aniworld.sites.trying import DefinitionTrial
from aniworld.web.advice import advice_of
from aniworld.web.texts import text_of, told_of
from providers.sites.described.trace import Asked
from providers.sites.described.trial import Question, Tried

QUESTIONS = {
    Question.SEARCH: gettext_lazy("Search"),
    Question.SERIES: gettext_lazy("Series"),
    Question.EPISODES: gettext_lazy("Seasons and episodes"),
    Question.SOURCES: gettext_lazy("Sources"),
    Question.LOCATE: gettext_lazy("The way out of the site"),
    Question.NEWS: gettext_lazy("New episodes"),
    Question.CALENDAR: gettext_lazy("Calendar"),
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request of a trial."""

    asked: Asked

    @property
    def seconds(self) -> str:
        return str(number_format(self.asked.seconds, 1))

    @property
    def error(self) -> str:
        return text_of(self.asked.error) if self.asked.error else ""

    @property
    def lacking(self) -> Sequence[tuple[str, int]]:
        return self.asked.lacking.most_common()

    @property
    def samples(self) -> Sequence[Sequence[tuple[str, str]]]:
        return [list(one.items()) for one in self.asked.samples]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question of a trial."""

    tried: Tried

    @property
    def what(self) -> str:
        return str(QUESTIONS[self.tried.question])

    @property
    def seconds(self) -> str:
        return str(number_format(self.tried.seconds, 1))

    @property
    def error(self) -> str:
        return text_of(self.tried.error) if self.tried.error else ""

    @property
    def advice(self) -> str:
        return advice_of(told_of(self.tried.error)) if self.tried.error else ""

    @property
    def requests(self) -> Sequence[RequestRow]:
        return [RequestRow(one) for one in self.tried.requests]


def rows_of(trial: DefinitionTrial) -> list[QuestionRow]:
    return [QuestionRow(one) for one in trial.steps]
