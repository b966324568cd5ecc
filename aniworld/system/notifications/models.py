"""What is told: the inbox, what is sent to whom, and who sends."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aniworld.system.notifications.choices import OVER, OWNERS, DeliveryState, Kind
from aniworld.web.columns import CodedColumns
from aniworld.web.mixins import is_one_of

KEPT_MESSAGES = 2_000
KEPT_DELIVERIES = 5_000
KEPT_FOR = timedelta(days=90)
# Nothing is put off for longer: a moment that is farther off was written by a clock that was ahead,
# and holds nothing back.
LONGEST_WAIT = timedelta(hours=1, minutes=1)


class InboxQuerySet(models.QuerySet["InboxMessage"]):
    def newest_first(self) -> Self:
        return self.order_by("-at", "-id")

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def shown_to_all(self) -> Self:
        """Without what is the owner's alone."""
        return self.exclude(kind__in=OWNERS)

    def forget_old(self, now: datetime) -> int:
        """Delete what is too old or too much; returns how many went."""
        beyond = list(self.newest_first().values_list("pk", flat=True)[KEPT_MESSAGES:])
        gone, _ = self.filter(Q(at__lt=now - KEPT_FOR) | Q(pk__in=beyond)).delete()
        return gone


class InboxMessage(models.Model):
    """Something that happened, for everybody who uses this installation.

    ``topic``: what of the same topic follows while it is unread is told by the same row.
    """

    kind = models.CharField(max_length=32, choices=Kind)
    topic = models.CharField(max_length=300, blank=True, default="")
    code = models.CharField(max_length=64)
    params = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    said = CodedColumns("code", "params")
    objects = InboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_one_of("kind", Kind.values), name="inbox_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="inbox_newest"),
            models.Index(fields=["topic"], condition=Q(read_at=None), name="inbox_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def newest_first(self) -> Self:
        return self.order_by("-id")

    def over(self) -> Self:
        return self.filter(state__in=OVER)

    def waiting(self) -> Self:
        return self.filter(state=DeliveryState.WAITING)

    def gathering(self) -> Self:
        return self.filter(state=DeliveryState.GATHERING)

    def sending(self) -> Self:
        return self.filter(state=DeliveryState.SENDING)

    def due(self, now: datetime) -> Self:
        """What is to be sent, the fewest tries first: one that a target never takes does not keep
        the others waiting."""
        is_due = Q(next_try_at__lte=now) | Q(next_try_at__gt=now + LONGEST_WAIT)
        return self.waiting().filter(is_due).order_by("tries", "id")

    def forget_old(self, now: datetime) -> int:
        """Delete what is over and too old or too much; returns how many went."""
        over = self.over()
        beyond = list(over.newest_first().values_list("pk", flat=True)[KEPT_DELIVERIES:])
        gone, _ = over.filter(Q(created_at__lt=now - KEPT_FOR) | Q(pk__in=beyond)).delete()
        return gone


class Delivery(models.Model):
    """One message for one target, from the first thing it tells to its end.

    ``message_id`` is the same for every try. ``items`` are what it tells: ``{kind, topic, code,
    params, count, at}``. ``closes_at``: when it is sent at the latest while it gathers.
    """

    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    target = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=DeliveryState)
    is_test = models.BooleanField(default=False)
    items = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="When something came to it last.")
    closes_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    give_up_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    error = CodedColumns("error_code", "error_params")
    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target"], condition=Q(state="GATHERING"), name="one_gathering_a_target"
            ),
            models.UniqueConstraint(
                fields=["target"], condition=Q(state="SENDING"), name="one_sending_a_target"
            ),
            models.CheckConstraint(
                condition=is_one_of("state", DeliveryState.values), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, ended_at__isnull=False)
                | (~Q(state__in=OVER) & Q(ended_at=None)),
                name="delivery_over_when_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state="WAITING") | Q(next_try_at__isnull=False),
                name="delivery_waits_for_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} for {self.target}"

    @property
    def count(self) -> int:
        """How many things it tells."""
        return sum(int(item["count"]) for item in self.items)


class TargetStateQuerySet(models.QuerySet["TargetState"]):
    def left_alone(self, now: datetime) -> Self:
        """Those that are not sent to just now."""
        return self.filter(next_at__gt=now, next_at__lte=now + LONGEST_WAIT)


class TargetState(models.Model):
    """How it goes with one target: it is left alone until ``next_at``."""

    name = models.CharField(max_length=40, unique=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failing_since = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    error = CodedColumns("error_code", "error_params")
    objects = TargetStateQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} failures={self.failures}"


class SenderLease(models.Model):
    """The one row that says which process reads the outbox and sends."""

    holder = models.CharField(max_length=150, blank=True, default="")
    host = models.CharField(max_length=255, blank=True, default="")
    pid = models.PositiveIntegerField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="sender_lease_is_single"),
        ]

    def __str__(self) -> str:
        return self.holder or "nobody"


class KnownRepair(models.Model):
    """A fault that the look at everything has found, from when it was first seen until it has been
    gone for a while. What is told of it is told once, however many processes look."""

    finding = models.CharField(max_length=128)
    code = models.CharField(max_length=64)
    params = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    severity = models.CharField(max_length=16)
    first_seen_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    mended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(mended_at=None), name="one_open_repair_a_finding"
            ),
        ]

    def __str__(self) -> str:
        return self.finding

    @classmethod
    def forget_old(cls, now: datetime | None = None) -> int:
        """Delete those that were mended long ago; returns how many went."""
        limit = (now or timezone.now()) - KEPT_FOR
        gone, _ = cls.objects.filter(mended_at__lt=limit).delete()
        return gone


Item = dict[str, Any]
