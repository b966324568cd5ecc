"""What the frame of every page shows. Read only when a template asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Count, Model, QuerySet, Value
from django.http import HttpRequest

from aniworld import __version__
from downloads.models import DownloadQueueItem
from library.models import UnmatchedFolder
from library.services.roots import in_a_root


class Shell:
    version = __version__

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def place(self) -> str:
        """The name of the address the visitor is at, for the navigation."""
        match = self._request.resolver_match
        name = (match.url_name if match else None) or ""
        return "library" if name == "series" else name

    @property
    def queue_count(self) -> int:
        return self._counts.get("queue", 0)

    @property
    def unmatched_count(self) -> int:
        return self._counts.get("unmatched", 0)

    @cached_property
    def _counts(self) -> dict[str, int]:
        """In one query: each page shows both."""
        queued = DownloadQueueItem.objects.unfinished()
        unmatched = UnmatchedFolder.objects.waiting().filter(in_a_root())
        both = _counted("queue", queued).union(_counted("unmatched", unmatched), all=True)
        return {row["name"]: row["count"] for row in both}


def _counted(name: str, rows: QuerySet[Model]) -> QuerySet[Model, dict[str, Any]]:
    """One row, the name and how many there are; none where there are none."""
    counted: QuerySet[Model, dict[str, Any]]
    counted = rows.order_by().values(name=Value(name)).annotate(count=Count("pk"))
    return counted


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request)}
