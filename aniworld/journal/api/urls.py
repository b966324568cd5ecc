"""The journal's addresses, relative to ``/api/``."""

from django.urls import re_path

from aniworld.journal.api import views

urlpatterns = [
    re_path(r"^journal/?$", views.JournalView.as_view(), name="api-journal"),
    re_path(r"^journal/audit/?$", views.AuditView.as_view(), name="api-journal-audit"),
    re_path(r"^journal/undo/?$", views.UndoNewestView.as_view(), name="api-undo-newest"),
    re_path(r"^journal/redo/?$", views.RedoNewestView.as_view(), name="api-redo-newest"),
    re_path(
        r"^journal/(?P<entry_id>\d{1,18})/undo/?$",
        views.JournalUndoView.as_view(),
        name="api-journal-undo",
    ),
]
