from __future__ import annotations

from django.urls import re_path
from rest_framework.views import APIView

from aniworld.config.api import views


def _route(path: str, view: type[APIView], name: str) -> object:
    return re_path(rf"^config{path}/?$", view.as_view(), name=name)


urlpatterns = [
    _route("", views.ConfigView, "config"),
    _route("/schema", views.ConfigSchemaView, "config-schema"),
    _route("/settings", views.ConfigSettingsView, "config-settings"),
    _route("/environment", views.ConfigEnvironmentView, "config-environment"),
    _route("/folders", views.ConfigFoldersView, "config-folders"),
    _route("/validate", views.ConfigValidateView, "config-validate"),
    _route("/directory", views.ConfigDirectoryView, "config-directory"),
    _route("/export", views.ConfigExportView, "config-export"),
    _route("/import", views.ConfigImportView, "config-import"),
    _route("/reset", views.ConfigResetView, "config-reset"),
    _route("/section/(?P<name>[^/]+)", views.ConfigSectionView, "config-section"),
    _route("/backups", views.ConfigBackupsView, "config-backups"),
    _route("/backups/(?P<name>[^/]+)/restore", views.ConfigRestoreView, "config-restore"),
    _route("/backups/(?P<name>[^/]+)", views.ConfigBackupView, "config-backup"),
]
