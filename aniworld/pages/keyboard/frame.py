"""The shortcuts in the frame of every page. Read only when a template asks for them."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest

from accounts.models import ShortcutKeys, shortcuts_of_user
from aniworld.pages.keyboard.shortcuts import Shortcut, shortcuts_for
from aniworld.web.permissions import right_of


class Keyboard:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def shortcuts(self) -> list[Shortcut]:
        """Those that a script must know of: the others are the browser's."""
        wanted = shortcuts_of_user(self._request.user)
        found = shortcuts_for(right_of(self._request), wanted)
        return [one for one in found if one.to or one.does]

    @property
    def is_off(self) -> bool:
        return shortcuts_of_user(self._request.user) == ShortcutKeys.NONE


def keyboard(request: HttpRequest) -> dict[str, Keyboard]:
    """Context processor."""
    return {"keyboard": Keyboard(request)}
