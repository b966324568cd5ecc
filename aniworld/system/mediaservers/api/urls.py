from __future__ import annotations

from django.urls import re_path

from aniworld.system.mediaservers.api import views

_NAME = r"(?P<name>[^/]+)"

urlpatterns = [
    re_path(r"^media-servers/?$", views.MediaServersView.as_view(), name="media-servers-api"),
    re_path(
        rf"^media-servers/{_NAME}/?$", views.MediaServerView.as_view(), name="media-server-api"
    ),
    re_path(
        rf"^media-servers/{_NAME}/test/?$",
        views.MediaServerTestView.as_view(),
        name="media-server-test-api",
    ),
]
