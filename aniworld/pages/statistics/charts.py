"""What is drawn: each chart with its title, what it says in words, and its numbers as a table."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.formats import date_format, number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aniworld.pages.statistics import drawing
from aniworld.pages.statistics.drawing import Scale
from aniworld.pages.statistics.periods import Bucket, Step
from aniworld.pages.statistics.reading import Fetched, Growth, Service, Statistics
from aniworld.web import display

TERABYTE = 1_000_000_000_000
Written = Callable[[float], str]


def count(number: float) -> str:
    """3000 → "3,000"."""
    return str(number_format(round(number), force_grouping=True))


def size(number: float) -> str:
    """Bytes → "1.4 TB", "734 MB"."""
    if number >= TERABYTE:
        return f"{display.decimal(number / TERABYTE, 1)} TB"
    return display.size(number) if number else "0"


def share(percent: float) -> str:
    """Percent → "99.2 %"; a hundred only where it is all, nothing only where it is nothing."""
    if percent in {0, 100}:
        return f"{percent:.0f} %"
    return f"{display.decimal(min(max(percent, 0.1), 99.9), 1)} %"


def change(number: float, written: Written) -> str:
    """With its sign, where it is not nothing."""
    if not number:
        return ""
    return f"+{written(number)}" if number > 0 else f"−{written(-number)}"


def words_of(days: Bucket, step: Step) -> str:
    """What a step is called."""
    if step is Step.MONTH:
        return date_format(days.first, "M Y")
    first = date_format(days.first, "SHORT_DATE_FORMAT")
    if step is Step.DAY or days.first == days.last:
        return first
    return f"{first} – {date_format(days.last, 'SHORT_DATE_FORMAT')}"


@dataclass(frozen=True, slots=True)
class Shape:
    """A path in one of the colours of the style sheet."""

    tone: str
    path: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing over time.

    Attributes:
        name: the id of what belongs to it.
        summary: what there is to see, in words.
        spots: what is told of each step where a pointer rests on it: markup.
        columns, rows: the numbers, the newest first; rows are markup, since a template takes
            twenty milliseconds for a thousand cells.
    """

    name: str
    title: str
    summary: str
    width: int
    scale: Sequence[str]
    days: Sequence[str]
    shapes: Sequence[Shape]
    spots: SafeString
    columns: Sequence[str]
    rows: SafeString

    @property
    def legend(self) -> Sequence[Shape]:
        """The colours, where there are several."""
        named = [one for one in self.shapes if one.label]
        return named if len(named) > 1 else []


@dataclass(frozen=True, slots=True)
class HealthRow:
    """How one site or hoster answered: a bar for each step in which it was asked, and words for
    each in which it failed."""

    service: Service
    width: int
    shapes: Sequence[Shape]
    spots: SafeString

    @property
    def share(self) -> str:
        return share(self.service.whole.share or 0)

    @property
    def calls(self) -> str:
        number = self.service.whole.answered + self.service.whole.failed
        text = ngettext("%s call", "%s calls", number)
        return text % count(number)


