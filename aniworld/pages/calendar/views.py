"""The calendar as a page and over HTTP."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.events.pages import live_page
from aniworld.pages.calendar import reading, serializers, shapes
from aniworld.pages.calendar.page import calendar_page
from aniworld.web.answers import Answer, described
from aniworld.web.page import PageRequest, page
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of


@needs(Right.VIEW)
@require_safe
@live_page
def calendar(request: PageRequest) -> HttpResponse:
    """What is announced, has come out and has arrived, by day, week or month."""
    return page(
        request,
        "calendar/calendar.html",
        calendar_page(request.GET.dict()),
        fragments={"live": "calendar/_calendar.html"},
    )


@needs(Right.VIEW)
class CalendarView(APIView):
    @described(operation_id="calendar", query=serializers.CalendarQuery)
    def get(self, request: Request) -> Answer[shapes.Calendar]:
        """Which episodes are announced for, came out or arrived on some days.

        What a catalogue listed at its first reading has no day; announced episodes of which none
        is known are listed apart."""
        query = query_of(request, serializers.CalendarQuery)
        found = reading.read(query["span"], serializers.wanted_of(query))
        listed = page_of(request, found.entries, shapes.entry_rows)
        return Answer(shapes.calendar(listed, query["span"], found))


@needs(Right.VIEW)
class UndatedView(APIView):
    @described(operation_id="calendar_undated", query=serializers.SeriesQuery)
    def get(self, request: Request) -> Answer[Page[shapes.AnnouncedEpisode]]:
        """The announced episodes of which no day is known, by series."""
        query = query_of(request, serializers.SeriesQuery)
        episodes = reading.undated(serializers.wanted_of(query))
        return Answer(page_of(request, episodes, shapes.announced_rows))
