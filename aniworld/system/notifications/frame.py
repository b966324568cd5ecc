"""What the frame of every page shows of the inbox."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest

from aniworld.system.notifications.models import InboxMessage
from aniworld.web.permissions import right_of
from aniworld.web.rights import Right


class Inbox:
    """Read only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def is_owners(self) -> bool:
        return right_of(self._request) is Right.OWN

    @cached_property
    def unread(self) -> int:
        found = InboxMessage.objects.unread()
        return (found if self.is_owners else found.shown_to_all()).count()


def inbox(request: HttpRequest) -> dict[str, Inbox]:
    """Context processor."""
    return {"inbox": Inbox(request)}
