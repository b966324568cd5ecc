"""What the frame of every page shows of this room. Nothing is looked at for it."""

from __future__ import annotations

from django.http import HttpRequest

from aniworld.system import watch
from aniworld.web.permissions import right_of
from aniworld.web.rights import Right


class Repairs:
    """Read only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def are_shown(self) -> bool:
        """They are the owner's to mend."""
        return right_of(self._request) is Right.OWN

    @property
    def count(self) -> int:
        return watch.count() if self.are_shown else 0


def repairs(request: HttpRequest) -> dict[str, Repairs]:
    """Context processor."""
    return {"repairs": Repairs(request)}
