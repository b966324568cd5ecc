"""What is fetched by itself, over HTTP."""

from __future__ import annotations

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Answer, Created, described
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of
from downloads.api import serializers as written
from downloads.api import shapes
from downloads.following.carrying import carry_out
from downloads.following.plan import explained, plan
from downloads.following.shapes import PlannedEpisode, planned_rows
from library import services
from library.errors import SeriesNotFound


@needs(Right.VIEW, writing=Right.OPERATE)
class PlanView(APIView):
    @described(
        operation_id="following_plan", query=written.PlanFilterSerializer, raises=CONFIG_UNREADABLE
    )
    def get(self, request: Request) -> Answer[shapes.FollowingPlan]:
        """What would be queued by itself now, and why the rest is not: nothing is changed.

        Of series that are followed; episodes that are on disk and stay as they are are left out."""
        wanted = query_of(request, written.PlanFilterSerializer)
        found = plan(timezone.now())
        rows = [
            one
            for one in found.planned
            if wanted.get("outcome") in {None, one.decision.outcome}
            and wanted.get("series") in {None, one.series.key}
        ]
        return Answer(shapes.following_plan(page_of(request, rows, planned_rows), found))

    @described(operation_id="following_queue", raises=CONFIG_UNREADABLE)
    def post(self, _request: Request) -> Created[shapes.QueuedByItself]:
        """Queue now what would be queued by itself."""
        return Created(shapes.queued_by_itself(carry_out(timezone.now())))


@needs(Right.VIEW)
class WaitingView(APIView):
    @described(operation_id="following_waiting", raises=CONFIG_UNREADABLE)
    def get(self, request: Request) -> Answer[Page[PlannedEpisode]]:
        """The episodes that wait for a language or a day, the next to end first."""
        return Answer(page_of(request, plan(timezone.now()).waiting, planned_rows))


@needs(Right.VIEW)
class SeriesPlanView(APIView):
    @described(operation_id="anime_plan", raises=(SeriesNotFound, *CONFIG_UNREADABLE))
    def get(self, request: Request, key: str) -> Answer[Page[PlannedEpisode]]:
        """What becomes of each episode of one series by itself, and why."""
        series = services.get_series(key)
        return Answer(page_of(request, explained(series, timezone.now()), planned_rows))
