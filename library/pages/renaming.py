"""The pages of renaming: what would be done, how far it is, how it ended and how it is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property

from aniworld.events.operations import OperationState
from aniworld.journal.models import Entry
from aniworld.journal.services import may_undo
from aniworld.web.texts import text, text_of
from library.models import AnimeSeries, ScanOperation
from library.naming.paths import to_shown
from library.renaming.plan import SeriesPlan
from library.renaming.preview import LibraryPreview, rows_of
from library.services import renaming
from library.services.operations import ScanProblem, problems_json


@dataclass(frozen=True, slots=True)
class FileRow:
    """One video. ``new`` is empty where it keeps its name, for ``reason``."""

    old: str
    new: str
    beside: list[str]
    reason: str


@dataclass(frozen=True, slots=True)
class SeriesRows:
    """What is to be done with one series; names are those below its folder."""

    series: AnimeSeries
    rows: list[FileRow]

    @property
    def to_rename(self) -> int:
        return sum(not row.reason for row in self.rows)


@dataclass(frozen=True)
class RenamingPanel:
    """The renaming that runs, or else how the last one ended."""

    operation: ScanOperation | None

    @property
    def is_running(self) -> bool:
        return self._is(OperationState.RUNNING)

    @property
    def has_failed(self) -> bool:
        return self._is(OperationState.FAILED)

    @property
    def is_measured(self) -> bool:
        return self.operation is not None and self.operation.total > 0

    @property
    def summary(self) -> str:
        """What the journal says of its end."""
        if self.operation is None:
            return ""
        facts = {"state": self.operation.state, "result": self.operation.result}
        return text("renaming.ended", facts)

    @property
    def error(self) -> str:
        return text_of(self.operation.error) if self.operation else ""

    @property
    def result(self) -> Mapping[str, Any]:
        return (self.operation.result if self.operation else None) or {}

    @cached_property
    def problems(self) -> list[ScanProblem]:
        return problems_json(self.operation) if self.operation else []

    @cached_property
    def undo(self) -> str:
        """The address that gives the names back; empty where it cannot be done any more."""
        if self.operation is None:
            return ""
        ends = Entry.objects.about("renaming", str(self.operation)).of_action("renaming.ended")
        entry = ends.newest_first().first()
        return reverse("journal-undo", args=[entry.pk]) if entry and may_undo(entry) else ""

    def _is(self, state: OperationState) -> bool:
        return self.operation is not None and self.operation.state == state


@dataclass(frozen=True, slots=True)
class RenamingPage:
    """``only`` is the one series it is about; without it the page is of the whole library.

    ``further`` is the id of the series after which the next part of it begins, ``is_first``
    whether this is the first part. ``among`` are the keys of the series, where it is about some.
    """

    panel: RenamingPanel
    listed: list[SeriesRows]
    unchanged: int
    only: AnimeSeries | None = None
    further: int | None = None
    is_first: bool = True
    among: Sequence[str] = ()

    @property
    def address(self) -> str:
        """Where it is, and where it is asked for."""
        only = self.only
        if self.among:
            return f"{reverse('library-rename')}?{urlencode({'series': self.among}, doseq=True)}"
        return reverse("series-rename", args=[only.key]) if only else reverse("library-rename")

    @property
    def to_rename(self) -> int:
        return sum(series.to_rename for series in self.listed)

    @property
    def is_settled(self) -> bool:
        """Whether all files are named so already."""
        return not self.listed and self.further is None and self.is_first


@dataclass(frozen=True, slots=True)
class PanelPage:
    """The panel alone."""

    panel: RenamingPanel


def panel() -> RenamingPanel:
    return RenamingPanel(renaming.latest())


def series_renaming_page(plan: SeriesPlan) -> RenamingPage:
    listed = [] if plan.is_settled else [_series_rows(plan)]
    return RenamingPage(panel(), listed, plan.unchanged, only=plan.series)


def some_renaming_page(plans: Sequence[SeriesPlan]) -> RenamingPage:
    """Of several series."""
    listed = [_series_rows(plan) for plan in plans if not plan.is_settled]
    unchanged = sum(plan.unchanged for plan in plans)
    keys = [plan.series.key for plan in plans]
    return RenamingPage(panel(), listed, unchanged, among=keys)


def library_renaming_page(preview: LibraryPreview, *, is_first: bool) -> RenamingPage:
    listed = [_series_rows(plan) for plan in preview.plans]
    return RenamingPage(
        panel(), listed, preview.unchanged, further=preview.further, is_first=is_first
    )


def _series_rows(plan: SeriesPlan) -> SeriesRows:
    folder = f"{plan.series.folder}/"
    rows = [
        FileRow(
            to_shown(row.old.removeprefix(folder)),
            to_shown(row.new.removeprefix(folder)),
            [to_shown(name) for name in row.beside],
            text_of(row.reason) if row.reason else "",
        )
        for row in rows_of(plan)
    ]
    return SeriesRows(plan.series, rows)
