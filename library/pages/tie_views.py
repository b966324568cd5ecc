"""The sites that a series may come from: look, compare, tie, take back."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aniworld.sites import configured
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library import services
from library.errors import (
    InvalidLink,
    InvalidMapping,
    NoSiteChosen,
    SeriesNotFound,
    TieKnown,
)
from library.models import AnimeSeries
from library.pages.choosing import site_and_key
from library.pages.ties import (
    TiePage,
    comparison_numbers,
    numbering_of,
    ties_page,
    written,
)
from library.ties.services import compare, move_tie, tie_series, untie_series
from providers.errors import ProviderError


@needs(Right.OWN)
@require_safe
def ties(request: PageRequest, key: str) -> HttpResponse:
    """Where the series comes from, and a search for where else."""
    query = request.GET.get("q", "").strip()[:200]
    context = ties_page(_series(key), query, request.GET.get("site", ""))
    return page(request, "library/ties.html", context)


@needs(Right.OWN)
@require_safe
def comparison(request: PageRequest, key: str) -> HttpResponse:
    """A series of another site held against this one, with the numbering that is typed."""
    series, site = _series(key), request.GET.get("site", "")[:64]
    site_key, link = request.GET.get("key", "")[:255], request.GET.get("link", "").strip()[:2000]
    if not (site_key or link):
        return redirect("series-ties", key)
    rows = comparison_numbers(request.GET)
    context = TiePage(series, site, site_key, configured.label(site), rows)
    try:
        if not site:
            site, site_key = site_and_key(link)
            context = replace(context, site=site, key=site_key, label=configured.label(site))
        numbering = numbering_of(rows) if "typed" in request.GET else None
        found = compare(
            series, site=site, key=site_key or None, link=link or None, numbering=numbering
        )
    except (ProviderError, InvalidLink, InvalidMapping, NoSiteChosen, TieKnown) as error:
        context = replace(context, error=text_of(error))
        return page(request, "library/tie.html", context, status=422)
    numbers = rows or written(found.numbering)
    context = replace(context, key=found.info.key, numbers=numbers, compared=found)
    return page(request, "library/tie.html", context)


@needs(Right.OWN)
@require_POST
def tie(request: HttpRequest, key: str) -> HttpResponse:
    """Tie the series that was compared."""
    series = _series(key)
    with told(request):
        numbering = numbering_of(comparison_numbers(request.POST))
        site = request.POST.get("site", "")
        made = tie_series(
            series, site=site, key=request.POST.get("key") or None, numbering=numbering
        )
        words = {"name": series.name, "site": configured.label(made.site)}
        tell(request, _("%(name)s may come from %(site)s as well now.") % words)
    return forward(request, "series-ties", key)


@needs(Right.OWN)
@require_POST
def change(request: HttpRequest, key: str, tie_id: int) -> HttpResponse:
    """Take a tie out, or move it within the order."""
    series, action = _series(key), request.POST.get("action", "")
    with told(request):
        if action == "remove":
            untie_series(series, tie_id)
            tell(request, _("That tie is taken back."))
        elif action in ("up", "down"):
            move_tie(series, tie_id, -1 if action == "up" else 1)
        else:
            raise Http404
    return forward(request, "series-ties", key)


def _series(key: str) -> AnimeSeries:
    try:
        return services.get_series(key)
    except SeriesNotFound as error:
        raise Http404(text_of(error)) from error
