from __future__ import annotations

from django.urls import path, re_path

from aniworld.system.backups.pages import views

_NAME = r"(?P<name>[^/]+)"

urlpatterns = [
    re_path(r"^system/backups/?$", views.backups, name="backups"),
    path("system/backups/create", views.create, name="backup-create"),
    path("system/backups/upload", views.upload, name="backup-upload"),
    re_path(rf"^system/backups/{_NAME}/?$", views.backup, name="backup"),
    re_path(rf"^system/backups/{_NAME}/download$", views.download, name="backup-download"),
    re_path(rf"^system/backups/{_NAME}/restore$", views.restore, name="backup-restore"),
    re_path(rf"^system/backups/{_NAME}/delete$", views.delete, name="backup-delete"),
]
