"""The queue over HTTP. Each view parses, calls one service and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from aniworld.web.pagination import Pages
from aniworld.web.serializers import valid
from downloads import services
from downloads.api import serializers as written
from downloads.api import shapes
from downloads.choices import Status
from downloads.errors import ItemNotFound
from downloads.models import DownloadQueueItem, QueueItems
from downloads.services import Added, Changed, EpisodeRef
from downloads.snapshots import QueueStatus, rows
from library.services import get_series


class QueueStatusView(APIView):
    @extend_schema(responses=shapes.QueueStatusSerializer)
    def get(self, _request: Request) -> Response:
        """The state of the queue, its counts and the first 100 items of each list."""
        return Response(services.status())


class QueueItemsView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("status", enum=Status.values),
            OpenApiParameter("series", description="A series key."),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int),
        ],
        responses=shapes.QueueItemSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """All items, the waiting ones in the order of the queue, then the newest first."""
        wanted = valid(written.ItemFilterSerializer(data=request.query_params.dict()))
        pages = Pages()
        page: list[Any] | None = pages.paginate_queryset(rows(_items(wanted)), request, view=self)
        return pages.get_paginated_response(services.serialise_page(page or []))


def _items(wanted: dict[str, Any]) -> QueueItems:
    items = DownloadQueueItem.objects.listed()
    if "status" in wanted:
        items = items.filter(status=wanted["status"])
    if "series" in wanted:
        items = items.filter(series__key=wanted["series"])
    return items.order_by(F("completed_at").desc(nulls_first=True), "priority", "position", "-id")


class AddView(APIView):
    @extend_schema(request=written.AddToQueueSerializer, responses={201: shapes.AddedSerializer})
    def post(self, request: Request) -> Response:
        """Queue episodes of a series of the library."""
        data = valid(written.AddToQueueSerializer(data=request.data))
        added = services.enqueue(
            series_key=data["serie_id"],
            episodes=[EpisodeRef(**episode) for episode in data["episodes"]],
            priority=data["priority"],
        )
        return _added(added)


class SeriesDownloadView(APIView):
    @extend_schema(request=written.DownloadSerializer, responses={201: shapes.AddedSerializer})
    def post(self, request: Request, key: str) -> Response:
        """Queue some episodes of a series, or all that are missing."""
        series = get_series(key)
        data = valid(written.DownloadSerializer(data=request.data))
        if data["episodes"] is None:
            return _added(
                services.enqueue_missing(series_key=series.key, priority=data["priority"])
            )
        episodes = [EpisodeRef(**episode) for episode in data["episodes"]]
        return _added(
            services.enqueue(series_key=series.key, episodes=episodes, priority=data["priority"])
        )


def _added(added: Added) -> Response:
    answer = {
        "added_items": [str(pk) for pk in added.ids],
        "skipped": [
            {"season": one.season, "episode": one.episode, "reason": one.reason}
            for one in added.skipped
        ],
        "message": added.message,
    }
    return Response(answer, status=status.HTTP_201_CREATED)


class ItemView(APIView):
    @extend_schema(operation_id="queue_item_remove", responses={204: None})
    def delete(self, _request: Request, item_id: str) -> Response:
        """Take one item out; an active one is cancelled."""
        services.remove_one(item_id=_number(item_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RemoveView(APIView):
    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="queue_items_remove",
        request=written.ItemIdsSerializer,
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        """Take many items out; those that are not there are passed over."""
        return self.post(request)

    @extend_schema(request=written.ItemIdsSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """The same for clients that cannot send a body with DELETE."""
        services.remove(**valid(written.ItemIdsSerializer(data=request.data)))
        return Response(status=status.HTTP_204_NO_CONTENT)


class QueueRootView(RemoveView):
    """``DELETE /api/queue/``."""

    http_method_names = ["delete", "options"]


class UndoView(APIView):
    @extend_schema(request=written.OptionalItemIdsSerializer, responses=shapes.RestoredSerializer)
    def post(self, request: Request) -> Response:
        """Bring back what was removed or cleared in the last ten minutes."""
        chosen = valid(written.OptionalItemIdsSerializer(data=request.data))
        return _changed("restored", services.undo(**chosen))


class StartView(APIView):
    @extend_schema(request=written.StartSerializer, responses=shapes.QueueStatusSerializer)
    def post(self, request: Request) -> Response:
        """Let the worker go on until nothing is pending, or for ``limit`` items."""
        return Response(services.start(**valid(written.StartSerializer(data=request.data))))


class _ControlView(APIView):
    service: Callable[[], QueueStatus]

    @extend_schema(request=None, responses=shapes.QueueStatusSerializer)
    def post(self, _request: Request) -> Response:
        return Response(type(self).service())


class StopView(_ControlView):
    """Start nothing new; the active item finishes."""

    service = services.stop


class PauseView(_ControlView):
    """Start nothing new until resumed; the active item finishes."""

    service = services.pause


class ResumeView(_ControlView):
    """End a pause."""

    service = services.resume


class ReorderView(APIView):
    @extend_schema(request=written.ReorderSerializer, responses=shapes.MovedSerializer)
    def post(self, request: Request) -> Response:
        """Move a waiting item within its priority."""
        wanted = valid(written.ReorderSerializer(data=request.data))
        place = services.reorder(**wanted)
        return Response({"item_id": str(wanted["item_id"]), "position": place})


class HoldView(APIView):
    @extend_schema(request=written.ItemIdsSerializer, responses=shapes.HeldSerializer)
    def post(self, request: Request) -> Response:
        """Let the worker pass these items by."""
        chosen = valid(written.ItemIdsSerializer(data=request.data))
        return _changed("held", services.hold(**chosen))


class ReleaseView(APIView):
    @extend_schema(request=written.ItemIdsSerializer, responses=shapes.ReleasedSerializer)
    def post(self, request: Request) -> Response:
        """Put held items back."""
        chosen = valid(written.ItemIdsSerializer(data=request.data))
        return _changed("released", services.release(**chosen))


class ClearView(APIView):
    @extend_schema(operation_id="queue_clear", responses=shapes.ClearedSerializer)
    def delete(self, _request: Request, which: str) -> Response:
        """Take all completed, or all failed, items off the lists."""
        return Response({"cleared_count": services.clear(status=Status(which.upper()))})


class RetryView(APIView):
    @extend_schema(request=written.OptionalItemIdsSerializer, responses=shapes.RetriedSerializer)
    def post(self, request: Request) -> Response:
        """Queue failed items again; no ids means all of them."""
        chosen = valid(written.OptionalItemIdsSerializer(data=request.data))
        return _changed("retried", services.retry(**chosen))


class RetryOneView(APIView):
    @extend_schema(operation_id="queue_retry_one", request=None, responses=shapes.RetriedSerializer)
    def post(self, _request: Request, item_id: str) -> Response:
        """Queue one failed item again."""
        return _changed("retried", services.retry_one(item_id=_number(item_id)))


def _changed(word: str, changed: Changed) -> Response:
    return Response(
        {
            f"{word}_count": len(changed.ids),
            f"{word}_ids": [str(pk) for pk in changed.ids],
            "skipped": changed.skipped,
        }
    )


def _number(item_id: str) -> int:
    if not (item_id.isascii() and item_id.isdecimal() and len(item_id) < 19):
        raise ItemNotFound(f"There is no item {item_id!r} in the queue.")
    return int(item_id)
