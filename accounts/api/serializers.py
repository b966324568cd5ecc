from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import UserSession


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


class DoneSerializer(serializers.Serializer[dict[str, Any]]):
    status = serializers.CharField()


class TokenSerializer(serializers.Serializer[dict[str, Any]]):
    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_at = serializers.DateTimeField()


class AuthStatusSerializer(serializers.Serializer[dict[str, Any]]):
    configured = serializers.BooleanField()
    authenticated = serializers.BooleanField()
    expires_at = serializers.DateTimeField(required=False)


class SessionSerializer(serializers.ModelSerializer[UserSession]):
    id = serializers.CharField(source="session_id")
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = UserSession
        fields = [
            "id",
            "ip_address",
            "user_agent",
            "created_at",
            "last_activity",
            "expires_at",
            "is_current",
        ]

    def get_is_current(self, session: UserSession) -> bool:
        return bool(session == self.context["current"])