class Charts:
    """The charts of some statistics; one that has nothing to show is None."""

    def __init__(self, known: Statistics) -> None:
        self._known = known
        self._words = [words_of(one.days, known.step) for one in known.downloads]
        self._width = len(self._words) * drawing.STEP
        self._shares: dict[float | None, str] = {}

    @cached_property
    def episodes(self) -> Chart | None:
        return self._growth(
            "chart-episodes", _("Episodes on disk"), lambda one: one.episodes, count
        )

    @cached_property
    def room(self) -> Chart | None:
        return self._growth("chart-room", _("Space taken"), lambda one: one.size, size)

    @cached_property
    def downloads(self) -> Chart | None:
        """Finished ones, and those that were given up on top of them."""
        found = self._known.downloads
        finished, failed = (sum(figures) for figures in zip(*map(_ended, found), strict=True))
        if not finished + failed:
            return None
        scale = drawing.from_zero(one.finished + one.failed for one in found)
        well = [(0.0, scale.height(one.finished)) for one in found]
        ill = [(scale.height(one.finished), scale.height(one.failed)) for one in found]
        rows = [[count(one.finished), count(one.failed)] for one in found]
        said = _("%(finished)s finished, %(failed)s failed")
        return self._chart(
            "chart-downloads",
            _("Downloads"),
            summary=said % {"finished": count(finished), "failed": count(failed)},
            scale=_scale(scale, count),
            shapes=[
                Shape("finished", drawing.bars(well), _("Finished")),
                Shape("failed", drawing.bars(ill), _("Failed")),
            ],
            columns=[_("Finished"), _("Failed")],
            rows=rows,
            told=lambda row: said % {"finished": row[0], "failed": row[1]},
        )

    @cached_property
    def fetched(self) -> Chart | None:
        """What came over the line."""
        sizes = [one.size for one in self._known.downloads]
        if not any(sizes):
            return None
        scale = drawing.from_zero(sizes)
        most = max(range(len(sizes)), key=sizes.__getitem__)
        said = _("%(size)s in all, at most %(most)s (%(when)s)")
        words = {"size": size(sum(sizes)), "most": size(sizes[most]), "when": self._words[most]}
        return self._chart(
            "chart-fetched",
            _("Data downloaded"),
            summary=said % words,
            scale=_scale(scale, size),
            shapes=[Shape("plain", drawing.bars([(0.0, scale.height(one)) for one in sizes]))],
            columns=[_("Size")],
            rows=[[size(one)] for one in sizes],
        )

    @cached_property
    def health(self) -> Sequence[HealthRow]:
        return [self._health(service) for service in self._known.services]

    @property
    def health_rows(self) -> SafeString:
        """By step the share of calls that each has answered, the newest first; steps without any
        call are left out."""
        services = self._known.services
        rows = []
        for at, word in enumerate(self._words):
            shares = [service.calls[at].share for service in services]
            if any(one is not None for one in shares):
                rows.append([word, *map(self._share, shares)])
        return _rows(reversed(rows))

    def _growth(
        self, name: str, title: str, figure: Callable[[Growth], int], written: Written
    ) -> Chart | None:
        """One point says nothing of growth."""
        points = self._known.growth
        if len(points) < 2:
            return None
        values = [figure(one) for one in points]
        scale, start = drawing.around(values), len(self._words) - len(points)
        heights = [scale.height(one) for one in values]
        shapes = [Shape("line", drawing.line(heights, start=start))]
        if not scale.low:
            shapes.insert(0, Shape("area", drawing.area(heights, start=start)))
        said = _("%(before)s at first, %(now)s now") % {
            "before": written(values[0]),
            "now": written(values[-1]),
        }
        grown = change(values[-1] - values[0], written)
        before = [values[0], *values[:-1]]
        rows = [
            [written(one), change(one - last, written)]
            for one, last in zip(values, before, strict=True)
        ]
        return self._chart(
            name,
            title,
            summary=f"{said} ({grown})" if grown else said,
            scale=_scale(scale, written),
            shapes=shapes,
            columns=[title, _("Change")],
            rows=rows,
        )

    def _chart(
        self,
        name: str,
        title: str,
        *,
        summary: str,
        scale: Sequence[str],
        shapes: Sequence[Shape],
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        told: Callable[[Sequence[str]], str] = operator.itemgetter(0),
    ) -> Chart:
        """
        Args:
            rows: of the last steps, as many as are known.
            told: what is said of a row where a pointer rests on its step.
        """
        start = len(self._words) - len(rows)
        words = self._words[start:]
        first = {Step.DAY: _("Day"), Step.WEEK: _("Week"), Step.MONTH: _("Month")}
        table = [[word, *row] for word, row in zip(words, rows, strict=True)]
        return Chart(
            name=name,
            title=title,
            summary=summary,
            width=self._width,
            scale=scale,
            days=self._days,
            shapes=shapes,
            spots=_spots(
                (start + at, f"{row[0]}: {told(row[1:])}") for at, row in enumerate(table)
            ),
            columns=[first[self._known.step], *columns],
            rows=_rows(reversed(table)),
        )

    @property
    def _days(self) -> Sequence[str]:
        """What stands below a drawing: where it begins, the middle and where it ends."""
        known = self._known
        middle = known.downloads[len(self._words) // 2].days.first
        return [date_format(day, "SHORT_DATE_FORMAT") for day in (known.first, middle, known.last)]

    def _share(self, percent: float | None) -> str:
        """As it is written, each once: there are hundreds of them, and few different ones."""
        shown = percent if percent is None else round(percent, 1 if 1 < percent < 99 else 6)
        if shown not in self._shares:
            self._shares[shown] = "–" if shown is None else share(shown)
        return self._shares[shown]

    def _health(self, service: Service) -> HealthRow:
        heights = [one.share or 0.0 for one in service.calls]
        asked = [one.share is not None for one in service.calls]
        well = [(0.0, height) for height in heights]
        ill = [
            (height, drawing.HIGH - height if is_asked else 0.0)
            for height, is_asked in zip(heights, asked, strict=True)
        ]
        shapes = [Shape("finished", drawing.bars(well)), Shape("failed", drawing.bars(ill))]
        said = _("%s answered")
        spots = (
            (at, f"{self._words[at]}: {said % self._share(one.share)}")
            for at, one in enumerate(service.calls)
            if one.failed
        )
        return HealthRow(service, self._width, shapes, _spots(spots))


def _ended(fetched: Fetched) -> tuple[int, int]:
    return fetched.finished, fetched.failed


def _rows(rows: Iterable[Sequence[str]]) -> SafeString:
    """Rows of a table, each with its head."""
    return format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (row[0], format_html_join("", "<td>{}</td>", ((one,) for one in row[1:])))
            for row in rows
        ),
    )


def _spots(told: Iterable[tuple[int, str]]) -> SafeString:
    """What is told where a pointer rests on a step of a drawing."""
    return format_html_join(
        "",
        '<rect class="chart-spot" x="{}" width="10" height="100"><title>{}</title></rect>',
        ((str(at * drawing.STEP), words) for at, words in told),
    )


def _scale(scale: Scale, written: Written) -> Sequence[str]:
    """What stands beside a drawing, from the top down; halves of what is counted are no number."""
    middle = written(scale.middle) if scale.middle == int(scale.middle) else ""
    return [written(scale.high), middle, written(scale.low)]
