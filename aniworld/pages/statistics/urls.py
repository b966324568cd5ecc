"""The address of the statistics' API, relative to ``/api/``."""

from django.urls import re_path

from aniworld.pages.statistics import views

urlpatterns = [
    re_path(r"^statistics/?$", views.StatisticsView.as_view(), name="statistics-api"),
]
