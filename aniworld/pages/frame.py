"""What the frame of every page shows. Read only when a template asks for it."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest

from aniworld import __version__
from downloads.models import DownloadQueueItem
from library.models import UnmatchedFolder


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

    @cached_property
    def queue_count(self) -> int:
        return DownloadQueueItem.objects.unfinished().count()

    @cached_property
    def unmatched_count(self) -> int:
        return UnmatchedFolder.objects.filter(root__is_active=True).count()


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor."""
    return {"shell": Shell(request)}
