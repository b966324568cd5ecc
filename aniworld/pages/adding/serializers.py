"""What the API of adding takes in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext
from rest_framework import serializers

from aniworld.config.forms import LONGEST_PATH
from aniworld.pages.adding.taking import QueueNow, Wish
from aniworld.web import fields
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer
from library.api.serializers import (
    FOLDER,
    FollowingChangeSerializer,
    PreferencesChangeSerializer,
)
from library.models.series import KEY_PATTERN
from library.services.addresses import LONGEST_LINK


class AddSeriesSerializer(StrictSerializer):
    checks: ClassVar = {"folder": FOLDER}
    rules: ClassVar = {"oneOf": [{"required": ["key", "site"]}, {"required": ["link"]}]}
    key = fields.Text(required=False, max_length=255, pattern=KEY_PATTERN.pattern)
    link = fields.Text(
        required=False,
        max_length=LONGEST_LINK,
        help_text="Of the series' page, or of one of its episodes.",
    )
    site = fields.Text(
        required=False,
        max_length=64,
        help_text="A provider's name. Beside a link it may be left out.",
    )
    folder = fields.Text(required=False, max_length=1024, trim_whitespace=False)
    root_path = fields.Text(
        required=False,
        max_length=LONGEST_PATH,
        trim_whitespace=False,
        help_text="The path of the library folder it lies in; the first one without it.",
    )
    monitored = fields.Flag(required=False)
    preferences = PreferencesChangeSerializer(required=False)
    following = FollowingChangeSerializer(required=False)
    queue = AnyCaseChoiceField(
        choices=list(QueueNow),
        default=QueueNow.NONE.value,
        help_text="What is queued with it. It starts only where the queue may start by itself.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("key" in attrs) == ("link" in attrs):
            raise serializers.ValidationError({"key": gettext("Give either key or link.")})
        if "key" in attrs and "site" not in attrs:
            raise serializers.ValidationError({"site": gettext("A key needs its site.")})
        return attrs


def wish_in(data: dict[str, Any]) -> Wish:
    """What becomes of the series, as it was sent."""
    changes = {"monitored": data["monitored"]} if "monitored" in data else {}
    return Wish(
        folder=data.get("folder"),
        root=data.get("root_path", ""),
        changes=changes | data.get("preferences", {}) | data.get("following", {}),
        queue=QueueNow(data["queue"]),
    )
