from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import LoginTries, UserSession, UserSessionQuerySet
from aniworld.web.admin import NotAddable


@admin.register(UserSession)
class UserSessionAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("user", "ip_address", "user_agent", "last_activity", "expires_at", "is_active")
    list_filter = ("is_active", "user")
    list_select_related = ("user",)
    exclude = ("token_hash", "password_mark")
    readonly_fields = (
        *("user", "ip_address", "user_agent", "last_activity", "expires_at"),
        *("session_id", "created_at"),
    )
    actions = ("revoke",)

    @admin.action(description="End the chosen sessions")
    def revoke(self, _request: HttpRequest, queryset: QuerySet[UserSession]) -> None:
        assert isinstance(queryset, UserSessionQuerySet)  # noqa: S101 - tells mypy the manager's class
        queryset.revoke()


@admin.register(LoginTries)
class LoginTriesAdmin(NotAddable, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("address", "failures", "locked_until", "updated_at")
    readonly_fields = ("address", "recent", "failures", "locked_until", "updated_at")
