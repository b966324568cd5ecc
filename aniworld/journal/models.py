"""The journal: who did what to which object, when and why, and how to take it back.

Rows are only ever added. Written later is which entry undid an entry, and which turn the one that
undid it is.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aniworld.journal.choices import ActorKind, Turn
from aniworld.web.columns import CodedColumns
from aniworld.web.mixins import is_one_of

OWNERS_AREAS = ("account", "session", "key", "config", "site")
# What is chained: who came in, keys, settings, and what was taken out of the library.
AUDITED_AREAS = (*OWNERS_AREAS, "journal")
AUDITED_ACTIONS = ("series.removed", "series.unmatched")


def is_audited(action: str) -> bool:
    """Whether an act belongs to the audit part."""
    return action.partition(".")[0] in AUDITED_AREAS or action in AUDITED_ACTIONS


class EntryQuerySet(models.QuerySet["Entry"]):
    def newest_first(self) -> Self:
        return self.order_by("-id")

    def about(self, type: str | None, id: object | None = None) -> Self:
        """The history of one object, of all of a type, or of all that have this id."""
        found = self if type is None else self.filter(object_type=type)
        return found if id is None else found.filter(object_id=str(id))

    def of_action(self, prefix: str) -> Self:
        """What was done, by a whole code or by its beginning: ``queue.`` is all of an area."""
        return self.filter(action__startswith=prefix)

    def in_areas(self, areas: Collection[str]) -> Self:
        """What was done in these areas; a room journals in a few of them."""
        beginnings = Q()
        for area in areas:
            beginnings |= Q(action__startswith=f"{area}.")
        return self.filter(beginnings) if areas else self.none()

    def shown_to_all(self) -> Self:
        """Without what is the owner's alone: who logged in from where, users, keys, settings."""
        beginnings = Q()
        for area in OWNERS_AREAS:
            beginnings |= Q(action__startswith=f"{area}.")
        return self.exclude(beginnings)

    def audited(self) -> Self:
        """The audit part."""
        return self.filter(number__isnull=False)

    def by(self, kind: ActorKind, id: str | None = None) -> Self:
        found = self.filter(actor_kind=kind)
        return found if id is None else found.filter(actor_id=id)

    def undoable(self) -> Self:
        """What can still be taken back, as far as the journal knows."""
        in_time = Q(undo_until=None) | Q(undo_until__gt=timezone.now())
        return self.filter(in_time, undo__isnull=False, undone_at=None)


class Entry(models.Model):
    """One act. ``before`` and ``after`` hold what differs, never a secret.

    The key rises with time; ``undo`` is ``{name, arguments}`` of a registered function.
    """

    at = models.DateTimeField(default=timezone.now)
    actor_kind = models.CharField(max_length=16, choices=ActorKind)
    actor_id = models.CharField(max_length=150, blank=True, default="")
    actor_name = models.CharField(max_length=255, blank=True, default="")
    origin_kind = models.CharField(max_length=16, choices=ActorKind, blank=True, default="")
    origin_id = models.CharField(max_length=150, blank=True, default="")
    origin_name = models.CharField(max_length=255, blank=True, default="")
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=32)
    object_id = models.CharField(max_length=255, blank=True, default="")
    object_name = models.CharField(max_length=500, blank=True, default="")
    before = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    reason_code = models.CharField(max_length=64, blank=True, default="")
    reason_params = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    number = models.BigIntegerField(
        null=True, blank=True, unique=True, help_text="Of the audit part; see ``chain``"
    )
    digest = models.CharField(max_length=64, blank=True, default="")
    undo = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    undo_until = models.DateTimeField(null=True, blank=True, help_text="Empty: for as long as kept")
    turn = models.CharField(max_length=8, choices=Turn, default=Turn.DONE)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="undoes"
    )

    reason = CodedColumns("reason_code", "reason_params")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="entry_by_object"),
            models.Index(fields=["actor_kind", "actor_id", "-id"], name="entry_by_actor"),
            models.Index(fields=["action", "-id"], name="entry_by_action"),
            models.Index(fields=["at"], name="entry_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=is_one_of("actor_kind", ActorKind.values), name="entry_actor_known"
            ),
            models.CheckConstraint(
                condition=is_one_of("origin_kind", ["", *ActorKind.values]),
                name="entry_origin_known",
            ),
            models.CheckConstraint(
                condition=is_one_of("turn", Turn.values), name="entry_turn_known"
            ),
            models.CheckConstraint(
                condition=~Q(action="") & ~Q(object_type=""), name="entry_says_what"
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None) | Q(undone_at__isnull=False),
                name="entry_undone_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.action} {self.object_name}"

    @property
    def params(self) -> dict[str, Any]:
        """What the sentence of the action may name."""
        return {**self.before, **self.after, "name": self.object_name, "id": self.object_id}

    @property
    def can_be_undone(self) -> bool:
        """As :meth:`EntryQuerySet.undoable`."""
        in_time = self.undo_until is None or self.undo_until > timezone.now()
        return self.undo is not None and self.undone_at is None and in_time


class AuditMark(models.Model):
    """The newest number and hash of the audit part: one row, which its writers wait for."""

    number = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"
