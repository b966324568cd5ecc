"""What the pages show on which the owner chooses a series: search, and unmatched folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aniworld.sites import configured
from aniworld.web import display
from aniworld.web.advice import advice_of
from aniworld.web.texts import text_of
from library import services
from library.choices import UnmatchedReason
from library.errors import InvalidLink, NoSiteChosen
from library.matching.clues import from_name
from library.matching.scores import CLEARLY_WORSE
from library.models import AnimeSeries, MediaFile, UnmatchedFolder
from library.models.series import LOCAL
from library.naming.paths import to_shown
from library.pages.listed import ListedCard
from library.pages.pictures import Picture
from library.services.lookup import Found
from library.services.roots import in_a_root, root_paths, shown_roots
from providers.errors import ProviderError
from providers.registry import SiteEntry

FOLDERS_PER_PAGE = 40
# From here on the best candidate is ticked for the bulk confirmation.
TICKED_FROM = 0.75
LOOSE_SHOWN = 10
MOST_SAME = 100  # series of the titles that a search has found

REASONS: dict[str, str | Promise] = {
    UnmatchedReason.NO_CANDIDATE: _("No site knows a series of that name"),
    UnmatchedReason.AMBIGUOUS: _("More than one series could be meant"),
    UnmatchedReason.UNSURE: _("It is not certain that this is the series"),
    UnmatchedReason.HAS_FOLDER: _("Its series has another folder"),
    UnmatchedReason.REMOVED: _("Its series was removed"),
    UnmatchedReason.NOT_ASKED: _("No site has been asked yet"),
    UnmatchedReason.PROVIDER_FAILED: _("The site could not be asked"),
    UnmatchedReason.NAME_UNREADABLE: _("The folder's name holds nothing to search for"),
    UnmatchedReason.LOOSE_FILES: _("Video files beside the series folders"),
    UnmatchedReason.IGNORED: _("You have said to ignore it"),
    UnmatchedReason.WRONG_SERIES: _("You said that it is another series"),
}


@dataclass(frozen=True, slots=True)
class SiteChoice:
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a search. ``same`` is a series of the library that has its title, from another
    site, and may be the same."""

    found: Found
    same: AnimeSeries | None = None

    @property
    def card(self) -> ListedCard:
        return ListedCard(self.found.site, self.found.result, self.found.entry)

    @property
    def picture(self) -> Picture:
        return self.card.picture


@dataclass(frozen=True, slots=True)
class Search:
    """A search in the kept lists and at the sites, and what came of it.

    ``advice`` is what can be done about the ``error``; ``listed_at`` when the oldest of the lists
    was read that were looked into; ``asked`` are the sites that were asked besides.
    """

    query: str = ""
    site: str = ""
    hits: list[Hit] = field(default_factory=list)
    failures: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    advice: str = ""
    listed_at: datetime | None = None
    asked: tuple[str, ...] = ()

    @property
    def is_list_fresh(self) -> bool:
        return display.is_fresh(self.listed_at)

    @property
    def has_asked(self) -> bool:
        """Whether a site has answered just now."""
        return any(site not in self.failures for site in self.asked)

    @property
    def close(self) -> list[Hit]:
        """Those that are only spelled almost so."""
        return [hit for hit in self.hits if hit.found.is_close]

    @property
    def fitting(self) -> list[Hit]:
        return [hit for hit in self.hits if not hit.found.is_close]

    @property
    def is_link(self) -> bool:
        return self.query.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class AddPage:
    sites: list[SiteChoice]
    search: Search
    has_root: bool
    known_sites: list[SiteEntry]


@dataclass(frozen=True, slots=True)
class Candidate:
    key: str
    name: str
    site: str
    year: int | None
    score: float
    reasons: list[str]

    @property
    def percent(self) -> int:
        return round(100 * self.score)

    @property
    def picture(self) -> Picture:
        return Picture(self.name, self.key)

    @property
    def link(self) -> str:
        """Its page at the site, where the site says where that is."""
        return configured.series_link(self.site, self.key)


@dataclass(frozen=True, slots=True)
class LooseFiles:
    """Videos beside the series folders: the first of them, and how many more there are."""

    names: list[str]
    more: int


