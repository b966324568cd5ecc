"""The queue in Django's admin: to look at; changes go through the services."""

from __future__ import annotations

from django.contrib import admin

from aniworld.web.admin import ReadOnlyAdmin
from downloads.models import AutomaticPick, DownloadQueueItem, FetchedDay, QueueState


@admin.register(DownloadQueueItem)
class DownloadQueueItemAdmin(ReadOnlyAdmin):
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


@admin.register(AutomaticPick)
class AutomaticPickAdmin(ReadOnlyAdmin):
    list_display = ("series", "season", "episode_number", "language", "picked_at")
    list_filter = ("language",)
    list_select_related = ("series",)
    search_fields = ("series__name", "series__key")


@admin.register(QueueState)
class QueueStateAdmin(ReadOnlyAdmin):
    list_display = ("id", "is_running", "is_paused", "pause_code", "lease_holder", "heartbeat_at")


@admin.register(FetchedDay)
class FetchedDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "bytes", "episodes", "failed")
    ordering = ("-day",)
