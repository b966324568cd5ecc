from __future__ import annotations

from django.urls import re_path

from aniworld.system.notifications.api import views

_TARGET = r"^notifications/targets/(?P<name>[^/]+)"

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
]
