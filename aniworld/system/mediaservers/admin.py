"""What media servers are still to be told, in Django's admin: to look at."""

from __future__ import annotations

from django.contrib import admin

from aniworld.system.mediaservers.models import FolderToTell, ServerState
from aniworld.web.admin import ReadOnlyAdmin


@admin.register(FolderToTell)
class FolderToTellAdmin(ReadOnlyAdmin):
    list_display = ("id", "server", "folder", "change", "hints", "due_at", "tries", "error_code")
    list_filter = ("server", "change")


@admin.register(ServerState)
class ServerStateAdmin(ReadOnlyAdmin):
    list_display = ("server", "reached_at", "failing_since", "next_try_at", "tries", "error_code")
