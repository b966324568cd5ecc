from __future__ import annotations

from django.urls import path, re_path

from aniworld.config.menu import SECTION_PAGE
from aniworld.config.pages import views

# Included behind those of the rooms above: what has no page of its own is a section of the schema.
urlpatterns = [
    re_path(r"^settings/?$", views.first_page, name="settings"),
    path("settings/library", views.library_page, name="settings-library"),
    path("settings/library/folders", views.folders, name="settings-folders"),
    path("settings/library/change", views.change_folders, name="settings-folders-change"),
    path("settings/languages", views.languages_page, name="settings-languages"),
    path("settings/backup", views.backup_page, name="settings-backup"),
    path("settings/backup/make", views.make_backup, name="settings-backup-make"),
    path("settings/backup/reset", views.reset, name="settings-reset"),
    path("settings/backup/export", views.export, name="settings-export"),
    path("settings/backup/import", views.import_file, name="settings-import"),
    path("settings/backup/<str:name>/restore", views.restore, name="settings-restore"),
    path("settings/backup/<str:name>/delete", views.delete_backup, name="settings-backup-delete"),
    re_path(r"^settings/(?P<name>[a-z_]+)/?$", views.section_page, name=SECTION_PAGE),
]
