"""What was stored as a sentence keeps it, as the parameter of a code that is told as it is.
Backward, codes become English sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import translation

from aniworld.web.texts import text

AT_ONCE = 500
# What the item ran into was not stored with the pause, only the words for it.
PAUSED_FOR = {"DISK_FULL": "disk_full"}
NEEDS_OWNER = "provider_error"
UNKNOWN = "transfer_failed"
SENTENCES = ("error", "message")  # earlier versions kept an attempt's under the second name

Attempts = list[dict[str, Any]]


def to_codes(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    _rewrite_items(apps, _item_to_code)
    _rewrite_events(apps, _attempts_to_codes)
    for state in _rows(apps, "downloads", "QueueState").exclude(pause_reason=""):
        state.pause_reason_code = PAUSED_FOR.get(state.pause_code, NEEDS_OWNER)
        state.pause_reason_params = _as_told(state.pause_reason)
        state.save()


def to_sentences(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    with translation.override("en"):
        _rewrite_items(apps, _item_to_sentence)
        _rewrite_events(apps, _attempts_to_sentences)
        for state in _rows(apps, "downloads", "QueueState").all():
            state.pause_reason = text(state.pause_reason_code, state.pause_reason_params)
            state.save()


def _rows(apps: Apps, app: str, model: str) -> Any:
    return apps.get_model(app, model).objects


def _rewrite_items(apps: Apps, change: Callable[[Any], None]) -> None:
    items = _rows(apps, "downloads", "DownloadQueueItem")
    changed = ["error_code", "error_message", "error_params", "attempts"]
    told = items.exclude(error_code="", error_message="", attempts=[]).order_by("pk")
    chunk: list[Any] = []
    for item in told.iterator(AT_ONCE):
        change(item)
        chunk.append(item)
        if len(chunk) == AT_ONCE:
            items.bulk_update(chunk, changed)
            chunk = []
    items.bulk_update(chunk, changed)


def _item_to_code(item: Any) -> None:
    if item.error_message:
        item.error_code = item.error_code or UNKNOWN
        item.error_params = _as_told(item.error_message)
    item.attempts = _attempts_to_codes(item.attempts)


def _item_to_sentence(item: Any) -> None:
    item.error_message = text(item.error_code, item.error_params)
    item.attempts = _attempts_to_sentences(item.attempts)


def _rewrite_events(apps: Apps, change: Callable[[Attempts], Attempts]) -> None:
    """Those that a browser may still ask for when it comes back."""
    for event in _rows(apps, "events", "OutboxEvent").filter(type="download_failed"):
        event.data = event.data | {"attempts": change(event.data.get("attempts", []))}
        event.save(update_fields=["data"])


def _attempts_to_codes(attempts: Attempts) -> Attempts:
    return [_attempt_to_code(attempt) for attempt in attempts]


def _attempt_to_code(attempt: dict[str, Any]) -> dict[str, Any]:
    sentence = next((attempt[name] for name in SENTENCES if attempt.get(name)), "")
    facts = {name: value for name, value in attempt.items() if name not in SENTENCES}
    params = _as_told(sentence) if sentence else {}
    return facts | {"code": attempt.get("code") or UNKNOWN, "params": params}


def _attempts_to_sentences(attempts: Attempts) -> Attempts:
    return [
        {name: value for name, value in attempt.items() if name != "params"}
        | {"error": text(attempt["code"], attempt["params"])}
        for attempt in attempts
    ]


def _as_told(sentence: str) -> dict[str, str]:
    return {"why": "as_told", "text": sentence}


class Migration(migrations.Migration):
    dependencies = [("downloads", "0002_codes_and_parameters"), ("events", "0001_initial")]

    operations = [migrations.RunPython(to_codes, to_sentences)]
