"""Every address of the product. Slashes at the end are optional everywhere."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path

from aniworld.web.document import DocumentView, ReadableDocumentView

admin.autodiscover()  # here, so that only the web process pays for it
admin.site.site_header = "Aniworld administration"
admin.site.site_title = "Aniworld"
admin.site.index_title = "Tables"

urlpatterns = [
    path("", include("aniworld.pages.urls")),
    path("", include("accounts.pages.urls")),
    path("", include("library.pages.urls")),
    path("", include("downloads.pages.urls")),
    path("", include("aniworld.system.urls")),
    path("", include("aniworld.system.pages.urls")),
    path("", include("aniworld.system.schedule.pages.urls")),
    path("", include("aniworld.system.mediaservers.pages.urls")),
    path("", include("aniworld.system.notifications.pages.urls")),
    path("", include("aniworld.events.urls")),
    path("", include("aniworld.journal.pages.urls")),
    path("", include("aniworld.sites.pages.urls")),
    path("", include("aniworld.config.pages.urls")),
    path("api/", include("aniworld.events.api.urls")),
    path("api/", include("accounts.api.urls")),
    path("api/", include("aniworld.config.api.urls")),
    path("api/", include("aniworld.journal.api.urls")),
    path("api/", include("aniworld.sites.api.urls")),
    path("api/", include("aniworld.system.api.urls")),
    path("api/", include("aniworld.system.backups.api.urls")),
    path("api/", include("aniworld.system.schedule.api.urls")),
    path("api/", include("aniworld.system.mediaservers.api.urls")),
    path("api/", include("aniworld.system.notifications.api.urls")),
    path("api/", include("library.api.urls")),
    path("api/", include("downloads.api.urls")),
    path("api/", include("aniworld.pages.calendar.urls")),
    path("api/", include("aniworld.pages.catalogue.urls")),
    path("api/", include("aniworld.pages.statistics.urls")),
    path("api/", include("aniworld.pages.missing.urls")),
    re_path(r"^api/schema/?$", DocumentView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", ReadableDocumentView.as_view(url_name="schema"), name="api-docs"),
    path("admin/", admin.site.urls),
]

handler400 = "aniworld.pages.errors.bad_request"
handler403 = "aniworld.pages.errors.forbidden"
handler404 = "aniworld.pages.errors.not_found"
handler500 = "aniworld.pages.errors.server_error"
