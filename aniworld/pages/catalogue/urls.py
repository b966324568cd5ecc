"""The addresses of the catalogue's API, relative to ``/api/``."""

from django.urls import re_path

from aniworld.pages.catalogue import views

urlpatterns = [
    re_path(r"^catalogue/?$", views.CatalogueView.as_view(), name="catalogue-api"),
    re_path(r"^catalogue/details/?$", views.DetailsView.as_view(), name="catalogue-details-api"),
]
