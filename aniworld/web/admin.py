"""Rows in Django's admin that are not there to be written."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest


class NotAddable:
    """For rows the product makes itself: there is nothing to fill into an empty form."""

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


class ReadOnlyAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    """For rows that only services write: changed by hand they would raise no event."""

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False
