"""Who may do what over the API, beside being logged in."""

from __future__ import annotations

from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView


class StaffWrites(IsAuthenticated):
    """Everybody who is logged in may read; what is set up for all is the staff's to change."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        user = request.user
        return request.method in SAFE_METHODS or user.is_staff or user.is_superuser
