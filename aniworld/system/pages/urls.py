from __future__ import annotations

from django.urls import path, re_path

from aniworld.system.pages import log_views, views

urlpatterns = [
    re_path(r"^logs/?$", log_views.logs_page, name="logs"),
    re_path(r"^system/bundle/?$", log_views.bundle_page, name="support-bundle"),
    path("system/bundle/file", log_views.bundle_file, name="support-bundle-file"),
    re_path(r"^system/faults/?$", views.faults, name="faults"),
    re_path(r"^system/?$", views.system_page, name="system"),
    re_path(r"^system/repairs/(?P<repair_id>[^/]+)/mend$", views.mend, name="repair-mend"),
    re_path(r"^system/caches/(?P<name>[^/]+)/clear$", views.clear_cache, name="cache-clear"),
    re_path(
        r"^system/caches/pages/(?P<site>[^/]+)/clear$",
        views.clear_cached_site,
        name="cached-site-clear",
    ),
    path("system/roots/try", views.try_root, name="root-try"),
]
