from django.urls import path, re_path

import aniworld.web.ids  # noqa: F401 - registers <id:…>
from downloads.pages import (
    following_views,
    history,
    own_link,
    quiet_views,
    screen,
    selection,
    views,
)

urlpatterns = [
    re_path(r"^queue/?$", views.queue, name="queue"),
    re_path(r"^queue/history/?$", history.history, name="queue-history"),
    re_path(r"^queue/screen/?$", screen.screen, name="queue-screen"),
    path("queue/selected", selection.selected, name="queue-selected"),
    path("queue/waiting/clear", selection.clear_waiting, name="queue-clear-waiting"),
    path("queue/retry", views.retry_all, name="queue-retry-all"),
    path("queue/rests/end", views.end_rest, name="queue-end-rest"),
    path("queue/holds/<id:hold_id>/lift", views.lift_hold, name="queue-lift-hold"),
    re_path(r"^queue/clear/(?P<status>completed|failed)$", views.clear, name="queue-clear"),
    path("queue/missing", views.add_missing, name="queue-missing"),
    path("queue/items/<id:item_id>/move", views.move, name="queue-move"),
    path("queue/items/<id:item_id>/hold", views.hold, name="queue-hold"),
    path("queue/items/<id:item_id>/now", quiet_views.now, name="queue-now"),
    path("queue/items/<id:item_id>/later", quiet_views.later, name="queue-later"),
    re_path(r"^queue/lift/(?P<until>window|today)$", quiet_views.lift, name="queue-lift"),
    path("queue/lift/end", quiet_views.keep, name="queue-lift-end"),
    path("queue/items/<id:item_id>/release", views.release, name="queue-release"),
    path("queue/items/<id:item_id>/remove", views.remove, name="queue-remove"),
    path("queue/items/<id:item_id>/retry", views.retry, name="queue-retry"),
    path("queue/items/<id:item_id>/take", views.take, name="queue-take"),
    path("queue/items/<id:item_id>/discard", views.discard, name="queue-discard"),
    re_path(
        r"^queue/(?P<action>start|start-one|stop|pause|resume)$",
        views.control,
        name="queue-control",
    ),
    re_path(
        r"^series/(?P<key>[^/]+)/episodes/(?P<season>\d{1,6})/(?P<number>\d{1,6})/link$",
        own_link.own_link,
        name="episode-own-link-page",
    ),
    re_path(r"^series/(?P<key>[^/]+)/queue$", views.add_episodes, name="series-queue"),
    re_path(r"^following/?$", following_views.following, name="following"),
    path("following/waiting", following_views.waiting, name="following-waiting"),
    path("settings/quiet-hours", quiet_views.settings, name="settings-quiet-hours"),
    path("settings/following", following_views.settings, name="settings-following"),
    path("following/queue", following_views.queue_now, name="following-queue"),
    re_path(
        r"^series/(?P<key>[^/]+)/following$",
        following_views.series_following,
        name="series-following",
    ),
]
