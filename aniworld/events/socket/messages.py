"""The form of everything a client is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

OwnType = Literal["connected", "joined", "left", "pong", "snapshot", "snapshot_required", "error"]


def encode(id: int | None, type: str, at: datetime, data: Mapping[str, Any]) -> str:
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = {"id": id, "type": type, "timestamp": stamp, "data": data}
    return json.dumps(message, cls=DjangoJSONEncoder, separators=(",", ":"))


def own(type: OwnType, **data: Any) -> str:
    """A message of one connection alone: it has no id."""
    return encode(None, type, timezone.now(), data)
