from __future__ import annotations

from django.urls import path

from aniworld.sites.pages import views

urlpatterns = [
    path("settings/providers", views.sites, name="settings-providers"),
    path("settings/providers/<slug:name>", views.site, name="settings-provider"),
    path("settings/providers/<slug:name>/test", views.test, name="settings-provider-test"),
    path("settings/providers/<slug:name>/change", views.change, name="settings-provider-change"),
]
