from __future__ import annotations

from django.urls import path

from aniworld.sites.pages import adding, health, views

urlpatterns = [
    path("settings/providers", views.sites, name="settings-providers"),
    path("settings/providers/health", health.health, name="settings-providers-health"),
    path("settings/providers/health/ask", health.ask_again, name="settings-providers-ask"),
    path("settings/providers/add", adding.add, name="settings-provider-add"),
    path("settings/providers/<slug:name>", views.site, name="settings-provider"),
    path("settings/providers/<slug:name>/test", views.test, name="settings-provider-test"),
    path("settings/providers/<slug:name>/change", views.change, name="settings-provider-change"),
    path(
        "settings/providers/<slug:name>/definition",
        adding.definition,
        name="settings-provider-definition",
    ),
    path(
        "settings/providers/<slug:name>/definition/file",
        adding.definition_file,
        name="settings-provider-definition-file",
    ),
    path("settings/providers/<slug:name>/remove", adding.remove, name="settings-provider-remove"),
]
