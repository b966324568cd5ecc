"""What the providers' API takes in."""

from __future__ import annotations

from typing import ClassVar, get_args

from rest_framework import serializers

from aniworld.config.schema import Site
from aniworld.web import fields
from aniworld.web.serializers import StrictSerializer

_CHANGED_ELSEWHERE = ("provider", "definition")


class ProviderChangeSerializer(StrictSerializer):
    """Checked in depth by the configuration itself."""

    checks: ClassVar = {
        name: known.check.schema()
        for name, known in get_args(Site)[1].items()
        if known.check and name not in _CHANGED_ELSEWHERE
    }

    enabled = fields.Flag(required=False)
    position = fields.WholeNumber(required=False)
    base_url = fields.Text(required=False, allow_blank=True, max_length=2000)
    mirrors = serializers.ListField(
        child=fields.Text(max_length=2000), required=False, max_length=20
    )
    requests_per_second = fields.Number(required=False)
    label = fields.Text(  # type: ignore[assignment] - a field of this name, as the setting has
        required=False, allow_blank=True, max_length=60
    )
