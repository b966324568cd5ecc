"""Days of a library that has been there for a while."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from aniworld.sites.models import ServiceDay
from downloads.models import FetchedDay
from library.models import LibraryDay


def before(days: int) -> date:
    """The day so many days before today."""
    return timezone.localdate() - timedelta(days=days)


def held(days: int, episodes: int, **fields: Any) -> LibraryDay:
    """What there was so many days before today."""
    counted = {"missing": 2, "announced": 1} if fields.get("is_counted", True) else {}
    figures = {"episodes": episodes, "files": episodes, "bytes": episodes * 10**9}
    return LibraryDay.objects.create(day=before(days), **figures | counted | fields)


def fetched(days: int, episodes: int, failed: int = 0, size: int = 0) -> FetchedDay:
    return FetchedDay.objects.create(day=before(days), episodes=episodes, failed=failed, bytes=size)


def asked(days: int, service: str, answered: int, failed: int = 0) -> ServiceDay:
    return ServiceDay.objects.create(
        day=before(days), service=service, answered=answered, failed=failed
    )
