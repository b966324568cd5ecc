"""What the accounts' API takes in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class PasswordField(serializers.CharField):
    """A password is taken as it is: its spaces count."""

    def __init__(self) -> None:
        super().__init__(trim_whitespace=False, write_only=True, style={"input_type": "password"})


class SetupSerializer(serializers.Serializer[dict[str, Any]]):
    master_password = PasswordField()
    anime_directory = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=4096, trim_whitespace=False
    )
    providers = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, default=list, max_length=100
    )


class LoginSerializer(serializers.Serializer[dict[str, Any]]):
    password = PasswordField()
    username = serializers.CharField(required=False, default="admin", max_length=150)
    remember = serializers.BooleanField(required=False, default=False)


class PasswordChangeSerializer(serializers.Serializer[dict[str, Any]]):
    current_password = PasswordField()
    new_password = PasswordField()
