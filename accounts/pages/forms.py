"""The two forms in front of the door."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.services import OWNER
from aniworld.config.forms import DirectoryField
from aniworld.web.errors import AppError, FieldError
from aniworld.web.texts import text_of
from providers.registry import site_entries


class DoorForm(forms.Form):
    """A form whose service may find more that is wrong."""

    def add_app_error(self, error: AppError) -> None:
        """Show an error of a service beside the fields it names."""
        self.add_faults(error.errors)
        if not error.errors:
            self.add_error(None, text_of(error))

    def add_faults(self, faults: Iterable[FieldError]) -> None:
        """Show what is wrong beside the fields it is about."""
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.detail)


class SetupForm(DoorForm):
    """No password is ever sent back: ``setup.js`` keeps them in the page that is mended."""

    master_password = forms.CharField(
        label=_("Master password"),
        strip=False,
        help_text=_("At least 8 characters. Whoever knows it can do everything here."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    repeated_password = forms.CharField(
        label=_("Master password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    anime_directory = DirectoryField(required=False)
    providers = forms.MultipleChoiceField(
        label=_("Providers"),
        required=False,
        choices=[(site.name, site.label) for site in site_entries({}).values()],
        widget=forms.CheckboxSelectMultiple,
    )

    def focus_first_error(self) -> None:
        """Let the browser begin where something is to be mended, with and without script."""
        wrong = next((name for name in self.fields if self.has_error(name)), None)
        if wrong is not None:
            for name, field in self.fields.items():
                field.widget.attrs.pop("autofocus", None)
                if name == wrong:
                    field.widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("master_password"), data.get("repeated_password")
        if first and second and first != second:
            self.add_error("repeated_password", gettext("The two passwords differ."))
        return data


class LoginForm(DoorForm):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    username = forms.CharField(
        label=_("User name"),
        required=False,
        max_length=150,
        help_text=_("Only for users made in the administration."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "placeholder": OWNER}),
    )
    remember = forms.BooleanField(label=_("Stay logged in for 30 days"), required=False)
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_username(self) -> str:
        return self.cleaned_data["username"] or OWNER
