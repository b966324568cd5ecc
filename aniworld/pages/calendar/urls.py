"""The addresses of the calendar's API, relative to ``/api/``."""

from django.urls import re_path

from aniworld.pages.calendar import feed_views, views

urlpatterns = [
    re_path(r"^calendar/?$", views.CalendarView.as_view(), name="calendar-api"),
    re_path(r"^calendar/feed/?$", feed_views.FeedView.as_view(), name="calendar-feed-api"),
    re_path(r"^calendar/undated/?$", views.UndatedView.as_view(), name="calendar-undated-api"),
]
