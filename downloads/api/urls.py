"""The queue's addresses, relative to ``/api/``."""

from django.urls import re_path

from downloads.api import following_views, views

urlpatterns = [
    re_path(
        r"^v1/following/plan/?$", following_views.PlanView.as_view(), name="api-following-plan"
    ),
    re_path(
        r"^v1/following/waiting/?$",
        following_views.WaitingView.as_view(),
        name="api-following-waiting",
    ),
    re_path(
        r"^v1/anime/(?P<key>[^/]+)/plan/?$",
        following_views.SeriesPlanView.as_view(),
        name="api-series-plan",
    ),
    re_path(
        r"^anime/(?P<key>[^/]+)/plan/?$",
        following_views.SeriesPlanView.as_view(schema=None),
        name="api-series-plan-short",
    ),
    re_path(
        r"^v1/anime/(?P<key>[^/]+)/download/?$",
        views.SeriesDownloadView.as_view(),
        name="api-series-download",
    ),
    re_path(
        r"^anime/(?P<key>[^/]+)/download/?$",
        views.SeriesDownloadView.as_view(schema=None),  # the second spelling is not described
        name="api-series-download-short",
    ),
    re_path(r"^queue/status/?$", views.QueueStatusView.as_view(), name="api-queue-status"),
    re_path(r"^queue/items/?$", views.QueueItemsView.as_view(), name="api-queue-items"),
    re_path(r"^queue/add/?$", views.AddView.as_view(), name="api-queue-add"),
    re_path(r"^queue/remove/?$", views.RemoveView.as_view(), name="api-queue-remove"),
    re_path(r"^queue/undo/?$", views.UndoView.as_view(), name="api-queue-undo"),
    re_path(r"^queue/start/?$", views.StartView.as_view(), name="api-queue-start"),
    re_path(r"^queue/stop/?$", views.StopView.as_view(), name="api-queue-stop"),
    re_path(r"^queue/pause/?$", views.PauseView.as_view(), name="api-queue-pause"),
    re_path(r"^queue/resume/?$", views.ResumeView.as_view(), name="api-queue-resume"),
    re_path(r"^queue/reorder/?$", views.ReorderView.as_view(), name="api-queue-reorder"),
    re_path(r"^queue/move/?$", views.MoveView.as_view(), name="api-queue-move"),
    re_path(r"^queue/waiting/?$", views.ClearWaitingView.as_view(), name="api-queue-clear-waiting"),
    re_path(r"^queue/hold/?$", views.HoldView.as_view(), name="api-queue-hold"),
    re_path(r"^queue/now/?$", views.NowView.as_view(), name="api-queue-now"),
    re_path(r"^queue/later/?$", views.LaterView.as_view(), name="api-queue-later"),
    re_path(r"^queue/lift/?$", views.LiftView.as_view(), name="api-queue-lift"),
    re_path(r"^queue/release/?$", views.ReleaseView.as_view(), name="api-queue-release"),
    re_path(
        r"^queue/completed/?$",
        views.ClearCompletedView.as_view(),
        name="api-queue-clear-completed",
    ),
    re_path(r"^queue/failed/?$", views.ClearFailedView.as_view(), name="api-queue-clear-failed"),
    re_path(r"^queue/retry/?$", views.RetryView.as_view(), name="api-queue-retry"),
    re_path(
        r"^queue/retry/(?P<item_id>[^/]+)/?$",
        views.RetryOneView.as_view(),
        name="api-queue-retry-one",
    ),
    re_path(r"^queue/take/(?P<item_id>[^/]+)/?$", views.TakeView.as_view(), name="api-queue-take"),
    re_path(
        r"^queue/discard/(?P<item_id>[^/]+)/?$",
        views.DiscardView.as_view(),
        name="api-queue-discard",
    ),
    re_path(r"^queue/?$", views.QueueRootView.as_view(), name="api-queue"),
    re_path(r"^queue/(?P<item_id>[^/]+)/?$", views.ItemView.as_view(), name="api-queue-item"),
]
