"""What the accounts' API takes in."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.keys import LONGEST_DAYS
from accounts.models import Scope
from accounts.passwords import MAX_LENGTH, MIN_LENGTH
from aniworld.web import fields
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer

_NEW = {"minLength": MIN_LENGTH, "maxLength": MAX_LENGTH}


class PasswordField(fields.Text):
    """A password is taken as it is: its spaces count."""

    def __init__(self) -> None:
        super().__init__(trim_whitespace=False, write_only=True, style={"input_type": "password"})


class SetupSerializer(serializers.Serializer[dict[str, Any]]):
    checks: ClassVar = {"master_password": _NEW}
    master_password = PasswordField()
    anime_directory = fields.Text(
        required=False, allow_blank=True, default="", max_length=4096, trim_whitespace=False
    )
    providers = serializers.ListField(
        child=fields.Text(max_length=50), required=False, default=list, max_length=100
    )


class LoginSerializer(serializers.Serializer[dict[str, Any]]):
    password = PasswordField()
    username = fields.Text(required=False, default="admin", max_length=150)
    remember = fields.Flag(required=False, default=False)


class AddKeySerializer(StrictSerializer):
    # A misspelt `lasts_days` would be a key without an end.
    name = fields.Text(max_length=100, help_text="What it is for.")
    scope = AnyCaseChoiceField(choices=Scope.names)
    lasts_days = fields.WholeNumber(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text="Null: until it is revoked.",
    )

    def validate_scope(self, name: str) -> Scope:
        return Scope[name]


class PasswordChangeSerializer(serializers.Serializer[dict[str, Any]]):
    checks: ClassVar = {"new_password": _NEW}
    current_password = PasswordField()
    new_password = PasswordField()