@dataclass(frozen=True, slots=True)
class FolderCard:
    """One unmatched folder. ``search`` is set where the owner searches for it by hand."""

    row: UnmatchedFolder
    candidates: list[Candidate]
    search: Search | None
    loose: LooseFiles | None = None

    @property
    def query(self) -> str:
        """What a search by hand begins with: what was searched for, or the folder's title."""
        return self.search.query if self.search else suggested_query(self.row)

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def is_likely(self) -> bool:
        """Whether the best candidate fits well, and clearly better than the next one."""
        if self.best is None or self.best.score < TICKED_FROM:
            return False
        return all(self.best.score - other.score >= CLEARLY_WORSE for other in self.candidates[1:])

    @property
    def can_match(self) -> bool:
        """Loose files have no folder that could belong to one series."""
        return bool(self.row.folder)

    @property
    def is_ignored(self) -> bool:
        return self.row.reason == UnmatchedReason.IGNORED

    @property
    def own_name(self) -> str:
        """What it would be called as a series of its own."""
        return suggested_query(self.row) or to_shown(self.row.folder)

    @property
    def reason(self) -> str | Promise:
        return REASONS[self.row.reason]


@dataclass(frozen=True, slots=True)
class UnmatchedPage:
    cards: list[FolderCard]
    paging: Page[UnmatchedFolder]
    sites: list[SiteChoice]
    ignored: int = 0  # folders that nobody is asked about
    shows_ignored: bool = False  # those, and not the others
    loose: int = 0  # library folders with videos beside the series folders: a card, but no folder
    is_scanned: bool = True  # whether every library folder has been; asked where no card is there

    @property
    def folders(self) -> int:
        """How many folders wait, on all pages."""
        return self.paging.paginator.count - self.loose

    @property
    def can_confirm(self) -> bool:
        return any(card.best for card in self.cards)

    @property
    def can_ask(self) -> bool:
        """Whether a scan would ask the sites for folders they were not asked for."""
        reasons = {card.row.reason for card in self.cards}
        return bool(reasons & {UnmatchedReason.PROVIDER_FAILED, UnmatchedReason.NOT_ASKED})

    @property
    def can_ask_all(self) -> bool:
        """Whether there is any folder that the sites can be asked for once more."""
        return bool(self.sites and self.folders and not self.shows_ignored)


def site_choices() -> list[SiteChoice]:
    """The enabled sites."""
    labels = configured.labels()
    return [SiteChoice(name, labels[name]) for name in configured.site_names()]


def add_page(query: str, site: str, *, ask: bool = False) -> AddPage:
    sites = site_choices()
    search = search_for(query, site, ask=ask) if sites else Search(query)
    return AddPage(sites, search, has_root=bool(root_paths()), known_sites=configured.entries())


def search_for(query: str, site: str = "", *, ask: bool = False) -> Search:
    """Look into the kept lists and ask the sites where that does not do, or where ``ask`` wants it;
    a failure is part of the answer. A link is not searched for."""
    search = Search(query.strip(), site)
    if not search.query or search.is_link:
        return search
    try:
        answer = services.search_sites(search.query, site=site or None, ask=ask)
    except (NoSiteChosen, ProviderError) as error:
        return Search(search.query, site, error=text_of(error), advice=advice_of(error.as_json()))
    failures = {name: text_of(error) for name, error in answer.failures.items()}
    return Search(
        search.query,
        site,
        hits_of(answer.results),
        failures,
        listed_at=min(answer.listed_at.values(), default=None),
        asked=answer.asked,
    )


def hits_of(results: Sequence[Found]) -> list[Hit]:
    """Results with the series of the library that each may be."""
    wanted = {found.result.name for found in results if not found.in_library}
    known = AnimeSeries.objects.active().filter(name__in=wanted).exclude(site=LOCAL)
    by_name: dict[str, list[AnimeSeries]] = {}
    for series in known.prefetch_related("ties").order_by("pk")[:MOST_SAME]:
        by_name.setdefault(series.name, []).append(series)
    return [Hit(found, _same_as(found, by_name.get(found.result.name, ()))) for found in results]


