"""What the routes of this room take in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class RootPathSerializer(serializers.Serializer[Any]):
    path = serializers.CharField(max_length=4096)
