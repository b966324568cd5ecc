"""Who may do what, beside being logged in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class StaffWrites(IsAuthenticated):
    """Everybody who is logged in may read; what is set up for all is the staff's to change."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        return request.method in SAFE_METHODS or may_set_up(request.user)


def may_set_up(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether what is set up for all is this user's to change."""
    return bool(getattr(user, "is_staff", False) or getattr(user, "is_superuser", False))


def staff_only(view: View) -> View:
    """A page that changes what is set up for all. Raises ``PermissionDenied`` for others."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_set_up(request.user):
            raise PermissionDenied(gettext("Only staff may change what is set up for all."))
        return view(request, *args, **kwargs)

    return cast(View, asked)
