"""The addresses of the API of what is missing, relative to ``/api/``."""

from django.urls import re_path

from aniworld.pages.missing import views

urlpatterns = [
    re_path(r"^missing/?$", views.MissingView.as_view(), name="missing-api"),
    re_path(r"^missing/episodes/?$", views.MissingEpisodesView.as_view(), name="missing-episodes"),
    re_path(r"^missing/queue/?$", views.MissingQueueView.as_view(), name="missing-queue-api"),
]
