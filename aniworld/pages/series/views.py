"""The page of one series, and the parts of it that come later."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aniworld.events.pages import live_page
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.pages.series.page import (
    PartPage,
    SeriesPage,
    Tab,
    View,
    Wanted,
    opened_in,
    series_context,
)
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library import services
from library.errors import SeriesNotFound
from library.models import AnimeSeries

LATE = "late-"  # before the value of a part: the element that its rows come into
OPENED = "Opened-Parts"  # the header in which the page's script names what is open
MOST_CHOICES = 50

Choice = TypeVar("Choice", bound=StrEnum)


@needs(Right.VIEW)
@require_safe
@live_page
def series_page(request: PageRequest, key: str) -> HttpResponse:
    """One series: facts, seasons, episodes, and what of them is in the queue."""
    found = series_context(_series(key, deleted=True), _wanted(request))
    target = request.htmx.target or "" if request.htmx else ""
    if target.startswith(LATE):
        return _late(request, found, target.removeprefix(LATE))
    return page(request, "library/series.html", found, fragments={"live": "library/_series.html"})


@needs(Right.OWN)
@require_POST
def preferences(request: HttpRequest, key: str) -> HttpResponse:
    """Which languages and hosters are taken first of a series."""
    chosen = {name: _chosen(request, name) for name in ("languages", "hosters")}
    with told(request):
        with noting() as noted:
            services.change_series(services.get_series(key), chosen)
        tell(request, _("Saved."), undo=undo_address(noted))
    return forward(request, "series", key)


def _late(request: PageRequest, found: SeriesPage, value: str) -> HttpResponse:
    """The rows of a part, which the page has left out until it was opened."""
    part = found.part(value)
    if part is None:
        raise Http404
    fragments = {f"{LATE}{value}": "library/_season_rows.html"}
    return page(request, "library/series.html", PartPage(found, part), fragments=fragments)


def _wanted(request: PageRequest) -> Wanted:
    """What of the page is asked for. What makes no sense is the beginning of it."""
    said = request.headers.get(OPENED)
    opened = request.GET.getlist("open") if said is None else said.split()
    return Wanted(
        _choice(Tab, request.GET.get("tab", ""), Tab.EPISODES),
        _choice(View, request.GET.get("view", ""), View.LIST),
        opened_in(opened),
        is_all=said is not None,
    )


def _choice(kind: type[Choice], said: str, usual: Choice) -> Choice:
    return kind(said) if said in set(kind) else usual


def _chosen(request: HttpRequest, name: str) -> list[str]:
    """The choices of a form in their order; an empty place and one named before say nothing."""
    return list(dict.fromkeys(one for one in request.POST.getlist(name)[:MOST_CHOICES] if one))


def _series(key: str, *, deleted: bool = False) -> AnimeSeries:
    try:
        return services.get_series(key, deleted=deleted)
    except SeriesNotFound as error:
        raise Http404(text_of(error)) from error
