"""The library in Django's admin: to look and to mend, never the everyday way."""

from __future__ import annotations

from django.contrib import admin

from aniworld.web.admin import NotAddable
from library.models import (
    AnimeSeries,
    Episode,
    LibraryRoot,
    MediaFile,
    ScannedDirectory,
    ScanOperation,
    UnmatchedFolder,
)


@admin.register(LibraryRoot)
class LibraryRootAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("path", "position", "is_active", "file_count", "frozen_reason", "error")
    readonly_fields = ("identity", "grammar", "file_count", "last_scanned_at")


@admin.register(AnimeSeries)
class AnimeSeriesAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "key", "folder", "site", "missing_count", "monitored", "deleted_at")
    list_filter = ("monitored", "status", "site", "removal_held")
    search_fields = ("name", "key", "folder")
    readonly_fields = ("total_episodes", "downloaded_count", "missing_count", "unavailable_count")


@admin.register(Episode)
class EpisodeAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("series", "season", "episode_number", "title", "state", "file_path")
    list_filter = ("state", "kind")
    list_select_related = ("series",)
    search_fields = ("series__name", "series__key", "title")
    raw_id_fields = ("series", "file")


@admin.register(MediaFile)
class MediaFileAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("path", "series", "season", "episodes", "state", "problem", "size")
    list_filter = ("state", "rule")
    list_select_related = ("series",)
    search_fields = ("path",)
    raw_id_fields = ("series",)


@admin.register(ScannedDirectory)
class ScannedDirectoryAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("path", "root", "mtime_ns")
    list_select_related = ("root",)
    search_fields = ("path",)


@admin.register(UnmatchedFolder)
class UnmatchedFolderAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("folder", "root", "reason")
    list_filter = ("reason",)
    list_select_related = ("root",)
    search_fields = ("folder",)


@admin.register(ScanOperation)
class ScanOperationAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("operation_id", "state", "phase", "started_at", "finished_at", "error_code")
    list_filter = ("state",)
