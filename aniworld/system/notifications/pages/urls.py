from __future__ import annotations

from django.urls import path, re_path

from aniworld.system.notifications.pages import views

_TARGET = r"^settings/notifications/target/(?P<name>[^/]+)"

urlpatterns = [
    re_path(r"^notifications/?$", views.inbox, name="inbox"),
    path("notifications/mark", views.mark, name="inbox-mark"),
    path("notifications/log", views.log, name="deliveries"),
    path("notifications/log/<str:delivery_id>/send", views.send_again, name="delivery-send"),
    path("settings/notifications", views.settings, name="settings-notifications"),
    path("settings/notifications/add", views.add, name="target-add"),
    re_path(rf"{_TARGET}$", views.target, name="target"),
    re_path(rf"{_TARGET}/test$", views.test, name="target-test"),
    re_path(rf"{_TARGET}/switch$", views.switch, name="target-switch"),
    re_path(rf"{_TARGET}/remove$", views.remove, name="target-remove"),
]
