"""What the routes of this room take in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from aniworld.rhythm.reading import LONGEST
from aniworld.web import fields
from aniworld.web.serializers import StrictSerializer


class JobChangeSerializer(StrictSerializer):
    """``when``: empty for the rhythm the job comes with."""

    enabled = fields.Flag(required=False)
    when = fields.Text(required=False, allow_blank=True, max_length=LONGEST)


class PreviewSerializer(StrictSerializer):
    when = fields.Text(max_length=LONGEST)


class SchedulerChangeSerializer(StrictSerializer):
    """When the library is scanned by itself; at most one of the three that say when."""

    enabled = fields.Flag(required=False)
    auto_download = fields.Flag(required=False)
    when = fields.Text(required=False, max_length=LONGEST)
    cron = fields.Text(required=False, max_length=LONGEST)
    interval_minutes = fields.WholeNumber(required=False, min_value=15, max_value=527_040)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        said = [name for name in ("when", "cron", "interval_minutes") if name in attrs]
        if len(said) > 1:
            raise serializers.ValidationError(
                {name: gettext("Say once when it runs.") for name in said[1:]}
            )
        return attrs
