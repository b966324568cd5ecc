from __future__ import annotations

from django.urls import re_path

from aniworld.sites.api import views

urlpatterns = [
    re_path(r"^holds/?$", views.HoldsView.as_view(), name="holds"),
    re_path(r"^holds/(?P<hold_id>[^/]+)/?$", views.HoldView.as_view(), name="hold"),
    re_path(r"^providers/health/?$", views.ProvidersHealthView.as_view(), name="providers-health"),
    re_path(r"^providers/trials/?$", views.TrialsView.as_view(), name="providers-trials"),
    re_path(
        r"^providers/definition-schema/?$",
        views.DefinitionSchemaView.as_view(),
        name="definition-schema",
    ),
    re_path(r"^providers/trial/?$", views.DefinitionTrialView.as_view(), name="definition-trial"),
    re_path(r"^rests/(?P<name>[^/]+)/?$", views.RestView.as_view(), name="rest"),
    re_path(r"^providers/?$", views.ProvidersView.as_view(), name="providers"),
    re_path(r"^providers/(?P<name>[a-z0-9_-]+)/?$", views.ProviderView.as_view(), name="provider"),
    re_path(
        r"^providers/(?P<name>[a-z0-9_-]+)/definition/?$",
        views.ProviderDefinitionView.as_view(),
        name="provider-definition",
    ),
    re_path(
        r"^providers/(?P<name>[a-z0-9_-]+)/test/?$",
        views.ProviderTestView.as_view(),
        name="provider-test",
    ),
]
