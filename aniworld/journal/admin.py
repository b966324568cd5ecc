"""The journal in Django's admin: to look at. Nobody writes it by hand."""

from __future__ import annotations

from django.contrib import admin

from aniworld.journal.models import AuditMark, Entry
from aniworld.web.admin import ReadOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor_kind", "actor_name", "action", "object_name", "undone_at")
    list_filter = ("actor_kind", "action")
    search_fields = ("object_name", "object_id", "actor_name")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(AuditMark)
class AuditMarkAdmin(ReadOnlyAdmin):
    list_display = ("number", "digest")
