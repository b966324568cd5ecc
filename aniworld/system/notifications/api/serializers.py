"""What the routes of this room take in."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any, ClassVar

from rest_framework import serializers

from aniworld.config.checks import TargetName
from aniworld.config.description import Setting
from aniworld.config.hiding import MASK
from aniworld.config.schema import NOTIFIED, TargetSettings
from aniworld.system.notifications.choices import DeliveryState, Kind
from aniworld.web import fields
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer

_LONGEST_ADDRESS = 2100


def _said(setting: Setting) -> dict[str, Any]:
    """What is checked of a setting; of one that is secret also how it is shown."""
    checked: dict[str, Any] = setting.check.schema() if setting.check else {}
    return {"anyOf": [{"const": MASK}, checked]} if setting.secret else checked


class TargetChangeSerializer(StrictSerializer):
    """Checked in depth by the configuration itself. What is masked stays what it is."""

    checks: ClassVar[dict[str, Any]] = {
        one.name: _said(one.metadata["setting"])
        for one in fields_of(TargetSettings)
        if one.metadata["setting"].check
    }

    enabled = fields.Flag(required=False)
    kind = fields.Text(required=False)
    url = fields.Text(required=False, allow_blank=True, max_length=_LONGEST_ADDRESS)
    signing_key = fields.Text(
        required=False, allow_blank=True, max_length=200, trim_whitespace=False
    )
    events = serializers.ListField(
        child=fields.Text(), required=False, max_length=len(NOTIFIED), allow_empty=True
    )
    pace = fields.Text(required=False)
    quiet_hours = fields.Text(required=False, allow_blank=True)


class TargetSerializer(TargetChangeSerializer):
    name = fields.Text(pattern=TargetName.pattern, trim_whitespace=False)
    url = fields.Text(max_length=_LONGEST_ADDRESS)


class InboxIdsSerializer(StrictSerializer):
    ids = fields.ids()


class InboxReadSerializer(StrictSerializer):
    """``ids``: these; all where they are left out."""

    ids = fields.ids(required=False)


class InboxQuery(serializers.Serializer[Any]):
    event = AnyCaseChoiceField(choices=Kind.values, required=False)
    unread = serializers.BooleanField(required=False)


class LogQuery(serializers.Serializer[Any]):
    target = serializers.CharField(max_length=40, required=False)
    state = AnyCaseChoiceField(choices=DeliveryState.values, required=False)
