from __future__ import annotations

from django.urls import re_path

from aniworld.events.socket.status import SocketStatusView

urlpatterns = [re_path(r"^ws/status/?$", SocketStatusView.as_view(), name="socket-status")]
