from __future__ import annotations

from django.urls import re_path

from aniworld.system.notifications.api import browser_views, views

_TARGET = r"^notifications/targets/(?P<name>[^/]+)"
_BROWSER = r"^notifications/browsers/(?P<browser_id>[^/]+)"

urlpatterns = [
    re_path(r"^notifications/inbox/?$", views.InboxView.as_view(), name="inbox-api"),
    re_path(r"^notifications/inbox/read/?$", views.InboxReadView.as_view(), name="inbox-read-api"),
    re_path(
        r"^notifications/inbox/unread/?$", views.InboxUnreadView.as_view(), name="inbox-unread-api"
    ),
    re_path(r"^notifications/log/?$", views.LogView.as_view(), name="deliveries-api"),
    re_path(
        r"^notifications/log/(?P<delivery_id>[^/]+)/send/?$",
        views.SendAgainView.as_view(),
        name="delivery-send-api",
    ),
    re_path(r"^notifications/targets/?$", views.TargetsView.as_view(), name="targets-api"),
    re_path(rf"{_TARGET}/?$", views.TargetView.as_view(), name="target-api"),
    re_path(rf"{_TARGET}/test/?$", views.TargetTestView.as_view(), name="target-test-api"),
    re_path(
        r"^notifications/push-key/?$", browser_views.PushKeyView.as_view(), name="push-key-api"
    ),
    re_path(
        r"^notifications/browsers/?$", browser_views.BrowsersView.as_view(), name="browsers-api"
    ),
    re_path(
        r"^notifications/browsers/seen/?$",
        browser_views.BrowserSeenView.as_view(),
        name="browser-seen-api",
    ),
    re_path(rf"{_BROWSER}/?$", browser_views.BrowserView.as_view(), name="browser-api"),
    re_path(
        rf"{_BROWSER}/test/?$", browser_views.BrowserTestView.as_view(), name="browser-test-api"
    ),
]
