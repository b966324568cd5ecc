"""What the routes of this room take in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.system import logs


class RootPathSerializer(serializers.Serializer[Any]):
    path = serializers.CharField(max_length=4096)


class LogsQuerySerializer(serializers.Serializer[Any]):
    file = serializers.ChoiceField(choices=logs.FILES, default="app")
    level = serializers.ChoiceField(choices=logs.LEVELS, default="INFO")
    room = serializers.CharField(max_length=100, default="", allow_blank=True)
    text = serializers.CharField(max_length=200, default="", allow_blank=True)
    lines = serializers.IntegerField(min_value=1, max_value=logs.MOST_LINES, default=200)
