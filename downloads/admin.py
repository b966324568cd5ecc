"""The queue in Django's admin: to look at; changes go through the services."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from downloads.models import DownloadQueueItem, QueueState


class ReadOnly:
    """Rows that only the services write: a change by hand would raise no event."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


@admin.register(DownloadQueueItem)
class DownloadQueueItemAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "id",
        "series",
        "season",
        "episode_number",
        "status",
        "priority",
        "progress_percent",
        "retry_count",
        "error_code",
    )
    list_filter = ("status", "priority", "error_code")
    list_select_related = ("series",)
    search_fields = ("series__name", "series__key", "title")


@admin.register(QueueState)
class QueueStateAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "is_running", "is_paused", "pause_code", "lease_holder", "heartbeat_at")
