"""What the page shows on which series are added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aniworld.pages.adding.forms import OptionsForm
from aniworld.pages.series.preferences import PreferenceList, preference_lists
from aniworld.sites import configured
from aniworld.web.texts import text_of
from library.errors import InvalidLink
from library.models import AnimeSeries, CatalogueEntry, SeriesTie, UnmatchedFolder
from library.naming.paths import is_utf8, to_shown
from library.pages.choosing import Search, SiteChoice, search_for, site_choices
from library.pages.listed import ListedCard, card_of, own_card
from library.services.addresses import hosts_of, series_at, site_switched_off
from library.services.lookup import languages_offered
from library.services.roots import in_a_root, root_paths
from providers.base import SearchResult
from providers.errors import ProviderError
from providers.registry import SiteEntry

MOST_WAITING = 200  # folders that are offered for a series
LANGUAGE_PLACES = 3


@dataclass(frozen=True, slots=True)
class KnownSite:
    """A site that is enabled, and where its series' addresses are."""

    label: str
    hosts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a pasted address is none of a series here. ``off`` is what a site that would know it is
    called; ``is_strange`` says that no site has its host."""

    link: str
    words: str
    sites: Sequence[KnownSite] = ()
    off: str = ""
    is_strange: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """One series that is about to be added, and what can be said of it.

    ``series`` is that of the library which it is; one that ``is_removed`` comes back by adding.
    ``back`` leads to the results it was found in, and is empty where there are none.
    """

    card: ListedCard
    key: str
    form: OptionsForm
    languages: PreferenceList
    series: AnimeSeries | None = None
    is_removed: bool = False
    searched: dict[str, str] = field(default_factory=dict)
    waiting: Sequence[str] = ()

    @property
    def back(self) -> str:
        return f"{reverse('add')}?{urlencode(self.searched)}" if self.searched else ""

    @property
    def title(self) -> str | Promise:
        return _("It was in your library") if self.is_removed else _("Add this series")

    @property
    def here(self) -> str:
        """The address of this form, which a browser may load again."""
        asked = {"site": self.card.site, "key": self.key, **self.searched_here}
        return f"{reverse('add-series')}?{urlencode(asked)}"

    @property
    def searched_here(self) -> dict[str, str]:
        """The search as the form carries it: ``site`` is that of the series there."""
        names = {"q": "q", "site": "among"}
        return {names[name]: value for name, value in self.searched.items()}


@dataclass(frozen=True, slots=True)
class AddPage:
    """At most one of ``options`` and ``refusal`` is there; without them the search is shown."""

    sites: list[SiteChoice]
    search: Search
    has_root: bool
    known_sites: list[SiteEntry]
    options: Options | None = None
    refusal: Refusal | None = None


def add_page(query: str, site: str, *, ask: bool = False) -> AddPage:
    """The results of a search, or what a pasted address is."""
    sites = site_choices()
    search = search_for(query, site, ask=ask) if sites else Search(query)
    options: Options | None = None
    refusal: Refusal | None = None
    if sites and search.is_link:
        try:
            options = options_for(*series_at(search.query), OptionsForm(), link=search.query)
        except (InvalidLink, ProviderError) as error:
            refusal = _refusal(search.query, error)
    return AddPage(sites, search, bool(root_paths()), configured.entries(), options, refusal)


def options_page(options: Options) -> AddPage:
    """The page of one series that was chosen. No site is asked."""
    search = Search(options.searched.get("q", ""), options.searched.get("site", ""))
    return AddPage(
        site_choices(), search, bool(root_paths()), configured.entries(), options=options
    )


def options_for(
    site: str,
    key: str,
    form: OptionsForm,
    *,
    languages: Sequence[str] = (),
    searched: dict[str, str] | None = None,
    link: str = "",
) -> Options:
    """What is known here of a series of a site, and the form.

    Args:
        languages: that are chosen.
        searched: the search it was found by.
        link: its address, where it was found by that.
    """
    series, is_removed = _known(site, key)
    waiting = UnmatchedFolder.objects.filter(in_a_root()).waiting().exclude(folder="")
    folders = waiting.order_by("folder").values_list("folder", flat=True)[:MOST_WAITING]
    return Options(
        _card(site, key, None if is_removed else series, link),
        key,
        form,
        preference_lists(AnimeSeries(languages=list(languages)), places=LANGUAGE_PLACES)[0],
        series=series,
        is_removed=is_removed,
        searched=searched or ({"q": link} if link else {}),
        waiting=[to_shown(folder) for folder in folders if is_utf8(folder)],
    )


def _card(site: str, key: str, series: AnimeSeries | None, link: str) -> ListedCard:
    entry = CatalogueEntry.objects.filter(site=site, key=key).first()
    page = link or configured.series_link(site, key)
    result = entry.as_result() if entry else SearchResult(key, key, page)
    if series is None:
        return card_of(entry) if entry else ListedCard(site, result)
    spoken = languages_offered([series.pk]).get(series.pk, ())
    return own_card(series, result, site=site, entry=entry, spoken=spoken)


def _known(site: str, key: str) -> tuple[AnimeSeries | None, bool]:
    """The series of the library that comes from there, and whether it was removed."""
    series = AnimeSeries.objects.filter(site=site, site_key=key).first()
    if series is not None:
        return series, series.is_deleted
    ties = SeriesTie.objects.filter(site=site, site_key=key, series__deleted_at=None)
    tie = ties.select_related("series").first()
    return (tie.series if tie else None), False


def _refusal(link: str, error: InvalidLink | ProviderError) -> Refusal:
    labels = configured.labels()
    sites = [KnownSite(labels[name], hosts_of(name)) for name in configured.site_names()]
    off = site_switched_off(link)
    is_strange = isinstance(error, InvalidLink) and error.params.get("why") == "any_site"
    return Refusal(link, text_of(error), sites, labels.get(off, ""), is_strange)
