from __future__ import annotations

from django.urls import re_path

from aniworld.config.api import views

urlpatterns = [
    re_path(r"^config/schema/?$", views.ConfigSchemaView.as_view(), name="config-schema"),
]
