"""One series as a site lists it, on whichever page: what is known of it, and how more is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aniworld.web import display
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library.errors import LibraryError
from library.models import AnimeSeries, CatalogueEntry
from library.pages.covers import picture_answer
from library.pages.pictures import Picture, picture_listed, picture_of
from library.services.catalogue_details import details_now
from library.services.covers import cover_version
from library.services.listed_covers import listed_cover_path
from providers.base import SearchResult
from providers.errors import ProviderError


@dataclass(frozen=True, slots=True)
class ListedCard:
    """A series of a site. ``error`` is why its own page could not be read just now; ``spoken`` are
    the languages it is known to be had in, and ``is_own`` says that the library has it, so that no
    site needs to be asked."""

    site: str
    result: SearchResult
    entry: CatalogueEntry | None = None
    shown: Picture | None = None
    error: str = ""
    spoken: Sequence[str] = ()
    is_own: bool = False

    @property
    def picture(self) -> Picture:
        if self.shown is not None:
            return self.shown
        if self.entry is not None:
            return picture_listed(self.entry)
        return Picture(self.result.name, self.result.key)

    @property
    def is_told(self) -> bool:
        """Whether there is nothing more to be read of it."""
        return self.is_own or (self.entry is not None and self.entry.is_told)

    @property
    def languages(self) -> list[str]:
        """What it can be had in, as far as that is known."""
        known = self.spoken or (self.entry.languages if self.entry is not None else ())
        return [display.language(one) for one in known]


@dataclass(frozen=True, slots=True)
class ListedPage:
    """The card alone, and where it stood."""

    card: ListedCard
    next: str


def card_of(entry: CatalogueEntry) -> ListedCard:
    return ListedCard(entry.site, entry.as_result(), entry)


def own_card(
    series: AnimeSeries,
    result: SearchResult,
    *,
    site: str,
    entry: CatalogueEntry | None = None,
    spoken: Sequence[str] = (),
) -> ListedCard:
    """The card of what the library has: what nobody has read at the site, the library knows.

    Args:
        site: which one lists it; it may be another one than the series' own.
        spoken: the languages that its episodes are offered in.
    """
    known = replace(
        result,
        year=result.year or series.year,
        description=result.description or series.description,
        genres=result.genres or tuple(series.genres),
    )
    shown = picture_of(series) if series.cover_source else None
    return ListedCard(site, known, entry, shown, spoken=spoken, is_own=True)


@needs(Right.OPERATE)
@require_POST
def details(request: PageRequest) -> HttpResponse:
    """Read the page of one series for what its list does not say."""
    site, key = request.POST.get("site", "")[:64], request.POST.get("key", "")[:255]
    if not request.htmx:
        with told(request):
            tell(request, _("%s was read.") % details_now(site, key).name)
        return forward(request, "catalogue")
    following = request.POST.get("next", "")
    try:
        card = card_of(details_now(site, key))
    except (LibraryError, ProviderError) as error:
        card = _card_without(site, key, request.POST.get("name", ""), text_of(error))
    return page(request, "library/_entry_alone.html", ListedPage(card, following))


def _card_without(site: str, key: str, name: str, error: str) -> ListedCard:
    entry = CatalogueEntry.objects.filter(site=site, key=key).first()
    result = entry.as_result() if entry else SearchResult(key, name[:500] or key, "")
    return ListedCard(site, result, entry, error=error)


@needs(Right.VIEW)
@require_safe
def listed_cover(request: HttpRequest, pk: int) -> HttpResponse:
    """The kept cover of what a site lists."""
    entry = CatalogueEntry.objects.filter(pk=pk).only("cover_source").first()
    path = listed_cover_path(pk)
    if entry is None or not entry.cover_source or not path.exists():
        raise Http404
    return picture_answer(request, path, cover_version(entry))
