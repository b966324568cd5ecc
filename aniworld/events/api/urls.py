"""The addresses of operations, relative to ``/api/``."""

from __future__ import annotations

from django.urls import re_path

from aniworld.events.api import views

urlpatterns = [
    re_path(r"^operations/?$", views.OperationsView.as_view(), name="api-operations"),
    re_path(
        r"^operations/(?P<operation_id>[^/]{1,128})/?$",
        views.OperationView.as_view(),
        name="api-operation",
    ),
]
