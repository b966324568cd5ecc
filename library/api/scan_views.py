"""Scans and what they leave to the owner, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aniworld.web.errors import AppError
from aniworld.web.pagination import Pages
from aniworld.web.serializers import valid
from library import services
from library.api import serializers, shapes
from library.models import UnmatchedFolder
from library.services import scans
from providers.errors import ProviderError


class RescanView(APIView):
    @extend_schema(
        request=serializers.RescanSerializer, responses={202: serializers.OperationSerializer}
    )
    def post(self, request: Request) -> Response:
        """Scan the library folders in a process of their own; one scan at a time."""
        data = valid(serializers.RescanSerializer(data=request.data))
        operation = scans.start(**data)
        answer = {"operation_id": str(operation.operation_id), "state": operation.state}
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class RescanCancelView(APIView):
    @extend_schema(request=None, responses={202: serializers.OperationSerializer})
    def post(self, _request: Request) -> Response:
        """End the running scan between two folders."""
        operation = scans.cancel()
        answer = {"operation_id": str(operation.operation_id), "state": operation.state}
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class RescanStatusView(APIView):
    @extend_schema(responses=serializers.StatusSerializer)
    def get(self, _request: Request) -> Response:
        """The running scan, or else the last one."""
        return Response(scans.status_json())


class UnmatchedView(APIView):
    @extend_schema(responses=serializers.UnmatchedSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Folders no series was found for, with what may be meant."""
        rows = UnmatchedFolder.objects.filter(root__is_active=True).select_related("root")
        pages = Pages()
        page = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response([shapes.unmatched_row(row) for row in page])


class MatchView(APIView):
    @extend_schema(request=serializers.PickSerializer, responses=serializers.SeriesSerializer)
    def post(self, request: Request, folder_id: str) -> Response:
        """Say which series a folder holds."""
        data = valid(serializers.PickSerializer(data=request.data))
        series = services.match_folder(folder_id, **data)
        return Response(shapes.series_rows([series])[0])


class UnmatchView(APIView):
    @extend_schema(request=None, responses=serializers.UnmatchedSerializer)
    def post(self, _request: Request, key: str) -> Response:
        """Say that a folder is not this series: it leaves the library, the folder is unmatched."""
        row = services.unmatch_series(services.get_series(key))
        return Response(shapes.unmatched_row(row))


class BulkMatchView(APIView):
    @extend_schema(
        operation_id="unmatched_match_many",
        request=serializers.BulkSerializer,
        responses={200: dict},
    )
    def post(self, request: Request) -> Response:
        """Say it for many folders at once; what fails is named and stops nothing."""
        data = valid(serializers.BulkSerializer(data=request.data))
        matched: list[dict[str, str]] = []
        failed: list[dict[str, str]] = []
        for pick in data["matches"]:
            _match(pick, matched, failed)
        return Response({"matched": matched, "failed": failed})


def _match(
    pick: dict[str, Any], matched: list[dict[str, str]], failed: list[dict[str, str]]
) -> None:
    try:
        series = services.match_folder(pick["id"], site=pick["site"], key=pick["key"])
    except (AppError, ProviderError) as error:
        failed.append({"id": pick["id"], "code": error.code, "detail": str(error)})
    else:
        matched.append({"id": pick["id"], "key": series.key})
