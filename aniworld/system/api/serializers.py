"""What the routes of this room take in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.config.forms import LONGEST_PATH
from aniworld.system import logs
from aniworld.web import fields
from aniworld.web.serializers import StrictSerializer


class RootPathSerializer(StrictSerializer):
    path = fields.Text(trim_whitespace=False, max_length=LONGEST_PATH)


class LogsQuerySerializer(serializers.Serializer[Any]):
    file = serializers.ChoiceField(choices=logs.FILES, default="app")
    level = serializers.ChoiceField(choices=logs.LEVELS, default="INFO")
    room = serializers.CharField(max_length=100, default="", allow_blank=True)
    text = serializers.CharField(max_length=200, default="", allow_blank=True)
    lines = serializers.IntegerField(min_value=1, max_value=logs.MOST_LINES, default=200)
