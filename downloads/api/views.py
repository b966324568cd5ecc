"""The queue over HTTP. Each view parses, calls one service and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import F
from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from downloads import services
from downloads.api import serializers as written
from downloads.api import shapes
from downloads.choices import Status
from downloads.errors import (
    EpisodeTaken,
    InvalidRequest,
    ItemNotFound,
    NotFailed,
    NothingKept,
    NothingToLift,
    NotPending,
    OtherFolder,
    SeriesUnknown,
)
from downloads.finding import Wanted, found
from downloads.models import DownloadQueueItem, QueueItems
from downloads.services import EpisodeRef
from downloads.snapshots import QueueItem, QueueStatus, rows


@needs(Right.VIEW)
class QueueStatusView(APIView):
    def get(self, _request: Request) -> Answer[QueueStatus]:
        """The state of the queue, its counts and the first 100 items of each list."""
        return Answer(services.status())


@needs(Right.VIEW)
class QueueItemsView(APIView):
    @described(query=written.ItemFilterSerializer)
    def get(self, request: Request) -> Answer[Page[QueueItem]]:
        """All items, the waiting ones in the order of the queue, then the newest first."""
        wanted = query_of(request, written.ItemFilterSerializer)
        return Answer(page_of(request, rows(_items(wanted)), services.serialise_page))


def _items(wanted: dict[str, Any]) -> QueueItems:
    items = DownloadQueueItem.objects.listed()
    if "series" in wanted:
        items = items.filter(series__key=wanted["series"])
    sought = Wanted(
        statuses=[wanted["status"]] if "status" in wanted else (),
        language=wanted.get("language", ""),
        day=wanted.get("day"),
        text=wanted.get("q", ""),
    )
    return found(items, sought).order_by(
        F("completed_at").desc(nulls_first=True), "priority", "position", "-id"
    )


@needs(Right.OPERATE)
class AddView(APIView):
    @described(
        body=written.AddToQueueSerializer,
        raises=(InvalidRequest, SeriesUnknown, OtherFolder, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request) -> Created[shapes.AddedToQueue]:
        """Queue episodes of a series of the library."""
        data = valid(written.AddToQueueSerializer(data=request.data))
        added = services.enqueue(
            series_key=data["serie_id"],
            episodes=[EpisodeRef(**episode) for episode in data["episodes"]],
            priority=data["priority"],
            folder=data["serie_folder"],
        )
        return Created(shapes.added_to_queue(added))


@needs(Right.OPERATE)
class SeriesDownloadView(APIView):
    @described(
        body=written.DownloadSerializer,
        raises=(InvalidRequest, SeriesUnknown, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request, key: str) -> Created[shapes.AddedToQueue]:
        """Queue some episodes of a series, or all that are missing."""
        data = valid(written.DownloadSerializer(data=request.data))
        wanted, priority = data["episodes"], data["priority"]
        if wanted is None:
            added = services.enqueue_missing(series_key=key, priority=priority)
        else:
            episodes = [EpisodeRef(**episode) for episode in wanted]
            added = services.enqueue(series_key=key, episodes=episodes, priority=priority)
        return Created(shapes.added_to_queue(added))


@needs(Right.OPERATE)
class ItemView(APIView):
    @described(operation_id="queue_item_remove", raises=(ItemNotFound,))
    def delete(self, _request: Request, item_id: str) -> NoContent:
        """Take one item out; an active one is cancelled."""
        services.remove_one(item_id=_number(item_id))
        return NoContent()


@needs(Right.OPERATE)
class RemoveView(APIView):
    http_method_names = ["post", "options"]

    @described(operation_id="queue_items_remove", body=written.ItemIdsSerializer)
    def delete(self, request: Request) -> NoContent:
        """Take many items out; those that are not there are passed over."""
        return self.post(request)

    @described(body=written.ItemIdsSerializer)
    def post(self, request: Request) -> NoContent:
        """The same for clients that cannot send a body with DELETE."""
        services.remove(**valid(written.ItemIdsSerializer(data=request.data)))
        return NoContent()


class QueueRootView(RemoveView):
    """``DELETE /api/queue/``."""

    http_method_names = ["delete", "options"]


@needs(Right.OPERATE)
class UndoView(APIView):
    @described(body=written.OptionalItemIdsSerializer)
    def post(self, request: Request) -> Answer[shapes.Restored]:
        """Bring back what was removed or cleared in the last ten minutes."""
        chosen = valid(written.OptionalItemIdsSerializer(data=request.data))
        return Answer(shapes.restored(services.undo(**chosen)))


@needs(Right.OPERATE)
class StartView(APIView):
    @described(body=written.StartSerializer, raises=(InvalidRequest, *CONFIG_UNREADABLE))
    def post(self, request: Request) -> Answer[QueueStatus]:
        """Let the worker go on until nothing is pending, or for ``limit`` items."""
        return Answer(services.start(**valid(written.StartSerializer(data=request.data))))


@needs(Right.OPERATE)
class _ControlView(APIView):
    service: Callable[[], QueueStatus]

    def post(self, _request: Request) -> Answer[QueueStatus]:
        return Answer(type(self).service())


class StopView(_ControlView):
    """Start nothing new; the active item finishes."""

    service = services.stop


class PauseView(_ControlView):
    """Start nothing new until resumed; the active item finishes."""

    service = services.pause


class ResumeView(_ControlView):
    """End a pause."""

    service = services.resume


@needs(Right.OPERATE)
class ReorderView(APIView):
    @described(body=written.ReorderSerializer, raises=(NotPending,))
    def post(self, request: Request) -> Answer[shapes.Moved]:
        """Move a waiting item within its priority."""
        wanted = valid(written.ReorderSerializer(data=request.data))
        place = services.reorder(**wanted)
        return Answer({"item_id": str(wanted["item_id"]), "position": place})


@needs(Right.OPERATE)
class MoveView(APIView):
    @described(body=written.MoveToEndSerializer)
    def post(self, request: Request) -> Answer[shapes.MovedToEnd]:
        """Move waiting items to the top or the bottom of their priority, in their order."""
        wanted = valid(written.MoveToEndSerializer(data=request.data))
        moved = services.move_to(item_ids=wanted["item_ids"], end=wanted["to"])
        return Answer(shapes.moved_to_end(moved))


@needs(Right.OPERATE)
class HoldView(APIView):
    @described(body=written.ItemIdsSerializer)
    def post(self, request: Request) -> Answer[shapes.Held]:
        """Let the worker pass these items by."""
        chosen = valid(written.ItemIdsSerializer(data=request.data))
        return Answer(shapes.held(services.hold(**chosen)))


@needs(Right.OPERATE)
class ReleaseView(APIView):
    @described(body=written.ItemIdsSerializer)
    def post(self, request: Request) -> Answer[shapes.Released]:
        """Put held items back."""
        chosen = valid(written.ItemIdsSerializer(data=request.data))
        return Answer(shapes.released(services.release(**chosen)))


@needs(Right.OPERATE)
class NowView(APIView):
    @described(body=written.ItemIdsSerializer)
    def post(self, request: Request) -> Answer[shapes.Exempted]:
        """Let these items be fetched whatever quiet hours and budgets say, in their order."""
        chosen = valid(written.ItemIdsSerializer(data=request.data))
        return Answer(shapes.exempted(services.exempt(**chosen)))


@needs(Right.OPERATE)
class LaterView(APIView):
    @described(body=written.ItemIdsSerializer)
    def post(self, request: Request) -> Answer[shapes.Exempted]:
        """Let these items wait for quiet hours and budgets again."""
        chosen = valid(written.ItemIdsSerializer(data=request.data))
        return Answer(shapes.exempted(services.bind(**chosen)))


@needs(Right.OPERATE)
class LiftView(APIView):
    @described(
        operation_id="queue_lift",
        body=written.LiftSerializer,
        raises=(NothingToLift, *CONFIG_UNREADABLE),
    )
    def post(self, request: Request) -> Answer[QueueStatus]:
        """Let quiet hours and budgets not count until the present window or the day ends."""
        return Answer(services.lift(**valid(written.LiftSerializer(data=request.data))))

    @described(operation_id="queue_lift_end", raises=CONFIG_UNREADABLE)
    def delete(self, _request: Request) -> Answer[QueueStatus]:
        """Let them count again."""
        return Answer(services.keep())


@needs(Right.OPERATE)
class ClearView(APIView):
    which: Status

    def delete(self, _request: Request) -> Answer[shapes.Cleared]:
        return Answer({"cleared_count": services.clear(status=self.which)})


class ClearCompletedView(ClearView):
    """Take all completed items off the list."""

    which = Status.COMPLETED


class ClearFailedView(ClearView):
    """Take all failed items off the list."""

    which = Status.FAILED


@needs(Right.OPERATE)
class ClearWaitingView(APIView):
    def delete(self, _request: Request) -> Answer[shapes.Cleared]:
        """Take out all that waits, held or not; what is being downloaded stays."""
        return Answer({"cleared_count": services.clear_waiting()})


@needs(Right.OPERATE)
class RetryView(APIView):
    @described(body=written.OptionalItemIdsSerializer)
    def post(self, request: Request) -> Answer[shapes.Retried]:
        """Queue failed items again; no ids means all of them."""
        chosen = valid(written.OptionalItemIdsSerializer(data=request.data))
        return Answer(shapes.retried(services.retry(**chosen)))


@needs(Right.OPERATE)
class RetryOneView(APIView):
    @described(operation_id="queue_retry_one", raises=(ItemNotFound, NotFailed))
    def post(self, _request: Request, item_id: str) -> Answer[shapes.Retried]:
        """Queue one failed item again."""
        return Answer(shapes.retried(services.retry_one(item_id=_number(item_id))))


@needs(Right.OPERATE)
class TakeView(APIView):
    @described(operation_id="queue_take", raises=(ItemNotFound, NothingKept, EpisodeTaken))
    def post(self, _request: Request, item_id: str) -> NoContent:
        """Place the suspicious file that a failed item has kept aside, as it is."""
        services.take(item_id=_number(item_id))
        return NoContent()


@needs(Right.OPERATE)
class DiscardView(APIView):
    @described(operation_id="queue_discard", raises=(ItemNotFound, NothingKept))
    def post(self, _request: Request, item_id: str) -> NoContent:
        """Give up the suspicious file that a failed item has kept aside."""
        services.discard(item_id=_number(item_id))
        return NoContent()


def _number(item_id: str) -> int:
    if not (item_id.isascii() and item_id.isdecimal() and len(item_id) < 19):
        raise ItemNotFound(item=item_id)
    return int(item_id)
