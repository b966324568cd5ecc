"""A second process: publishes what standard input asks for and prints the ids.

A line is ``{"count": n, "size": bytes, "job": name or null}``; each event has its own transaction.
With ``"hold": true`` one event is published and its transaction stays open until the next line.
"""

# ruff: noqa: E402 (the apps must be ready before what follows imports their models)

from __future__ import annotations

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
django.setup()

from django.db import transaction

from aniworld.events import publish
from tests.integration.events_sent import Advanced, Sent


def publish_one(number: int, size: int, job: str | None) -> int:
    filling = "x" * size
    with transaction.atomic():
        if job is not None:
            return publish.publish_progress(Advanced(number, filling), job)
        return publish.publish(Sent(number, filling))


def publish_and_hold() -> None:
    with transaction.atomic():
        print(json.dumps([publish_one(0, 0, None)]), flush=True)
        sys.stdin.readline()


for line in sys.stdin:
    order = json.loads(line)
    if order.get("hold"):
        publish_and_hold()
        continue
    ids = [
        publish_one(number, order.get("size", 0), order.get("job"))
        for number in range(order["count"])
    ]
    print(json.dumps(ids), flush=True)
