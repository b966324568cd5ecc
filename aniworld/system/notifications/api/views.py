"""Notifications over HTTP: the inbox for everybody, the rest for the owner."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from aniworld.config.errors import CONFIG_UNREADABLE, CONFIG_UNWRITTEN
from aniworld.journal.actors import current_actor
from aniworld.system.notifications import services, shapes
from aniworld.system.notifications.api import serializers
from aniworld.system.notifications.errors import (
    MessageNotFound,
    MessageNotOver,
    TargetExists,
    TargetNotFound,
    TargetUnusable,
    TooManyTargets,
)
from aniworld.system.notifications.models import Delivery, InboxMessage, InboxQuerySet
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.ids import whole
from aniworld.web.pagination import Page, page_of
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import query_of, valid
from aniworld.web.texts import told_of

_CHANGING = (TargetUnusable, *CONFIG_UNWRITTEN)


@needs(Right.VIEW)
class InboxView(APIView):
    @described(query=serializers.InboxQuery)
    def get(self, request: Request) -> Answer[Page[shapes.InboxEntry]]:
        """What happened, the newest first. Faults and backups are shown to owners alone."""
        query = query_of(request, serializers.InboxQuery)
        found = _inbox().newest_first()
        if "event" in query:
            found = found.filter(kind=query["event"])
        if "unread" in query:
            found = found.filter(read_at__isnull=query["unread"])
        return Answer(page_of(request, found, shapes.inbox_entries))


@needs(Right.OPERATE)
class InboxReadView(APIView):
    @described(body=serializers.InboxReadSerializer)
    def post(self, request: Request) -> Answer[shapes.InboxCount]:
        """Mark messages as read; all of them without `ids`."""
        sent = valid(serializers.InboxReadSerializer(data=request.data))
        services.mark_read(sent.get("ids"), is_owner=_is_owner())
        return Answer({"unread": _inbox().unread().count()})


@needs(Right.OPERATE)
class InboxUnreadView(APIView):
    @described(body=serializers.InboxIdsSerializer)
    def post(self, request: Request) -> Answer[shapes.InboxCount]:
        """Mark messages as unread."""
        sent = valid(serializers.InboxIdsSerializer(data=request.data))
        services.mark_unread(sent["ids"], is_owner=_is_owner())
        return Answer({"unread": _inbox().unread().count()})


@needs(Right.OWN)
class LogView(APIView):
    @described(query=serializers.LogQuery)
    def get(self, request: Request) -> Answer[Page[shapes.DeliveryEntry]]:
        """What was sent, waits or was given up, the newest first."""
        query = query_of(request, serializers.LogQuery)
        found = Delivery.objects.filter(**query).newest_first()
        return Answer(page_of(request, found, shapes.delivery_entries))


@needs(Right.OWN)
class SendAgainView(APIView):
    @described(raises=(MessageNotFound, MessageNotOver, TargetNotFound, *CONFIG_UNREADABLE))
    def post(self, _request: Request, delivery_id: str) -> Answer[shapes.DeliveryEntry]:
        """Let a message be sent that was given up."""
        row = services.send_again(whole(delivery_id) or 0)
        return Answer(shapes.delivery_entry(row))


@needs(Right.OWN)
class TargetsView(APIView):
    @described(raises=CONFIG_UNREADABLE)
    def get(self, _request: Request) -> Answer[list[shapes.TargetEntry]]:
        """Where messages are sent. Addresses and secrets are masked."""
        return Answer(shapes.target_entries())

    @described(body=serializers.TargetSerializer, raises=(TargetExists, TooManyTargets, *_CHANGING))
    def post(self, request: Request) -> Created[shapes.TargetEntry]:
        """Set up a target. Whether its address can be used is tried; nothing is sent."""
        sent = valid(serializers.TargetSerializer(data=request.data))
        name = sent.pop("name")
        return Created(shapes.target_entry(services.add_target(name, sent)))


@needs(Right.OWN)
class TargetView(APIView):
    @described(raises=(TargetNotFound, *CONFIG_UNREADABLE))
    def get(self, _request: Request, name: str) -> Answer[shapes.TargetEntry]:
        """One target, and how it goes with it."""
        return Answer(shapes.target_entry(services.get_target(name)))

    @described(body=serializers.TargetChangeSerializer, raises=(TargetNotFound, *_CHANGING))
    def patch(self, request: Request, name: str) -> Answer[shapes.TargetEntry]:
        """Change a target; what is left out, or sent back masked, stays as it is."""
        sent = valid(serializers.TargetChangeSerializer(data=request.data))
        return Answer(shapes.target_entry(services.change_target(name, sent)))

    @described(raises=(TargetNotFound, *CONFIG_UNWRITTEN))
    def delete(self, _request: Request, name: str) -> NoContent:
        """Remove a target; what waits for it is not sent."""
        services.remove_target(name)
        return NoContent()


@needs(Right.OWN)
class TargetTestView(APIView):
    @described(raises=(TargetNotFound, *CONFIG_UNREADABLE))
    def post(self, _request: Request, name: str) -> Answer[shapes.TestResult]:
        """Send a message there now; it answers when that is done, within 20 seconds."""
        outcome = services.test_target(name)
        error = told_of(outcome.error) if outcome.error else None
        return Answer({"ok": error is None, "seconds": round(outcome.seconds, 2), "error": error})


def _is_owner() -> bool:
    return current_actor().right >= Right.OWN


def _inbox() -> InboxQuerySet:
    """What whoever asks may see of it."""
    found = InboxMessage.objects.all()
    return found if _is_owner() else found.shown_to_all()
