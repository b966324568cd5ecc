"""The library's addresses below ``/api/``. Series live at ``v1/anime`` and at ``anime``."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, re_path
from rest_framework.views import APIView

from library.api import (
    bin_views,
    change_views,
    file_views,
    local_views,
    numbering_views,
    rename_views,
    root_views,
    scan_views,
    tie_views,
    views,
)

_ANIME: tuple[tuple[str, type[APIView], str], ...] = (
    (r"", views.SeriesListView, "anime"),
    (r"/search", views.SearchView, "anime-search"),
    (r"/rescan", scan_views.RescanView, "rescan"),
    (r"/rescan/cancel", scan_views.RescanCancelView, "rescan-cancel"),
    (r"/rescan/status", scan_views.RescanStatusView, "rescan-status"),
    (r"/unmatched", scan_views.UnmatchedView, "unmatched-api"),
    (r"/unmatched/ask", local_views.AskView, "unmatched-ask-api"),
    (r"/unmatched/(?P<folder_id>\d{1,18})/files", local_views.FilesView, "unmatched-files-api"),
    (r"/unmatched/(?P<folder_id>\d{1,18})/keep", local_views.KeepView, "unmatched-keep-api"),
    (r"/unmatched/(?P<folder_id>\d{1,18})/ignore", local_views.IgnoreView, "unmatched-ignore-api"),
    (r"/unmatched/(?P<folder_id>\d{1,18})/heed", local_views.HeedView, "unmatched-heed-api"),
    (r"/unmatched/match", scan_views.BulkMatchView, "unmatched-bulk"),
    (r"/unmatched/(?P<folder_id>\d{1,18})/match", scan_views.MatchView, "unmatched-match-api"),
    (r"/(?P<key>[^/]+)", views.SeriesView, "anime-series"),
    (r"/(?P<key>[^/]+)/restore", views.RestoreView, "anime-restore"),
    (r"/(?P<key>[^/]+)/unmatch", scan_views.UnmatchView, "anime-unmatch"),
    (r"/(?P<key>[^/]+)/catalogue", local_views.CatalogueView, "anime-catalogue"),
    (r"/(?P<key>[^/]+)/changes", change_views.SeriesChangesView, "anime-changes"),
    (r"/(?P<key>[^/]+)/numbers", change_views.NumbersView, "anime-numbers"),
    (r"/(?P<key>[^/]+)/refresh", views.RefreshView, "anime-refresh"),
    (r"/(?P<key>[^/]+)/rename", rename_views.SeriesRenamingView, "anime-rename"),
    (r"/(?P<key>[^/]+)/files", bin_views.SeriesFilesView, "anime-files"),
    (r"/(?P<key>[^/]+)/wanted", bin_views.WantedView, "anime-wanted"),
    (r"/(?P<key>[^/]+)/mapping", views.MappingView, "anime-mapping"),
    (
        r"/(?P<key>[^/]+)/mapping/suggestions",
        numbering_views.SuggestionsView,
        "anime-suggestions",
    ),
    (
        r"/(?P<key>[^/]+)/mapping/suggestions/apply",
        numbering_views.ApplyView,
        "anime-suggestion-apply",
    ),
    (
        r"/(?P<key>[^/]+)/mapping/suggestions/dismiss",
        numbering_views.DismissView,
        "anime-suggestion-dismiss",
    ),
    (r"/(?P<key>[^/]+)/ties", tie_views.TiesView, "anime-ties"),
    (r"/(?P<key>[^/]+)/ties/compare", tie_views.TieComparisonView, "anime-ties-compare"),
    (r"/(?P<key>[^/]+)/ties/(?P<tie_id>\d{1,18})", tie_views.TieView, "anime-tie"),
    (r"/(?P<key>[^/]+)/ties/(?P<tie_id>\d{1,18})/move", tie_views.TieMoveView, "anime-tie-move"),
    (
        r"/(?P<key>[^/]+)/episodes/(?P<season>\d{1,6})/(?P<episode>\d{1,6})/evidence",
        views.EvidenceView,
        "episode-evidence",
    ),
    (
        r"/(?P<key>[^/]+)/episodes/(?P<season>\d{1,6})/(?P<episode>\d{1,6})/link",
        tie_views.EpisodeLinkView,
        "episode-own-link",
    ),
)


def _below(prefix: str, *, described: bool) -> list[URLPattern]:
    # The second spelling of an address is left out of the schema.
    arguments: dict[str, Any] = {} if described else {"schema": None}
    return [
        re_path(
            rf"^{prefix}{path}/?$",
            view.as_view(**arguments),
            name=name if described else f"{name}-short",
        )
        for path, view, name in _ANIME
    ]


urlpatterns = [
    re_path(r"^v1/roots/?$", root_views.RootsView.as_view(), name="roots"),
    re_path(r"^changes/?$", change_views.ChangesView.as_view(), name="changes-api"),
    re_path(r"^v1/numbering/?$", numbering_views.NumberingView.as_view(), name="numbering-api"),
    re_path(
        r"^v1/numbering/import/?$",
        numbering_views.ImportView.as_view(),
        name="numbering-api-import",
    ),
    re_path(r"^v1/files/?$", file_views.FilesView.as_view(), name="files-api"),
    re_path(r"^v1/files/delete/?$", file_views.FilesDeleteView.as_view(), name="files-api-delete"),
    re_path(r"^v1/bin/?$", bin_views.BinView.as_view(), name="bin-api"),
    re_path(r"^v1/bin/restore/?$", bin_views.BinRestoreView.as_view(), name="bin-api-restore"),
    re_path(r"^v1/bin/delete/?$", bin_views.BinDeleteView.as_view(), name="bin-api-delete"),
    re_path(r"^v1/bin/empty/?$", bin_views.BinEmptyView.as_view(), name="bin-api-empty"),
    re_path(r"^v1/rename/?$", rename_views.RenamingView.as_view(), name="renaming"),
    re_path(
        r"^v1/rename/cancel/?$", rename_views.RenamingCancelView.as_view(), name="renaming-cancel"
    ),
    re_path(
        r"^v1/rename/status/?$", rename_views.RenamingStatusView.as_view(), name="renaming-status"
    ),
    *_below("v1/anime", described=True),
    *_below("anime", described=False),
]
