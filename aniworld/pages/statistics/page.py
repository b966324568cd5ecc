"""What the statistics page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aniworld.pages.statistics import reading
from aniworld.pages.statistics.charts import Charts, count, share, size
from aniworld.pages.statistics.periods import Period, period_of
from aniworld.pages.statistics.reading import Statistics
from aniworld.web import display
from library.models import LibraryTally
from library.models.days import StoredLargest, StoredShare
from library.services.tallies import OTHERS, SOUND

Words = str | Promise
SHARES_SHOWN, LARGEST_SHOWN = 10, 10
# What becomes of an episode: the colour and the words.
STATES: tuple[tuple[str, Words], ...] = (
    ("present", gettext_lazy("On disk")),
    ("missing", gettext_lazy("Missing")),
    ("unavailable", gettext_lazy("Disk is gone")),
    ("announced", gettext_lazy("Announced")),
    ("others", gettext_lazy("Not wanted")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One of several things that are beside each other.

    Attributes:
        left, width: of its bar, in percent of the whole.
        facts: what else is told of it.
        key: of the series, where it is one.
    """

    name: Words
    width: float
    facts: Sequence[str]
    tone: str = "plain"
    left: float = 0
    key: str = ""


@dataclass(frozen=True)
class StatisticsPage:
    known: Statistics

    @cached_property
    def charts(self) -> Charts:
        return Charts(self.known)

    @property
    def periods(self) -> list[tuple[str, Words, bool]]:
        """Address and words of each period, and whether it is shown."""
        here = reverse("statistics")
        return [
            (f"{here}?period={one.value.lower()}", one.label, one is self.known.period)
            for one in Period
        ]

    @property
    def has_anything(self) -> bool:
        """Whether there is a library, or was anything downloaded for one."""
        return bool(self.known.now.series or self._files or self._finished)

    @property
    def figures(self) -> list[tuple[Words, str]]:
        now = self.known.now
        return [
            (_("Series"), count(now.series)),
            (_("Episodes on disk"), count(now.present)),
            (_("Missing"), count(now.missing)),
            (_("Space taken"), size(self.known.tally.bytes) if self.known.tally else "–"),
            (_("Downloaded in these days"), count(self._finished)),
        ]

    @property
    def series(self) -> list[tuple[Words, str]]:
        """What state series are in."""
        now = self.known.now
        return [
            (_("Complete"), count(now.complete)),
            (_("With something missing"), count(now.incomplete)),
            (_("Not monitored"), count(now.unmonitored)),
        ]

    @cached_property
    def states(self) -> list[Line]:
        """What has become of all episodes that the catalogues list; none that nothing is in."""
        now, lines, left = self.known.now, [], 0.0
        figures = [(tone, words, getattr(now, tone)) for tone, words in STATES]
        whole = sum(number for _tone, _words, number in figures)
        for tone, words, number in figures:
            if number:
                width = 100 * number / whole
                lines.append(Line(words, width, [count(number), share(width)], tone, left))
                left += width
        return lines

    @property
    def states_summary(self) -> str:
        return ", ".join(f"{one.name}: {one.facts[0]}" for one in self.states)

    @property
    def qualities(self) -> list[Line]:
        tally = self.known.tally
        return _lines(tally.qualities, _quality) if tally else []

    @property
    def languages(self) -> list[Line]:
        tally = self.known.tally
        return _lines(tally.languages, _language) if tally else []

    @property
    def largest(self) -> list[Line]:
        rows: list[StoredLargest] = self.known.tally.largest if self.known.tally else []
        most = max((row["bytes"] for row in rows), default=0) or 1
        return [
            Line(
                row["name"],
                100 * row["bytes"] / most,
                [count(row["files"]), size(row["bytes"])],
                key=row["key"],
            )
            for row in rows[:LARGEST_SHOWN]
        ]

    @property
    def knows_qualities(self) -> bool:
        """Whether any file was looked into."""
        tally = self.known.tally
        return bool(tally and any(row["name"] for row in tally.qualities))

    @property
    def tally(self) -> LibraryTally | None:
        return self.known.tally

    @property
    def _files(self) -> int:
        return self.known.tally.files if self.known.tally else 0

    @cached_property
    def _finished(self) -> int:
        return sum(one.finished for one in self.known.downloads)


def statistics_page(period: str) -> StatisticsPage:
    """The statistics of the period that an address asks for."""
    return StatisticsPage(reading.read(period_of(period)))


def _lines(rows: Sequence[StoredShare], words: Callable[[str], str]) -> list[Line]:
    """As many as there is room for; the rest are one."""
    shown = [row for row in rows[:SHARES_SHOWN] if row["name"] != OTHERS]
    rest = rows[len(shown) :]
    named = [(words(row["name"]), row["files"], row["bytes"]) for row in shown]
    if rest:
        files, sizes = sum(row["files"] for row in rest), sum(row["bytes"] for row in rest)
        named.append((_("All others"), files, sizes))
    most = max((files for _name, files, _size in named), default=0) or 1
    return [
        Line(name, 100 * files / most, [count(files), size(taken)]) for name, files, taken in named
    ]


def _quality(name: str) -> str:
    if not name:
        return _("Not read yet")
    return _("480p or less") if name == "480p" else name


def _language(name: str) -> str:
    if not name:
        return _("Not known")
    if name.startswith(SOUND):
        return _("Sound: %s") % name.removeprefix(SOUND)
    return display.language(name)
