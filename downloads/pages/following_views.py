"""The pages of what is fetched by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.config import store
from aniworld.config.pages.sections import form_of, of_section, saved, typed
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from downloads.following.carrying import carry_out
from downloads.models import QueueState
from downloads.pages.following import (
    changed_page,
    plan_page,
    series_page,
    settings_page,
    waiting_page,
)
from downloads.pages.ranks import RanksForm
from library import services
from library.errors import SeriesNotFound
from library.models import AnimeSeries


@needs(Right.VIEW)
@require_safe
def following(request: PageRequest) -> HttpResponse:
    """What would be queued by itself now."""
    return page(request, "downloads/following.html", plan_page(request.GET.dict(), timezone.now()))


@needs(Right.VIEW)
@require_safe
def waiting(request: PageRequest) -> HttpResponse:
    """What waits for a language or a day."""
    found = waiting_page(request.GET.dict(), timezone.now())
    return page(request, "downloads/waiting.html", found)


@needs(Right.OPERATE)
@require_POST
def queue_now(request: HttpRequest) -> HttpResponse:
    """Queue what would be queued by itself, at once."""
    with told(request):
        count = len(carry_out(timezone.now()).ids)
        words = ngettext("%d episode queued.", "%d episodes queued.", count) % count
        if count and not QueueState.current().is_running:
            words += " " + _("They wait until you press Start on the queue page.")
        tell(request, words)
    return forward(request, "following")


@needs(Right.VIEW, writing=Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def series_following(request: PageRequest, key: str) -> HttpResponse:
    """What is fetched of one series by itself, and why the rest is not."""
    series = _series(key)
    if request.method != "POST":
        found = series_page(series, timezone.now())
        return page(request, "downloads/series_following.html", found)
    with noting() as noted:
        found = changed_page(series, request.POST, timezone.now())
    if found.is_refused:
        return page(request, "downloads/series_following.html", found, status=422)
    tell(request, _("Saved."), undo=undo_address(noted))
    return forward(request, "series-following", key)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PageRequest) -> HttpResponse:
    """What holds for new series, and for those that say nothing themselves."""
    config = store.load()
    listed = of_section(config, "following")
    if request.method != "POST":
        found = settings_page(request.path, config, form_of(config, listed))
        return page(request, "downloads/following_settings.html", found)
    form, ranks = typed(request, config, listed), RanksForm.typed(request.POST)
    has_own = request.POST.get("own") == "own"
    are_good = ranks.is_valid() if has_own else True
    written = ranks.written if has_own and are_good else []

    def put(values: dict[str, Any]) -> dict[str, Any]:
        return {"following": {**values, "ranks": written}}

    if are_good and saved(request, listed, form, config, put):
        return redirect(request.path)
    found = replace(settings_page(request.path, config, form), has_own=has_own)
    found = replace(found, ranks=ranks) if ranks.rows else found
    return page(request, "downloads/following_settings.html", found, status=422)


def _series(key: str) -> AnimeSeries:
    """The series of an address; none there is a page that says so."""
    try:
        return services.get_series(key)
    except SeriesNotFound as error:
        raise Http404(text_of(error)) from error
