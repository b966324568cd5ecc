"""Events in Django's admin: to look at, for whoever searches for what a browser was told."""

from __future__ import annotations

from django.contrib import admin

from aniworld.events.models import Operation, OutboxCursor, OutboxEvent, OutboxMark
from aniworld.web.admin import ReadOnlyAdmin


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "room", "type", "job", "created_at")
    list_filter = ("room", "type")
    ordering = ("-id",)


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    list_display = ("id", "type", "operation_id", "status", "updated_at", "finished_at")
    list_filter = ("type", "status")
    ordering = ("-id",)


@admin.register(OutboxMark)
class OutboxMarkAdmin(ReadOnlyAdmin):
    list_display = ("id", "trimmed_to")


@admin.register(OutboxCursor)
class OutboxCursorAdmin(ReadOnlyAdmin):
    list_display = ("name", "last_id")
