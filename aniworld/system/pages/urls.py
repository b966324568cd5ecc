from __future__ import annotations

from django.urls import path, re_path

from aniworld.system.pages import views

urlpatterns = [
    re_path(r"^system/?$", views.system_page, name="system"),
    re_path(r"^system/repairs/(?P<repair_id>[^/]+)/mend$", views.mend, name="repair-mend"),
    re_path(r"^system/caches/(?P<name>[^/]+)/clear$", views.clear_cache, name="cache-clear"),
    path("system/roots/try", views.try_root, name="root-try"),
]
