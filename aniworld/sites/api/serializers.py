"""What the providers' API takes in and answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.web.serializers import StrictSerializer


class ProviderChangeSerializer(StrictSerializer):
    """Checked in depth by the configuration itself."""

    enabled = serializers.BooleanField(required=False)
    position = serializers.IntegerField(required=False)
    base_url = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    mirrors = serializers.ListField(
        child=serializers.CharField(max_length=2000), required=False, max_length=20
    )
    requests_per_second = serializers.FloatField(required=False)


class ProviderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    enabled = serializers.BooleanField()
    position = serializers.IntegerField()
    base_url = serializers.CharField()
    default_base_url = serializers.CharField()
    mirrors = serializers.ListField(child=serializers.CharField())
    requests_per_second = serializers.FloatField()


class ProbeSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    latency_ms = serializers.IntegerField()
    results = serializers.IntegerField()
    error = serializers.DictField(allow_null=True)
