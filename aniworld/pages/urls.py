from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from aniworld.pages.calendar import feed_views
from aniworld.pages.calendar.views import calendar
from aniworld.pages.catalogue.views import catalogue
from aniworld.pages.keyboard.views import commands, keyboard
from aniworld.pages.missing.views import missing, queue_chosen
from aniworld.pages.series.views import preferences, series_page
from aniworld.pages.statistics.views import statistics
from aniworld.web.permissions import open_to_all


@open_to_all
@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Browsers ask for it where a page of others names no icon: the API, a file."""
    return HttpResponseRedirect(static("img/logo.svg"))


urlpatterns = [
    path("favicon.ico", favicon, name="favicon"),
    re_path(r"^calendar/?$", calendar, name="calendar"),
    re_path(r"^catalogue/?$", catalogue, name="catalogue"),
    re_path(r"^statistics/?$", statistics, name="statistics"),
    re_path(r"^missing/?$", missing, name="missing"),
    path("missing/queue", queue_chosen, name="missing-queue"),
    re_path(r"^keyboard/?$", keyboard, name="keyboard"),
    path("keyboard/commands", commands, name="commands"),
    path("calendar.ics", feed_views.calendar_feed, name="calendar-ics"),
    re_path(r"^calendar/feed/?$", feed_views.feed_page, name="calendar-feed"),
    path("calendar/feed/issue", feed_views.issue_feed, name="calendar-feed-issue"),
    path("calendar/feed/revoke", feed_views.revoke_feed, name="calendar-feed-revoke"),
    re_path(r"^series/(?P<key>[^/]+)/?$", series_page, name="series"),
    re_path(r"^series/(?P<key>[^/]+)/preferences$", preferences, name="series-preferences"),
]
