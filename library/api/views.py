"""Series over HTTP: list, add, look at, change."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aniworld.web.pagination import Pages
from aniworld.web.serializers import valid
from library import services
from library.api import serializers, shapes
from library.models import AnimeSeries
from library.models.series import AnimeSeriesQuerySet
from library.services.evidence import evidence_row


class SeriesListView(APIView):
    @extend_schema(
        parameters=[serializers.ListQuery], responses=serializers.SeriesSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """The series with missing episodes, or with `missing=all` every one."""
        query = valid(serializers.ListQuery(data=request.query_params))
        pages = Pages()
        page = pages.paginate_queryset(listed_series(query), request, view=self) or []
        return pages.get_paginated_response(shapes.series_rows(page))

    @extend_schema(
        request=serializers.AddSeriesSerializer, responses={201: serializers.SeriesSerializer}
    )
    def post(self, request: Request) -> Response:
        """Add a series; its site is asked. A removed one is brought back (200)."""
        data = valid(serializers.AddSeriesSerializer(data=request.data))
        series, is_new = services.add_series(**data)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(shapes.series_rows([series])[0], status=code)


class SeriesView(APIView):
    @extend_schema(responses=serializers.SeriesDetailsSerializer)
    def get(self, _request: Request, key: str) -> Response:
        """One series with its episodes."""
        return Response(shapes.series_details(services.get_series(key)))

    @extend_schema(
        request=serializers.ChangeSerializer, responses=serializers.SeriesDetailsSerializer
    )
    def patch(self, request: Request, key: str) -> Response:
        """Change whether it is monitored, its preferences, its folder."""
        changes = valid(serializers.ChangeSerializer(data=request.data))
        preferences = changes.pop("preferences", {})
        series = services.change_series(services.get_series(key), {**changes, **preferences})
        return Response(shapes.series_details(series))

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, key: str) -> Response:
        """Take the series out of the library; its files stay."""
        services.remove_series(services.get_series(key))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoreView(APIView):
    @extend_schema(request=None, responses=serializers.SeriesSerializer)
    def post(self, _request: Request, key: str) -> Response:
        """Bring a removed series back."""
        series = services.get_series(key, deleted=True)
        if series.is_deleted:
            series = services.restore_series(series)
        return Response(shapes.series_rows([series])[0])


class RefreshView(APIView):
    @extend_schema(request=None, responses=serializers.SeriesDetailsSerializer)
    def post(self, _request: Request, key: str) -> Response:
        """Ask the provider for the series now."""
        series = services.refresh_series(services.get_series(key))
        return Response(shapes.series_details(series))


class MappingView(APIView):
    """The ranges that tie the provider's numbers to the library's; GET exports, PUT imports."""

    @extend_schema(responses=serializers.MappingSerializer)
    def get(self, _request: Request, key: str) -> Response:
        series = services.get_series(key)
        return Response({"key": series.key, "mapping": series.mapping})

    @extend_schema(request=serializers.MappingSerializer, responses=serializers.MappingSerializer)
    def put(self, request: Request, key: str) -> Response:
        series = services.get_series(key)
        data = valid(serializers.MappingSerializer(data=request.data))
        series = services.set_mapping(series, data["mapping"])
        return Response({"key": series.key, "mapping": series.mapping})


class EvidenceView(APIView):
    @extend_schema(responses={200: dict})
    def get(self, _request: Request, key: str, season: str, episode: str) -> Response:
        """Why an episode has its state."""
        series = services.get_series(key)
        found = services.get_episode(series, int(season), int(episode))
        return Response(evidence_row(series, found))


class SearchView(APIView):
    @extend_schema(
        request=serializers.SearchSerializer, responses=serializers.FoundSerializer(many=True)
    )
    def post(self, request: Request) -> Response:
        """Search one provider, or all enabled ones."""
        data = valid(serializers.SearchSerializer(data=request.data))
        answer = services.search_sites(data["query"], site=data.get("site"))
        pages = Pages()
        rows = [shapes.found_row(found) for found in answer.results]
        response = pages.get_paginated_response(pages.paginate_queryset(rows, request, view=self))
        response.data["failures"] = answer.failures
        return response


def listed_series(query: dict[str, Any]) -> AnimeSeriesQuerySet:
    """The series a list asks for, in its order."""
    if query["removed"]:
        found = AnimeSeries.objects.exclude(deleted_at=None)
    else:
        found = AnimeSeries.objects.active()
    if query["missing"] == "some" and not query["removed"]:
        found = found.with_missing()
    if query.get("search"):
        found = found.matching(query["search"])
    if query.get("genre"):
        found = found.of_genre(query["genre"])
    if query.get("status"):
        found = found.filter(status=query["status"])
    if query["monitored"] is not None:
        found = found.filter(monitored=query["monitored"])
    name = query["ordering"].lstrip("-")
    sign = "-" if query["ordering"].startswith("-") else ""
    return found.order_by(sign + serializers.ORDERINGS[name], "id").only(*shapes.LISTED)
