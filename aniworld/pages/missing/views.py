"""What is missing as a page and over HTTP."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.events.pages import live_page
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.pages.missing import reading, serializers, shapes
from aniworld.pages.missing.page import asked_for, missing_page
from aniworld.pages.missing.queueing import Chosen, places_in, queue
from aniworld.web.answers import Answer, Created, described
from aniworld.web.page import PageRequest, forward, page, told
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from downloads.errors import InvalidRequest
from downloads.pages.added import tell_added


@needs(Right.VIEW)
@require_safe
@live_page
def missing(request: PageRequest) -> HttpResponse:
    """Everything that is missing; for htmx also what opens in the row of a series."""
    context = missing_page(request.GET.dict())
    fragments = {"live": "missing/_missing.html"}
    if context.group is not None:
        fragments[f"episodes-{context.group.series.pk}"] = "missing/_episodes.html"
    return page(request, "missing/missing.html", context, fragments=fragments)


@needs(Right.OPERATE)
@require_POST
def queue_chosen(request: PageRequest) -> HttpResponse:
    """Queue the ticked series and episodes, or everything that passes the filters."""
    chosen = Chosen(
        everything="everything" in request.POST,
        keys=request.POST.getlist("keys"),
        places=places_in(request.POST.getlist("episodes")),
    )
    with told(request), noting() as noted:
        added = queue(asked_for(request.POST.dict()), chosen)
        tell_added(request, added, undo=undo_address(noted) if len(noted) == 1 else "")
    return forward(request, "missing")


@needs(Right.VIEW)
class MissingView(APIView):
    @described(operation_id="missing", query=serializers.MissingQuery)
    def get(self, request: Request) -> Answer[shapes.MissingSeriesPage]:
        """The monitored series that miss anything, by name, each with how many episodes."""
        wanted = serializers.wanted_of(query_of(request, serializers.MissingQuery))
        groups = reading.groups(wanted)
        listed = page_of(request, groups, lambda rows: shapes.series_rows(wanted, rows))
        return Answer({**listed, "episodes": sum(count for _pk, count in groups)})


@needs(Right.VIEW)
class MissingEpisodesView(APIView):
    @described(operation_id="missing_episodes", query=serializers.EpisodesQuery)
    def get(self, request: Request) -> Answer[Page[shapes.MissingEpisode]]:
        """The missing episodes one by one: by their series, or those of which the day is known by
        that."""
        query = query_of(request, serializers.EpisodesQuery)
        found = reading.in_order(serializers.wanted_of(query), query["ordering"])
        return Answer(page_of(request, found, shapes.episode_rows))


@needs(Right.OPERATE)
class MissingQueueView(APIView):
    @described(
        operation_id="missing_queue",
        body=serializers.QueueSerializer,
        raises=(InvalidRequest, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request) -> Created[shapes.MissingQueued]:
        """Queue what passes the filters: of all series, or of the named ones."""
        data = valid(serializers.QueueSerializer(data=request.data))
        keys = data.get("keys")
        chosen = Chosen(everything=keys is None, keys=keys or ())
        added = queue(serializers.wanted_of(data), chosen, priority=data["priority"])
        return Created(shapes.queued(added))
