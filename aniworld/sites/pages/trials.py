"""Trials of a definition and of a feed as their page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext_lazy

from aniworld.sites.trying import DefinitionTrial
from aniworld.web import display
from aniworld.web.advice import advice_of
from aniworld.web.texts import text_of, told_of
from providers.errors import ProviderError
from providers.sites.described.trace import Asked
from providers.sites.described.trial import Question, Tried
from providers.sites.manifest.feed import Series
from providers.sites.manifest.reading import Read

SERIES_SHOWN = 20
FAULTS_SHOWN = 50

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
        return display.decimal(self.asked.seconds, 1)

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
        return display.decimal(self.tried.seconds, 1)

    @property
    def error(self) -> str:
        return text_of(self.tried.error) if self.tried.error else ""

    @property
    def advice(self) -> str:
        return advice_of(told_of(self.tried.error)) if self.tried.error else ""

    @property
    def requests(self) -> Sequence[RequestRow]:
        return [RequestRow(one) for one in self.tried.requests]


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A feed that was read, or why it could not be had."""

    read: Read | None
    failure: ProviderError | None = None

    @property
    def is_good(self) -> bool:
        return self.read is not None and self.read.feed is not None and not self.read.faults

    @property
    def error(self) -> str:
        return text_of(self.failure) if self.failure else ""

    @property
    def advice(self) -> str:
        return advice_of(told_of(self.failure)) if self.failure else ""

    @property
    def form(self) -> str:
        """What it is written in; empty where nothing of it can be read."""
        return self.read.feed.form if self.read and self.read.feed else ""

    @property
    def series(self) -> Sequence[FeedSeries]:
        """The first of its series."""
        found = self.read.feed.series.values() if self.read and self.read.feed else ()
        return [FeedSeries(one) for one in islice(found, SERIES_SHOWN)]

    @property
    def count(self) -> int:
        return len(self.read.feed.series) if self.read and self.read.feed else 0

    @property
    def more(self) -> int:
        """How many series are not shown."""
        return max(0, self.count - SERIES_SHOWN)

    @property
    def faults(self) -> Sequence[str]:
        """What is wrong with it, each with its place."""
        return [text_of(one) for one in self.read.faults[:FAULTS_SHOWN]] if self.read else []

    @property
    def more_faults(self) -> int:
        """How many faults are not shown."""
        if self.read is None:
            return 0
        return self.read.more + max(0, len(self.read.faults) - FAULTS_SHOWN)


@dataclass(frozen=True, slots=True)
class FeedSeries:
    """One series of a feed."""

    listed: Series

    @property
    def out(self) -> int:
        """How many of its episodes can be had."""
        return sum(bool(one.links) for one in self.listed.episodes)

    @property
    def announced(self) -> int:
        return len(self.listed.episodes) - self.out

    @property
    def languages(self) -> str:
        found = {link.language for one in self.listed.episodes for link in one.links}
        return ", ".join(sorted(display.language(one) for one in found))


def rows_of(trial: DefinitionTrial) -> list[QuestionRow]:
    return [QuestionRow(one) for one in trial.steps]
