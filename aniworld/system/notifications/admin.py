"""Notifications in Django's admin: to look at. What was sent is the owner's."""

from __future__ import annotations

from django.contrib import admin

from aniworld.system.notifications.models import (
    Delivery,
    InboxMessage,
    KnownRepair,
    SenderLease,
    TargetState,
)
from aniworld.web.admin import ReadOnlyAdmin


@admin.register(InboxMessage)
class InboxMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "code", "count", "at", "read_at")
    list_filter = ("kind",)
    ordering = ("-id",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "target", "state", "tries", "created_at", "next_try_at", "error_code")
    list_filter = ("state", "target")
    ordering = ("-id",)


@admin.register(TargetState)
class TargetStateAdmin(ReadOnlyAdmin):
    list_display = ("name", "failures", "failing_since", "next_at", "error_code")


@admin.register(SenderLease)
class SenderLeaseAdmin(ReadOnlyAdmin):
    list_display = ("holder", "beat_at")


@admin.register(KnownRepair)
class KnownRepairAdmin(ReadOnlyAdmin):
    list_display = ("finding", "severity", "first_seen_at", "told_at", "mended_at")
    ordering = ("-id",)
