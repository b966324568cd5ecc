"""The addresses of the API of adding, relative to ``/api/``: those of the library's list."""

from django.urls import re_path

from aniworld.pages.adding import views

urlpatterns = [
    re_path(r"^v1/anime/?$", views.SeriesListView.as_view(), name="anime"),
    re_path(r"^anime/?$", views.SeriesListView.as_view(schema=None), name="anime-short"),
]
