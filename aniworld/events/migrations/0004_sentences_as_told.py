"""Sentences in the data of events become codes that keep the sentence as it was told. Backward,
codes become English sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import translation

from aniworld.web.texts import text_of

AT_ONCE = 500
FIELDS = ("message", "error")
COLUMNS = {"OutboxEvent": ["data"], "Operation": ["data", "reading"]}
Change = Callable[[dict[str, Any]], dict[str, Any]]


def to_codes(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    _rewrite(apps, _coded)


def to_sentences(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    with translation.override("en"):
        _rewrite(apps, _worded)


def _rewrite(apps: Apps, change: Change) -> None:
    for name, columns in COLUMNS.items():
        kind = apps.get_model("events", name)
        changed = []
        for row in kind.objects.order_by().iterator(AT_ONCE):
            before = [getattr(row, column) for column in columns]
            after = [change(data) for data in before]
            if after != before:
                for column, data in zip(columns, after, strict=True):
                    setattr(row, column, data)
                changed.append(row)
        kind.objects.bulk_update(changed, columns, batch_size=AT_ONCE)


def _coded(data: dict[str, Any]) -> dict[str, Any]:
    told = {name: data[name] for name in FIELDS if isinstance(data.get(name), str)}
    code = data.get("code") or "told"
    return data | {
        name: {"code": code, "params": {"why": "as_told", "text": sentence}} if sentence else None
        for name, sentence in told.items()
    }


def _worded(data: dict[str, Any]) -> dict[str, Any]:
    said = {name: data[name] for name in FIELDS if name in data and not isinstance(data[name], str)}
    return data | {name: text_of(value) for name, value in said.items()}


class Migration(migrations.Migration):
    dependencies = [("events", "0003_readings")]

    operations = [migrations.RunPython(to_codes, to_sentences)]
