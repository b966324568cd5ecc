"""What the API of the configuration takes in. Values are checked in depth by the configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from aniworld.config.forms import LONGEST_PATH
from aniworld.config.json_schema import config_schema
from aniworld.web import fields
from aniworld.web.serializers import StrictSerializer, valid

_MARK = re.compile(r'(?:W/)?"([0-9]{1,16})"')
NO_VERSION = -1  # of a mark that none of ours is
_VERSION = "The version that is to be changed; another one by now is answered with 409."
LARGEST_VERSION = 2**53

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of what is to be changed; another one by now is answered with 409.",
)


class _Plain(StrictSerializer):
    """Takes any object as it is: the configuration reads it."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        return dict(data)


class ConfigBody(_Plain):
    """The configuration, or what is to be changed of it: what is left out stays as it is."""

    def said(self) -> dict[str, Any]:
        return config_schema()


class CandidateBody(_Plain):
    """Anything that may be meant as the configuration, or as a part of it."""

    rules: ClassVar = {"additionalProperties": True}


class SectionBody(_Plain):
    """The fields of the section that are to be changed; `version` may stand beside them."""

    rules: ClassVar = {"additionalProperties": True}


class _VersionedSerializer(StrictSerializer):
    version = fields.WholeNumber(
        required=False, min_value=0, max_value=LARGEST_VERSION, help_text=_VERSION
    )


class _TrialSerializer(_VersionedSerializer):
    dry_run = fields.Flag(default=False, help_text="Only say what would change.")


class DirectorySerializer(_VersionedSerializer):
    directory = fields.Text(
        trim_whitespace=False, max_length=LONGEST_PATH, help_text="A full path that can be read."
    )


class ExportSerializer(StrictSerializer):
    secrets = fields.Flag(default=False, help_text="With passwords and tokens, unmasked.")


class ImportSerializer(_TrialSerializer):
    config = serializers.DictField(help_text="The content of an exported file.")

    def said(self) -> dict[str, Any]:
        return {"required": ["config"]}


class ResetSerializer(_TrialSerializer):
    sections = serializers.ListField(
        child=fields.Text(max_length=50),
        default=list,
        max_length=50,
        help_text="Only these; all where none is named.",
    )


class RestoreSerializer(_TrialSerializer):
    pass


class FolderQuery(serializers.Serializer[Any]):
    path = serializers.CharField(
        default="/", trim_whitespace=False, max_length=LONGEST_PATH, help_text="A full path."
    )


class _Version(_VersionedSerializer):
    """What is read of a ``version`` in a body that the configuration reads."""


def version_of(request: Request, sent: dict[str, Any]) -> int | None:
    """The version that the caller wants to change, of ``If-Match`` or else of the body; None where
    it does not matter.

    Args:
        sent: the body; its ``version`` is taken out.

    Raises:
        ValidationError: the body's is none.
    """
    body = {name: sent.pop(name) for name in ("version",) if name in sent}
    version: int | None = valid(_Version(data=body)).get("version")
    mark = request.headers.get("If-Match")
    if mark is None or mark == "*":
        return version
    found = _MARK.fullmatch(mark)
    return int(found[1]) if found else NO_VERSION
