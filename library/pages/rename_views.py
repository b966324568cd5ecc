"""The addresses of the pages of renaming."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.events.pages import live_page
from aniworld.web.ids import whole
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library import services
from library.errors import SeriesNotFound
from library.pages.renaming import (
    PanelPage,
    library_renaming_page,
    panel,
    series_renaming_page,
    some_renaming_page,
)
from library.renaming.preview import (
    MOST_SERIES,
    preview_from,
    preview_of,
    previews_of,
    with_files,
)
from library.services import renaming


@needs(Right.VIEW, writing=Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@live_page
def series_rename(request: PageRequest, key: str) -> HttpResponse:
    """What renaming would do with one series; POST does it."""
    try:
        series = services.get_series(key)
    except SeriesNotFound as error:
        raise Http404(text_of(error)) from error
    if request.method == "POST":
        return _started(request, series.key)
    return page(request, "library/renaming.html", series_renaming_page(preview_of(series)))


@needs(Right.VIEW, writing=Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@live_page
def library_rename(request: PageRequest) -> HttpResponse:
    """What renaming would do with the library, a part of it a page, or with some series; POST does
    all of it."""
    if keys := request.GET.getlist("series")[:MOST_SERIES]:
        return _some(request, keys)
    if request.method == "POST":
        return _started(request, None)
    after = whole(request.GET.get("after", ""))
    context = library_renaming_page(preview_from(after), is_first=after is None)
    return page(request, "library/renaming.html", context)


def _some(request: PageRequest, keys: list[str]) -> HttpResponse:
    """Several series, by their keys; those that are not there are left out."""
    some = list(with_files().of_keys(keys))
    if not some:
        raise Http404
    context = some_renaming_page(previews_of(some))
    if request.method != "POST":
        return page(request, "library/renaming.html", context)
    with told(request):
        renaming.start(among=[series.key for series in some])
        tell(request, _("The files are being renamed."))
    return forward(request, context.address)


@needs(Right.VIEW)
@require_safe
def renaming_panel(request: PageRequest) -> HttpResponse:
    """How far it is; without script there is no need for it."""
    if not request.htmx:
        return forward(request, "library-rename")
    return page(request, "library/_renaming_panel.html", PanelPage(panel()))


@needs(Right.OWN)
@require_POST
def cancel_renaming(request: HttpRequest) -> HttpResponse:
    with told(request):
        renaming.cancel()
    return forward(request, "library-rename")


def _started(request: HttpRequest, key: str | None) -> HttpResponse:
    with told(request):
        renaming.start(key)
        tell(request, _("The files are being renamed."))
    return forward(request, reverse("series-rename", args=[key]) if key else "library-rename")
