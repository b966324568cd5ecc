"""Who may enter, in Django's admin: users are made here, sessions ended, lockouts lifted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import keys, services
from accounts.entries import AccountAction, about
from accounts.errors import OwnerStays
from accounts.models import (
    ApiKey,
    FeedKey,
    GrantedRight,
    LoginTries,
    Preferences,
    UserSession,
    right_of_user,
)
from accounts.rights import OWNER, grant
from aniworld.journal.services import record
from aniworld.web.admin import ReadOnlyAdmin
from aniworld.web.rights import Right
from aniworld.web.texts import text_of

admin.site.unregister(User)
admin.site.unregister(Group)  # the product knows none: what a group may is nobody's right here


class RightForm(UserChangeForm):  # type: ignore[type-arg] # not generic while it runs
    """A user with the right they have; the owner of the setup stays what they are."""

    right = forms.TypedChoiceField(
        choices=[(right.word, right.word) for right in Right],
        coerce=Right.of,
        help_text=_(
            "A viewer looks, an operator also works the queue and the scans, an owner may do "
            "everything."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["right"].initial = right_of_user(self.instance).word

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # The instance has the new name already.
        if self.initial.get("username") == OWNER:
            kept = {"username": OWNER, "is_active": True, "right": Right.OWN}
            for name, value in kept.items():
                if name in data and data[name] != value:
                    self.add_error(name, text_of(OwnerStays(name=OWNER)))
        return data


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            user: User = super().save(commit)
            record(AccountAction.PASSWORD_CHANGED, on=about(user))
        return user


@admin.register(User)
class JournalledUserAdmin(UserAdmin):  # type: ignore[type-arg]
    """Django's own, with an entry for each change. Passwords stay out of it."""

    form = RightForm
    change_password_form = PasswordForm
    actions = None  # of many at once Django makes one statement that tells nobody
    fieldsets = (
        (None, {"fields": ("username", "password", "right", "is_active")}),
        ("Of interest to you alone", {"fields": ("first_name", "last_name", "email")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "right", "is_active", "last_login")
    list_filter = ("is_active",)
    list_select_related = ("granted",)
    filter_horizontal = ()

    @admin.display(description="right")
    def right(self, user: User) -> str:
        return right_of_user(user).word

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_kept = obj is not None and obj.username == OWNER
        return not is_kept and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        names = [name for name in form.changed_data if "password" not in name and name != "right"]
        if "right" in form.changed_data:
            grant(obj, form.cleaned_data["right"])
        if change and not names:
            return
        record(
            AccountAction.CHANGED if change else AccountAction.ADDED,
            on=about(obj),
            before={name: _plain(form.initial.get(name)) for name in names if change},
            after={name: _plain(form.cleaned_data[name]) for name in names},
        )

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        record(AccountAction.DELETED, on=about(obj))
        super().delete_model(request, obj)


def _plain(value: Any) -> Any:
    """What a form holds, as JSON takes it: chosen rows by their names."""
    return [str(row) for row in value] if isinstance(value, list | QuerySet) else value


@admin.register(Preferences)
class PreferencesAdmin(ReadOnlyAdmin):
    list_display = ("user", "language")
    list_select_related = ("user",)


@admin.register(GrantedRight)
class GrantedRightAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "updated_at")
    list_filter = ("role",)
    list_select_related = ("user",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = (
        "name",
        "user",
        "scope",
        "beginning",
        "last_activity",
        "expires_at",
        "revoked_at",
    )
    list_filter = ("scope", "user")
    list_select_related = ("user",)
    exclude = ("key_hash",)
    actions = ("revoke",)

    @admin.action(description="Revoke the chosen keys", permissions=["write"])
    def revoke(self, _request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        keys.end_keys(chosen)


@admin.register(FeedKey)
class FeedKeyAdmin(ReadOnlyAdmin):
    list_display = ("user", "created_at", "last_activity")
    list_select_related = ("user",)
    exclude = ("key_hash",)


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    list_display = ("user", "ip_address", "user_agent", "last_activity", "expires_at", "is_active")
    list_filter = ("is_active", "user")
    list_select_related = ("user",)
    exclude = ("token_hash", "password_mark")
    actions = ("revoke",)

    @admin.action(description="End the chosen sessions", permissions=["write"])
    def revoke(self, _request: HttpRequest, chosen: QuerySet[UserSession]) -> None:
        services.end_sessions(chosen.select_related("user"))


@admin.register(LoginTries)
class LoginTriesAdmin(ReadOnlyAdmin):
    list_display = ("address", "failures", "locked_until", "updated_at")
    actions = ("forget",)

    @admin.action(description="Let the chosen addresses try again", permissions=["write"])
    def forget(self, _request: HttpRequest, chosen: QuerySet[LoginTries]) -> None:
        for tries in chosen:
            services.lift_lockout(tries)
