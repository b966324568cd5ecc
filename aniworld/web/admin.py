"""Rows in Django's admin that are not there to be written by hand.

Only services write: a row that was changed past them has no counter, no event and no journal entry.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError
from django.http import HttpRequest


class _Listed(ChangeList):
    """A list whose filter nobody can have chosen leads back to the whole list."""

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except (OverflowError, ValueError, DataError) as error:
            raise IncorrectLookupParameters(error) from error


class _Kept(admin.ModelAdmin):  # type: ignore[type-arg]
    """For rows the product makes and deletes itself: there is no empty form to fill in."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002
        return _Listed

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


class ReadOnlyAdmin(_Kept):
    """To look at. An action that calls a service names the permission that it needs."""

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_write_permission(self, request: HttpRequest) -> bool:
        """For ``@admin.action(permissions=["write"])``: who could change such rows elsewhere."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


class ServiceAdmin(_Kept):
    """For rows of which some fields may be changed: ``save_model`` calls the service that does."""

    editable: tuple[str, ...] = ()

    def get_readonly_fields(self, _request: HttpRequest, _obj: object = None) -> list[str]:
        return [
            field.name for field in self.opts.concrete_fields if field.name not in self.editable
        ]
