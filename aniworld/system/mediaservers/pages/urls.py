from __future__ import annotations

from django.urls import path

from aniworld.system.mediaservers.pages import views

_ONE = "settings/media-servers/<slug:name>"

urlpatterns = [
    path("settings/media-servers", views.servers, name="settings-media-servers"),
    path("settings/media-servers/add", views.add, name="settings-media-server-add"),
    path(_ONE, views.server, name="settings-media-server"),
    path(f"{_ONE}/test", views.test, name="settings-media-server-test"),
    path(f"{_ONE}/change", views.change, name="settings-media-server-change"),
    path(f"{_ONE}/remove", views.remove, name="settings-media-server-remove"),
]
