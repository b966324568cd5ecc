"""What the API of media servers takes in. Values are checked in depth by the configuration."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from rest_framework import serializers

from aniworld.config.checks import Name
from aniworld.config.hiding import MASK
from aniworld.config.schema import MediaServer
from aniworld.system.mediaservers.shapes import KINDS
from aniworld.web import fields
from aniworld.web.serializers import AnyCaseChoiceField, StrictSerializer

_SETTINGS = {one.name: one.metadata["setting"] for one in dataclasses.fields(MediaServer)}
MOST_PATHS = 100


class MediaServerChangeSerializer(StrictSerializer):
    """What is left out stays as it is."""

    checks: ClassVar = {
        name: {"anyOf": [{"const": MASK}, known.check.schema()]}
        if known.secret
        else known.check.schema()
        for name, known in _SETTINGS.items()
        if known.check and name != "kind"
    }

    kind = AnyCaseChoiceField(choices=KINDS, required=False)
    enabled = fields.Flag(required=False)
    address = fields.Text(required=False, allow_blank=True, max_length=2000)
    token = fields.Text(required=False, allow_blank=True, max_length=500)
    user = fields.Text(required=False, allow_blank=True, max_length=500, trim_whitespace=False)
    password = fields.Text(required=False, allow_blank=True, max_length=500, trim_whitespace=False)
    paths = serializers.ListField(
        child=fields.Text(max_length=9000, trim_whitespace=False),
        required=False,
        max_length=MOST_PATHS,
    )


class MediaServerSerializer(MediaServerChangeSerializer):
    """A new server; what is left out has its default. Without a name it gets one."""

    name = fields.Text(required=False, pattern=Name.pattern, max_length=50)
