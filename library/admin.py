"""The library in Django's admin: to look at, and of series to change what the owner decides.

What scans and catalogues write is theirs alone: by hand it would fit neither counters nor disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from aniworld.web.admin import ReadOnlyAdmin, ServiceAdmin
from aniworld.web.page import told
from aniworld.web.texts import text_of
from library import services
from library.api.serializers import PreferencesChangeSerializer
from library.models import (
    Airing,
    AnimeSeries,
    Availability,
    BinnedFile,
    CatalogueChange,
    CatalogueEntry,
    CatalogueList,
    Episode,
    LibraryDay,
    LibraryRoot,
    LibraryTally,
    LostEpisode,
    MediaFile,
    OwnLink,
    RefusedFolder,
    RenameStep,
    ScannedDirectory,
    ScanOperation,
    SeriesTie,
    UnmatchedFolder,
)
from library.services.preferences import preference_faults


@admin.register(LibraryRoot)
class LibraryRootAdmin(ReadOnlyAdmin):
    list_display = ("path", "position", "is_active", "file_count", "frozen_reason", "error_text")

    @admin.display(description="error")
    def error_text(self, root: LibraryRoot) -> str:
        return text_of(root.error)


class SeriesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Lists as the API takes them."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lists: dict[str, Any] = {n: data[n] for n in ("languages", "hosters") if n in data}
        checked = PreferencesChangeSerializer(data=lists)
        if not checked.is_valid():
            for name in checked.errors:
                self.add_error(name, _("Must be a list of texts."))
            return data
        for fault in preference_faults(lists):
            self.add_error(fault.field.split(".")[1], fault.detail)
        return data


@admin.register(AnimeSeries)
class AnimeSeriesAdmin(ServiceAdmin):
    form = SeriesForm
    list_display = ("name", "key", "folder", "site", "missing_count", "monitored", "deleted_at")
    list_filter = ("monitored", "status", "site", "removal_held")
    search_fields = ("name", "key", "folder")
    editable = ("monitored", "languages", "hosters")
    actions = ("remove", "restore")

    def save_model(
        self, _request: HttpRequest, obj: AnimeSeries, form: forms.ModelForm[Any], _change: bool
    ) -> None:
        services.change_series(obj, {name: form.cleaned_data[name] for name in form.changed_data})

    @admin.action(description="Take the chosen series out of the library", permissions=["change"])
    def remove(self, _request: HttpRequest, chosen: Iterable[AnimeSeries]) -> None:
        for series in chosen:
            if not series.is_deleted:
                services.remove_series(series)

    @admin.action(description="Bring the chosen series back", permissions=["change"])
    def restore(self, request: HttpRequest, chosen: Iterable[AnimeSeries]) -> None:
        for series in chosen:
            with told(request):
                if series.is_deleted:
                    services.restore_series(series)


@admin.register(Episode)
class EpisodeAdmin(ReadOnlyAdmin):
    list_display = ("series", "season", "episode_number", "title", "state", "file_path")
    list_filter = ("state", "kind")
    list_select_related = ("series",)
    search_fields = ("series__name", "series__key", "title")


@admin.register(CatalogueEntry)
class CatalogueEntryAdmin(ReadOnlyAdmin):
    list_display = ("name", "site", "key", "year", "listed", "appeared_at", "gone_at", "details_at")
    list_filter = ("site", "listed")
    search_fields = ("search_text", "key")


@admin.register(CatalogueList)
class CatalogueListAdmin(ReadOnlyAdmin):
    list_display = ("site", "read_at", "asked_at", "entries", "error_text")

    @admin.display(description="error")
    def error_text(self, row: CatalogueList) -> str:
        return text_of(row.error)


@admin.register(Airing)
class AiringAdmin(ReadOnlyAdmin):
    list_display = ("series", "season", "episode_number", "language", "at", "has_time", "noted_at")
    list_filter = ("language",)
    list_select_related = ("series",)
    search_fields = ("series__name", "series__key")


@admin.register(LibraryDay)
class LibraryDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "is_counted", "episodes", "files", "bytes", "missing", "announced")
    ordering = ("-day",)


@admin.register(LibraryTally)
class LibraryTallyAdmin(ReadOnlyAdmin):
    list_display = ("at", "files", "bytes")


@admin.register(Availability)
class AvailabilityAdmin(ReadOnlyAdmin):
    list_display = ("series", "season", "episode_number", "language", "first_seen_at", "gone_at")
    list_filter = ("language",)
    list_select_related = ("series",)
    search_fields = ("series__name", "series__key")


@admin.register(CatalogueChange)
class CatalogueChangeAdmin(ReadOnlyAdmin):
    list_display = ("series", "at", "kind", "season", "episode_number")
    list_filter = ("kind",)
    list_select_related = ("series",)
    search_fields = ("series__name", "series__key")


@admin.register(MediaFile)
class MediaFileAdmin(ReadOnlyAdmin):
    list_display = ("path", "series", "season", "episodes", "state", "problem", "size")
    list_filter = ("state", "rule")
    list_select_related = ("series",)
    search_fields = ("path",)


@admin.register(ScannedDirectory)
class ScannedDirectoryAdmin(ReadOnlyAdmin):
    list_display = ("path", "root", "mtime_ns")
    list_select_related = ("root",)
    search_fields = ("path",)


@admin.register(UnmatchedFolder)
class UnmatchedFolderAdmin(ReadOnlyAdmin):
    list_display = ("folder", "root", "reason")
    list_filter = ("reason",)
    list_select_related = ("root",)
    search_fields = ("folder",)


@admin.register(ScanOperation)
class ScanOperationAdmin(ReadOnlyAdmin):
    list_display = ("operation_id", "kind", "state", "phase", "started_at", "finished_at")
    list_filter = ("kind", "state")


@admin.register(RenameStep)
class RenameStepAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "series", "operation", "state")
    list_filter = ("state",)
    list_select_related = ("series", "operation")


@admin.register(BinnedFile)
class BinnedFileAdmin(ReadOnlyAdmin):
    list_display = ("path", "series_name", "root", "size", "state", "reason", "kept_until")
    list_filter = ("state", "reason")
    list_select_related = ("root",)


@admin.register(RefusedFolder)
class RefusedFolderAdmin(ReadOnlyAdmin):
    list_display = ("folder", "root", "detail_code", "updated_at")
    list_select_related = ("root",)
    search_fields = ("folder",)


@admin.register(LostEpisode)
class LostEpisodeAdmin(ReadOnlyAdmin):
    list_display = ("series", "season", "episode_number", "lost_at")
    list_select_related = ("series",)
    search_fields = ("series__name", "series__key")


@admin.register(SeriesTie)
class SeriesTieAdmin(ReadOnlyAdmin):
    list_display = ("series", "site", "site_key", "name", "position")
    list_filter = ("site",)
    search_fields = ("series__name", "name", "site_key")


@admin.register(OwnLink)
class OwnLinkAdmin(ReadOnlyAdmin):
    list_display = ("series", "season", "episode_number", "language")
    search_fields = ("series__name",)
