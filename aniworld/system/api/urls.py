from __future__ import annotations

from django.urls import re_path

from aniworld.system.api import views

urlpatterns = [
    re_path(r"^errors/?$", views.ErrorsView.as_view(), name="errors-api"),
    re_path(r"^logs/?$", views.LogsView.as_view(), name="logs-api"),
    re_path(r"^system/?$", views.SystemView.as_view(), name="system-api"),
    re_path(r"^system/roots/try/?$", views.RootTrialView.as_view(), name="root-try-api"),
    re_path(r"^system/caches/(?P<name>[^/]+)/?$", views.CacheView.as_view(), name="cache-api"),
    re_path(
        r"^system/caches/pages/(?P<site>[^/]+)/?$",
        views.CachedSiteView.as_view(),
        name="cached-site-api",
    ),
    re_path(r"^system/repairs/?$", views.RepairsView.as_view(), name="repairs-api"),
    re_path(
        r"^system/repairs/(?P<repair_id>[^/]+)/mend/?$",
        views.RepairView.as_view(),
        name="repair-mend-api",
    ),
]
