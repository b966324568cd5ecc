"""Tells the OpenAPI document how to log in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from accounts.credentials import COOKIE, KEY_HEADER


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.SessionTokenAuthentication"
    name = ["bearer", "key", "cookie"]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:  # noqa: ARG002
        return [
            {"type": "http", "scheme": "bearer", "description": "A login's token, or an API key."},
            {"type": "apiKey", "in": "header", "name": KEY_HEADER},
            {"type": "apiKey", "in": "cookie", "name": COOKIE},
        ]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[str]]]:  # noqa: ARG002
        return [{name: []} for name in self.name]  # either is enough
