"""What the tests of the queue do to it and look at."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from aniworld.events.models import OutboxEvent
from aniworld.events.socket import reader
from downloads import services
from downloads.choices import Priority, Status
from downloads.models import DownloadQueueItem
from downloads.services import EpisodeRef
from library.choices import EpisodeState
from library.models import AnimeSeries, Episode


def add(series: AnimeSeries, *numbers: int, priority: Priority = Priority.NORMAL) -> list[int]:
    refs = [EpisodeRef(1, number) for number in numbers]
    return services.enqueue(series_key=series.key, episodes=refs, priority=priority).ids


def listed(series: AnimeSeries, count: int) -> list[EpisodeRef]:
    """A second season of so many episodes, which the catalogue lists from now on."""
    numbers = range(1, count + 1)
    Episode.objects.bulk_create(
        Episode(series=series, season=2, episode_number=n, state=EpisodeState.MISSING)
        for n in numbers
    )
    return [EpisodeRef(2, number) for number in numbers]


def pending() -> list[int]:
    """Episode numbers in the order of the queue."""
    items = DownloadQueueItem.objects.waiting().in_order()
    return list(items.values_list("episode_number", flat=True))


def told() -> list[tuple[str, str]]:
    return [
        (event.type, event.data.get("action", "")) for event in OutboxEvent.objects.order_by("id")
    ]


def sent(after: int) -> list[dict[str, Any]]:
    """The data of the next events as the browsers get them."""
    return [json.loads(event.text)["data"] for event in reader.events_after(after)]


def finish(item_id: int, status: Status, **fields: Any) -> None:
    DownloadQueueItem.objects.filter(pk=item_id).update(
        status=status, completed_at=timezone.now(), **fields
    )