def _same_as(found: Found, known: Sequence[AnimeSeries]) -> AnimeSeries | None:
    """The first of these that may be what was found, and does not come from there already."""
    if found.in_library:
        return None
    year, source = found.result.year, (found.site, found.result.key)
    for series in known:
        tied = {(tie.site, tie.site_key) for tie in series.ties.all()}
        is_of_year = series.year is None or year is None or series.year == year
        if is_of_year and series.site != found.site and source not in tied:
            return series
    return None


def unmatched_page(query: Mapping[str, str]) -> UnmatchedPage:
    """Read one page of the unmatched folders.

    ``query`` may name a ``folder`` (id) and what to search for by hand (``q``); then the page is
    the one with that folder.
    """
    here = UnmatchedFolder.objects.filter(in_a_root()).order_by("root", "folder")
    shows_ignored = query.get("show") == "ignored"
    rows = here.ignored() if shows_ignored else here.waiting()
    paginator = Paginator(rows.select_related("root"), FOLDERS_PER_PAGE)
    ignored = Q(reason=UnmatchedReason.IGNORED)
    is_shown = ignored if shows_ignored else ~ignored
    counts = here.order_by().aggregate(
        shown=Count("pk", filter=is_shown),
        loose=Count("pk", filter=is_shown & Q(folder="")),
        ignored=Count("pk", filter=ignored),
    )
    paginator.count = counts["shown"]  # else it would ask by itself
    paging = paginator.get_page(query.get("page") or _page_with(rows, query.get("folder", "")))
    cards = [_card(row, query) for row in paging.object_list]
    return UnmatchedPage(
        cards,
        paging,
        site_choices(),
        ignored=counts["ignored"],
        shows_ignored=shows_ignored,
        loose=counts["loose"],
        is_scanned=bool(cards) or _is_scanned(),
    )


def _is_scanned() -> bool:
    roots = shown_roots()
    return bool(roots) and all(root.last_scanned_at for root in roots)


def suggested_query(row: UnmatchedFolder) -> str:
    """What to search for by hand: the title in the folder's name."""
    return from_name(to_shown(row.folder).replace("\ufffd", " ")).title


def best_of(folder_ids: Sequence[int]) -> list[tuple[int, Candidate]]:
    """The best candidate of each of these folders that has one."""
    rows = UnmatchedFolder.objects.filter(pk__in=folder_ids)
    return [(row.pk, _candidate(row.candidates[0])) for row in rows if row.candidates]


def site_and_key(link: str) -> tuple[str, str]:
    """The enabled site that knows this address, and the series' key there.

    Raises:
        NoSiteChosen: no site is enabled.
        InvalidLink: none of those that are knows it.
        ProviderError: none does, and one that might is set up wrongly.
    """
    names = configured.site_names()
    if not names:
        raise NoSiteChosen
    failure: ProviderError | None = None
    for name in names:
        try:
            key = configured.site(name).key_from_link(link)
        except ProviderError as error:
            failure = failure or error
            continue
        if key:
            return name, key
    raise failure or InvalidLink(why="any_site")


def _page_with(rows: QuerySet[UnmatchedFolder], folder_id: str) -> int:
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)] if folder_id else []
    return ids.index(folder_id) // FOLDERS_PER_PAGE + 1 if folder_id in ids else 1


def _card(row: UnmatchedFolder, query: Mapping[str, str]) -> FolderCard:
    candidates = [_candidate(facts) for facts in row.candidates]
    is_searched = query.get("folder") == str(row.pk)
    search = search_for(query.get("q", "")) if is_searched else None
    return FolderCard(row, candidates, search, None if row.folder else _loose_files(row))


def _loose_files(row: UnmatchedFolder) -> LooseFiles:
    files = MediaFile.objects.filter(root=row.root, folder="").present()
    names = list(files.order_by("path").values_list("path", flat=True)[:LOOSE_SHOWN])
    return LooseFiles(names, more=files.count() - len(names))


def _candidate(facts: Mapping[str, Any]) -> Candidate:
    return Candidate(
        key=facts["key"],
        name=facts["name"],
        site=facts["site"],
        year=facts.get("year"),
        score=facts.get("score", 0),
        reasons=[text_of(reason) for reason in facts.get("reasons", ())],
    )
