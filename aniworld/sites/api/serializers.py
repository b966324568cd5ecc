"""What the providers' API takes in."""

from __future__ import annotations

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
