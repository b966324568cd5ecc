"""One series as a site lists it, on whichever page: what is known of it, and how more is read."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library.errors import LibraryError
from library.models import CatalogueEntry
from library.pages.covers import picture_answer
from library.pages.pictures import Picture, picture_listed
from library.services.catalogue_details import details_now
from library.services.covers import cover_version
from library.services.listed_covers import listed_cover_path
from providers.base import SearchResult
from providers.errors import ProviderError


@dataclass(frozen=True, slots=True)
class ListedCard:
    """A series of a site. ``error`` is why its own page could not be read just now."""

    site: str
    result: SearchResult
    entry: CatalogueEntry | None = None
    shown: Picture | None = None
    error: str = ""

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
        return self.entry is not None and self.entry.is_told


@dataclass(frozen=True, slots=True)
class ListedPage:
    """The card alone, and where it stood."""

    card: ListedCard
    next: str


def card_of(entry: CatalogueEntry, *, shown: Picture | None = None) -> ListedCard:
    """Args: shown: another picture than that of the site, where the library has one."""
    return ListedCard(entry.site, entry.as_result(), entry, shown)


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
