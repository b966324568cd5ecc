"""The address of the preferences' API, relative to ``/api/``."""

from django.urls import re_path

from aniworld.pages.preferences import views

urlpatterns = [
    re_path(r"^preferences/?$", views.PreferencesView.as_view(), name="preferences-api"),
]
