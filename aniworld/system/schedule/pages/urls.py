from __future__ import annotations

from django.urls import path, re_path

from aniworld.system.schedule.pages import views

_NAME = r"(?P<name>[^/]+)"

urlpatterns = [
    re_path(r"^jobs/?$", views.jobs, name="jobs"),
    re_path(rf"^jobs/{_NAME}/?$", views.job, name="job"),
    re_path(rf"^jobs/{_NAME}/run$", views.run, name="job-run"),
    re_path(rf"^jobs/{_NAME}/pause$", views.pause, name="job-pause"),
    re_path(rf"^jobs/{_NAME}/resume$", views.resume, name="job-resume"),
    path("settings/scheduler", views.settings, name="settings-scheduler"),
]
