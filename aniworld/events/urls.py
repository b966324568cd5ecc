from __future__ import annotations

from django.urls import re_path

from aniworld.events.views import SocketStatusView

urlpatterns = [re_path(r"^ws/status/?$", SocketStatusView.as_view(), name="socket-status")]
