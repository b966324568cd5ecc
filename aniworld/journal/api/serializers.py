"""What the journal's API takes in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from aniworld.journal.choices import ActorKind
from aniworld.web.serializers import AnyCaseChoiceField


class JournalQuery(serializers.Serializer[Any]):
    action = serializers.CharField(
        required=False, max_length=64, help_text="A whole code or its beginning: `queue.`"
    )
    object_type = serializers.CharField(required=False, max_length=32)
    object_id = serializers.CharField(
        required=False,
        max_length=255,
        help_text="Of a series: its key. Several types may have the same.",
    )
    actor = AnyCaseChoiceField(choices=ActorKind.values, required=False)
    mine = serializers.BooleanField(default=False, help_text="Only what whoever asks has done.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False, help_text="Not included.")
