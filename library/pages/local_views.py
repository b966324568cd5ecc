"""What can be done with a folder without a series, and with a series without a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.web import display
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library import services
from library.errors import SeriesNotFound, UnmatchedNotFound
from library.matching.clues import from_name
from library.models import AnimeSeries, MediaFile, UnmatchedFolder
from library.naming.paths import to_shown
from library.pages.choosing import Search, SiteChoice, search_for, site_and_key, site_choices
from library.services.evidence import name_read
from library.services.numbering import Placed
from library.services.unmatched import waiting_folder

FILES_PER_PAGE = 100
IGNORED = "ignored"  # the value of ``show`` for the list of those


@dataclass(frozen=True, slots=True)
class FileLine:
    file: MediaFile

    @property
    def name(self) -> str:
        """Below its folder."""
        return self.file.path.partition("/")[2] or self.file.path

    @property
    def size(self) -> str:
        return display.size(self.file.size)

    @property
    def reading(self) -> str:
        if fault := self.file.name_fault:
            return fault["text"]
        return text_of(name_read(self.file, Placed()))


@dataclass(frozen=True, slots=True)
class FilesPage:
    row: UnmatchedFolder
    lines: list[FileLine]
    paging: Page[MediaFile]


@dataclass(frozen=True, slots=True)
class GivingPage:
    """Which catalogue a series has, or may get. ``search`` is what was searched for by hand."""

    series: AnimeSeries
    sites: list[SiteChoice]
    search: Search

    @property
    def query(self) -> str:
        return self.search.query or self.series.name


@needs(Right.VIEW)
@require_safe
def files(request: PageRequest, folder_id: int) -> HttpResponse:
    """The videos of an unmatched folder; for htmx what opens in its card."""
    try:
        row = waiting_folder(folder_id)
    except UnmatchedNotFound as error:
        raise Http404(text_of(error)) from error
    found = MediaFile.objects.present().filter(root=row.root, folder=row.folder).order_by("path")
    paging = Paginator(found, FILES_PER_PAGE).get_page(request.GET.get("page"))
    context = FilesPage(row, [FileLine(file) for file in paging], paging)
    fragments = {f"files-{row.pk}": "library/_folder_files.html"}
    return page(request, "library/folder_files.html", context, fragments=fragments)


@needs(Right.OWN)
@require_POST
def keep(request: HttpRequest, folder_id: int) -> HttpResponse:
    """The folder is a series of its own: leads to its page."""
    target = reverse("unmatched")
    with told(request):
        said = from_name(to_shown(waiting_folder(folder_id).folder))
        name = request.POST.get("name", "").strip()[:500] or said.title
        with noting() as noted:
            series = services.keep_folder(folder_id, name=name, year=said.year)
        words = _("%s is a series of your library now, without a catalogue.") % series.name
        tell(request, words, undo=undo_address(noted))
        target = reverse("series", args=[series.key])
    return forward(request, target)


@needs(Right.OWN)
@require_POST
def ignore(request: HttpRequest, folder_id: int) -> HttpResponse:
    with told(request):
        with noting() as noted:
            row = services.ignore_folder(folder_id)
        words = _("The folder “%s” is ignored.") % to_shown(row.folder)
        tell(request, words, undo=undo_address(noted))
    return forward(request, "unmatched")


@needs(Right.OWN)
@require_POST
def heed(request: HttpRequest, folder_id: int) -> HttpResponse:
    with told(request):
        row = services.heed_folder(folder_id)
        tell(request, _("The folder “%s” is ignored no more.") % to_shown(row.folder))
    return forward(request, f"{reverse('unmatched')}?show={IGNORED}")


@needs(Right.OWN)
@require_POST
def ask_all(request: HttpRequest) -> HttpResponse:
    """Ask the sites for all folders that wait; the library page shows how far that is."""
    target = "unmatched"
    with told(request):
        services.ask_again()
        words = _(
            "The sites are asked for all of them. It takes a while: they set the pace. What they "
            "find stands under “Unmatched” when this scan is done."
        )
        tell(request, words)
        target = "library"
    return forward(request, target)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def catalogue(request: PageRequest, key: str) -> HttpResponse:
    """Tie a series to the catalogue of a site, or take it from it."""
    try:
        series = services.get_series(key)
    except SeriesNotFound as error:
        raise Http404(text_of(error)) from error
    if request.method == "POST":
        return _changed(request, series)
    context = GivingPage(series, site_choices(), _searched(request.GET))
    return page(request, "library/series_catalogue.html", context)


def _searched(query: Mapping[str, str]) -> Search:
    wanted = query.get("q", "")
    return search_for(wanted[:2000]) if wanted and site_choices() else Search(wanted[:2000])


def _changed(request: HttpRequest, series: AnimeSeries) -> HttpResponse:
    here = reverse("series-catalogue", args=[series.key])
    if request.POST.get("action") == "release":
        with told(request):
            services.release_series(series, name=series.name, year=series.year)
            tell(request, _("%s has no catalogue any more.") % series.name)
        return forward(request, "series", series.key)
    searched = request.POST.get("link", "").strip() or request.POST.get("q", "")
    target = f"{here}?{urlencode({'q': searched})}" if searched else here
    with told(request):
        link = request.POST.get("link", "").strip()
        named = (request.POST.get("site", ""), request.POST.get("key", ""))
        site, site_key = site_and_key(link) if link else named
        with noting() as noted:
            services.give_catalogue(series, site=site, key=site_key)
        words = _("%s has the catalogue of the site now.") % series.name
        tell(request, words, undo=undo_address(noted))
        target = reverse("series", args=[series.key])
    return forward(request, target)
