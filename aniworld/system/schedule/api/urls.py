from __future__ import annotations

from django.urls import re_path

from aniworld.system.schedule.api import views

_NAME = r"(?P<name>[^/]+)"

urlpatterns = [
    re_path(r"^jobs/?$", views.JobsView.as_view(), name="jobs-api"),
    re_path(rf"^jobs/{_NAME}/?$", views.JobView.as_view(), name="job-api"),
    re_path(rf"^jobs/{_NAME}/run/?$", views.JobRunView.as_view(), name="job-run-api"),
    re_path(rf"^jobs/{_NAME}/pause/?$", views.JobPauseView.as_view(), name="job-pause-api"),
    re_path(rf"^jobs/{_NAME}/resume/?$", views.JobResumeView.as_view(), name="job-resume-api"),
    re_path(r"^scheduler/config/?$", views.SchedulerConfigView.as_view(), name="scheduler-config"),
    re_path(r"^scheduler/preview/?$", views.PreviewView.as_view(), name="scheduler-preview"),
    re_path(
        r"^scheduler/trigger-rescan/?$",
        views.TriggerRescanView.as_view(),
        name="scheduler-trigger-rescan",
    ),
]
