"""Every address of the product. Slashes at the end are optional everywhere."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from aniworld import views

admin.autodiscover()  # here, so that only the web process pays for it
admin.site.site_header = "Aniworld administration"
admin.site.site_title = "Aniworld"
admin.site.index_title = "Tables"

urlpatterns = [
    path("favicon.ico", views.favicon, name="favicon"),
    path("", include("accounts.urls")),
    path("", include("library.urls")),
    path("", include("downloads.urls")),
    path("", include("aniworld.system.urls")),
    path("", include("aniworld.events.urls")),
    re_path(r"^series/(?P<key>[^/]+)/?$", views.series_page, name="series"),
    path("api/", include("accounts.api.urls")),
    path("api/", include("library.api.urls")),
    path("api/", include("downloads.api.urls")),
    re_path(r"^api/schema/?$", SpectacularAPIView.as_view(), name="schema"),
    re_path(
        r"^api/docs/?$", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"
    ),
    path("admin/", admin.site.urls),
]

handler400 = "aniworld.views.bad_request"
handler403 = "aniworld.views.forbidden"
handler404 = "aniworld.views.not_found"
handler500 = "aniworld.views.server_error"
