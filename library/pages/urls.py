from django.urls import path, re_path

import aniworld.web.ids  # noqa: F401 - registers <id:…>
from library.pages import bin_views, covers, rename_views, tie_views, views

urlpatterns = [
    path("", views.library, name="library"),
    path("library/folder", views.set_folder, name="library-folder"),
    re_path(r"^library/folders/?$", views.folders, name="library-folders"),
    path("library/scan", views.scan, name="scan"),
    path("library/scan/start", views.start_scan, name="scan-start"),
    path("library/scan/removals", views.removals, name="scan-removals"),
    path("library/scan/cancel", views.cancel_scan, name="scan-cancel"),
    re_path(r"^library/rename/?$", rename_views.library_rename, name="library-rename"),
    path("library/rename/panel", rename_views.renaming_panel, name="renaming-panel"),
    path("library/rename/cancel", rename_views.cancel_renaming, name="rename-cancel"),
    path("library/selected", views.change_selected, name="series-bulk"),
    re_path(r"^add/?$", views.add, name="add"),
    path("add/sites", views.choose_sites, name="choose-sites"),
    re_path(r"^unmatched/?$", views.unmatched, name="unmatched"),
    path("unmatched/confirm", views.confirm_matches, name="unmatched-confirm"),
    path("unmatched/<id:folder_id>/match", views.match, name="unmatched-match"),
    re_path(r"^series/(?P<key>[^/]+)/refresh$", views.refresh, name="series-refresh"),
    re_path(r"^series/(?P<key>[^/]+)/monitor$", views.monitor, name="series-monitor"),
    re_path(r"^series/(?P<key>[^/]+)/remove$", views.remove, name="series-remove"),
    re_path(r"^series/(?P<key>[^/]+)/unmatch$", views.unmatch, name="series-unmatch"),
    re_path(r"^series/(?P<key>[^/]+)/restore$", views.restore, name="series-restore"),
    re_path(r"^series/(?P<key>[^/]+)/rename/?$", rename_views.series_rename, name="series-rename"),
    re_path(r"^series/(?P<key>[^/]+)/delete/?$", bin_views.series_delete, name="series-delete"),
    re_path(r"^series/(?P<key>[^/]+)/want$", bin_views.series_want, name="series-want"),
    re_path(r"^bin/?$", bin_views.recycle_bin, name="bin"),
    path("bin/restore", bin_views.bin_restore, name="bin-restore"),
    path("bin/delete", bin_views.bin_delete, name="bin-delete"),
    re_path(r"^series/(?P<key>[^/]+)/mapping/?$", views.mapping, name="series-mapping"),
    re_path(r"^series/(?P<key>[^/]+)/sites/?$", tie_views.ties, name="series-ties"),
    re_path(
        r"^series/(?P<key>[^/]+)/sites/compare$", tie_views.comparison, name="series-tie-compare"
    ),
    re_path(r"^series/(?P<key>[^/]+)/sites/tie$", tie_views.tie, name="series-tie"),
    path("series/<str:key>/sites/<id:tie_id>", tie_views.change, name="series-tie-change"),
    re_path(
        r"^series/(?P<key>[^/]+)/mapping/export$",
        views.export_mapping,
        name="series-mapping-export",
    ),
    re_path(
        r"^series/(?P<key>[^/]+)/episodes/(?P<season>\d{1,6})/(?P<number>\d{1,6})/why$",
        views.why,
        name="episode-why",
    ),
    path("settings/naming", views.naming, name="settings-naming"),
    path("covers/<id:pk>", covers.cover, name="cover"),
    path("covers/<id:pk>-<int:width>", covers.cover, name="cover-width"),
]
