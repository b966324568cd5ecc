"""The pages of the sites that a series may come from, and of a comparison before it is tied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from aniworld.sites import configured
from aniworld.web.ids import whole
from aniworld.web.texts import text_of
from library.errors import InvalidMapping, NoSiteChosen
from library.models import AnimeSeries, SeriesTie
from library.pages.choosing import SiteChoice, site_choices
from library.services.lookup import Found, search_sites
from library.services.numbering import MAX_NUMBER, MappingRange, Range
from library.ties.services import Comparison, ranges_of
from providers.errors import ProviderError

COLUMNS = {
    "library_season": gettext_lazy("Our season"),
    "library_first": gettext_lazy("From"),
    "library_last": gettext_lazy("To"),
    "provider_season": gettext_lazy("Season there"),
    "provider_first": gettext_lazy("From there on"),
}
FIELDS = tuple(COLUMNS)
SPARE_ROWS = 2


@dataclass(frozen=True, slots=True)
class TieRow:
    """One tie, as the list shows it."""

    tie: SeriesTie
    label: str
    is_on: bool

    @property
    def ranges(self) -> Sequence[Range]:
        return ranges_of(self.tie.numbering)


@dataclass(frozen=True, slots=True)
class TiesPage:
    """Where a series comes from, and a search for where else.

    Attributes:
        found: what the sites have found, each behind its site's name for people; None where nothing
            was asked.
        error: why none of the sites could be asked.
        failures: why some could not, by the site's name for people.
        labels: what sites are called, by name.
    """

    series: AnimeSeries
    own_label: str
    is_own_on: bool
    rows: list[TieRow]
    sites: list[SiteChoice]
    labels: dict[str, str]
    query: str = ""
    site: str = ""
    found: list[tuple[str, Found]] | None = None
    error: str = ""
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def word(self) -> str:
        """What the search begins with."""
        return self.query or self.series.name


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the numbering."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class TiePage:
    """One series of another site, held against this one.

    Attributes:
        numbers: what stands in the fields of the numbering, row by row.
        error: why they were not read, or the site not asked.
    """

    series: AnimeSeries
    site: str
    key: str
    label: str
    numbers: list[dict[str, str]]
    compared: Comparison | None = None
    error: str = ""

    @property
    def columns(self) -> list[str]:
        return [str(label) for label in COLUMNS.values()]

    @property
    def rows(self) -> list[list[Cell]]:
        rows = [*self.numbers, *({} for _ in range(SPARE_ROWS))]
        return [
            [Cell(name, str(label), row.get(name, "")) for name, label in COLUMNS.items()]
            for row in rows
        ]

    @property
    def is_doubtful(self) -> bool:
        """Whether more titles speak against it than for it."""
        return self.compared is not None and 2 * self.compared.agreeing < self.compared.telling

    @property
    def missing(self) -> int:
        """How many of our episodes are not there."""
        return len(self.compared.pairs) - self.compared.found if self.compared else 0


def ties_page(series: AnimeSeries, query: str = "", site: str = "") -> TiesPage:
    """The page, with what a search finds where there is one."""
    labels, enabled = configured.labels(), set(configured.site_names())
    rows = [
        TieRow(tie, labels.get(tie.site, tie.site), tie.site in enabled)
        for tie in series.ties.all()
    ]
    own = labels.get(series.site, series.site)
    page = TiesPage(series, own, series.site in enabled, rows, site_choices(), labels, query, site)
    return _searched(page) if query else page


def comparison_numbers(data: QueryDict) -> list[dict[str, str]]:
    """The rows of the numbering as they were typed; empty ones are left out."""
    columns = [data.getlist(name)[:500] for name in FIELDS]
    rows = [dict(zip(FIELDS, row, strict=True)) for row in zip_longest(*columns, fillvalue="")]
    return [row for row in rows if any(value.strip() for value in row.values())]


def numbering_of(rows: Sequence[dict[str, str]]) -> list[MappingRange]:
    """The ranges of what was typed. Raises ``InvalidMapping``."""
    return [_range(place, row) for place, row in enumerate(rows, 1)]


def _range(place: int, row: dict[str, str]) -> MappingRange:
    numbers = {}
    for name in FIELDS:
        number = whole(row[name].strip())
        if number is None:
            raise InvalidMapping(
                why="number", place=place, name=str(COLUMNS[name]), most=MAX_NUMBER
            )
        numbers[name] = number
    season, first, last, there, begin = (numbers[name] for name in FIELDS)
    return {
        "library_season": season,
        "library_first": first,
        "library_last": last,
        "provider_season": there,
        "provider_first": begin,
    }


def written(numbering: Sequence[Range]) -> list[dict[str, str]]:
    """Ranges as the fields show them."""
    return [{name: str(getattr(entry, name)) for name in FIELDS} for entry in numbering]


def _searched(page: TiesPage) -> TiesPage:
    try:
        answer = search_sites(page.query, site=page.site or None)
    except (NoSiteChosen, ProviderError) as error:
        return replace(page, error=text_of(error))
    known = {(page.series.site, page.series.site_key)}
    known |= {(row.tie.site, row.tie.site_key) for row in page.rows}
    found = [
        (page.labels.get(one.site, one.site), one)
        for one in answer.results
        if (one.site, one.result.key) not in known
    ]
    failures = {
        page.labels.get(site, site): text_of(error) for site, error in answer.failures.items()
    }
    return replace(page, found=found, failures=failures)
