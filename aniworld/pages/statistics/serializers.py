"""What the API of the statistics takes in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.pages.statistics.periods import Period
from aniworld.web.serializers import AnyCaseChoiceField


class StatisticsQuery(serializers.Serializer[Any]):
    period = AnyCaseChoiceField(
        choices=Period.values,
        required=False,
        default=Period.DAYS_30.value,
        help_text="How far back from today.",
    )
