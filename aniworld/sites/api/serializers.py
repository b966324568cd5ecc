"""What the providers' API takes in."""

from __future__ import annotations

from typing import ClassVar, get_args

from rest_framework import serializers

from aniworld.config.checks import Name
from aniworld.config.schema import Site
from aniworld.web import fields
from aniworld.web.serializers import StrictSerializer
from providers.base import ADDED_KINDS

_CHANGED_ELSEWHERE = ("provider", "definition", "proxy")


class _Called(StrictSerializer):
    """What a site is called for people."""

    # The name is the setting's; that a field has a label of its own is no matter of the body.
    label = fields.Text(required=False, allow_blank=True, max_length=60)  # type: ignore[assignment]


class ProviderChangeSerializer(_Called):
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


class ProviderAddSerializer(_Called):
    """Checked in depth where it is added."""

    provider = serializers.ChoiceField(choices=ADDED_KINDS)
    name = fields.Text(required=False, max_length=50, pattern=Name.pattern)
    base_url = fields.Text(required=False, allow_blank=True, max_length=2000)
    definition = serializers.DictField(required=False)
    enabled = fields.Flag(required=False)


class DefinitionSerializer(StrictSerializer):
    """A definition file; what may stand in one says `GET /api/providers/definition-schema`."""

    definition = serializers.DictField()


class TriedDefinitionSerializer(DefinitionSerializer):
    """A definition to be tried, with what is looked for."""

    query = fields.Text(max_length=300)
    name = fields.Text(required=False, max_length=50, pattern=Name.pattern)
    base_url = fields.Text(required=False, allow_blank=True, max_length=2000)
