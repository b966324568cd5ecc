from django.urls import include, path, re_path

from aniworld.system import metrics, status

urlpatterns = [
    path("", include("aniworld.system.backups.pages.urls")),
    re_path(r"^metrics/?$", metrics.metrics, name="metrics"),
    re_path(r"^ping/?$", status.ping, name="ping"),
    re_path(r"^health/?$", status.healthy, name="health"),
    re_path(r"^health/ready/?$", status.ready, name="health-ready"),
]
