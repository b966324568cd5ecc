"""The statistics as a page and over HTTP."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.pages.statistics import reading, serializers, shapes
from aniworld.pages.statistics.page import statistics_page
from aniworld.pages.statistics.periods import Period
from aniworld.web.answers import Answer, described
from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of


@needs(Right.VIEW)
@require_safe
def statistics(request: PageRequest) -> HttpResponse:
    """How the library grew, what was downloaded, how sites answered, what there is."""
    shown = statistics_page(request.GET.get("period", ""))
    return page(request, "statistics/statistics.html", shown)


@needs(Right.VIEW)
class StatisticsView(APIView):
    @described(operation_id="statistics", query=serializers.StatisticsQuery)
    def get(self, request: Request) -> Answer[shapes.LibraryStatistics]:
        """How the library grew, what was downloaded and how sites answered, day by day; of longer
        periods by week or month. What there is now stands beside it: `collection` as it is, `files`
        as the job `statistics` and each scan count them."""
        query = query_of(request, serializers.StatisticsQuery)
        return Answer(shapes.statistics(reading.read(Period(query["period"]))))
