from __future__ import annotations

from django.urls import re_path

from aniworld.system.backups.api import views

_NAME = r"(?P<name>[^/]+)"

urlpatterns = [
    re_path(r"^backups/?$", views.BackupsView.as_view(), name="backups-api"),
    re_path(r"^backups/upload/?$", views.BackupUploadView.as_view(), name="backup-upload-api"),
    re_path(rf"^backups/{_NAME}/?$", views.BackupView.as_view(), name="backup-api"),
    re_path(
        rf"^backups/{_NAME}/download/?$", views.BackupFileView.as_view(), name="backup-file-api"
    ),
    re_path(
        rf"^backups/{_NAME}/difference/?$",
        views.BackupDifferenceView.as_view(),
        name="backup-difference-api",
    ),
    re_path(
        rf"^backups/{_NAME}/restore/?$",
        views.BackupRestoreView.as_view(),
        name="backup-restore-api",
    ),
]
