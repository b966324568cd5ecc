"""What catalogues have changed, over HTTP; and what the owner says where that is in doubt."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Answer, described
from aniworld.web.api import SITE_ERRORS
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from library import services
from library.api import change_shapes, serializers, shapes
from library.choices import NumbersMean
from library.errors import InvalidMapping, NothingHeld, SeriesNotFound
from library.models import CatalogueChange


@needs(Right.VIEW)
class ChangesView(APIView):
    @described(query=serializers.ChangesQuery, operation_id="changes")
    def get(self, request: Request) -> Answer[Page[change_shapes.ChangeOfCatalogue]]:
        """What the catalogues of the library's series have changed, the newest first."""
        query = query_of(request, serializers.ChangesQuery)
        rows = CatalogueChange.objects.of_active().newest_first().select_related("series")
        if query.get("series"):
            rows = rows.filter(series__key=query["series"])
        if query.get("kind"):
            rows = rows.filter(kind=query["kind"])
        return Answer(page_of(request, rows, change_shapes.change_rows))


@needs(Right.VIEW)
class SeriesChangesView(APIView):
    @described(query=serializers.KindQuery, raises=(SeriesNotFound,), operation_id="anime_changes")
    def get(self, request: Request, key: str) -> Answer[Page[change_shapes.ChangeOfCatalogue]]:
        """What the catalogue of one series has changed, the newest first."""
        query = query_of(request, serializers.KindQuery)
        series = services.get_series(key)
        rows = series.catalogue_changes.newest_first().select_related("series")
        if query.get("kind"):
            rows = rows.filter(kind=query["kind"])
        return Answer(page_of(request, rows, change_shapes.change_rows))


@needs(Right.OWN)
class NumbersView(APIView):
    @described(
        body=serializers.NumbersSerializer,
        raises=(SeriesNotFound, NothingHeld, InvalidMapping, *SITE_ERRORS, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request, key: str) -> Answer[shapes.SeriesDetails]:
        """Say what the new numbers of a held catalogue mean. The site is asked once more; what it
        lists differently by then may be held again."""
        data = valid(serializers.NumbersSerializer(data=request.data))
        series = services.get_series(key)
        series = services.decide_numbers(series, NumbersMean(data["means"]))
        return Answer(shapes.series_details(series))
