"""The list of shortcuts as a page and as an overlay, and what the command palette offers."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import ShortcutKeys, shortcuts_of_user
from aniworld.pages.keyboard.commands import Command, commands_for
from aniworld.pages.keyboard.shortcuts import Shortcut, grouped, shortcuts_for
from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs, right_of
from aniworld.web.rights import Right

SHEET = "key-sheet"  # the element that the overlay fills


@dataclass(frozen=True, slots=True)
class KeyboardPage:
    """``chosen``: which shortcuts the visitor wants."""

    right: Right | None
    chosen: ShortcutKeys

    @property
    def groups(self) -> list[tuple[str, list[Shortcut]]]:
        return list(grouped(shortcuts_for(self.right, self.chosen)))


@dataclass(frozen=True, slots=True)
class Palette:
    commands: list[Command]


@needs(Right.VIEW)
@require_safe
def keyboard(request: PageRequest) -> HttpResponse:
    """The shortcuts that the visitor has."""
    context = KeyboardPage(right_of(request), shortcuts_of_user(request.user))
    fragments = {SHEET: "keyboard/_sheet.html"}
    return page(request, "keyboard/keyboard.html", context, fragments=fragments)


@needs(Right.VIEW)
@require_safe
@never_cache
def commands(request: PageRequest) -> HttpResponse:
    """The lines of the palette that are not series: a part of a page."""
    right = right_of(request)
    assert right is not None  # noqa: S101 - nobody else was let in
    return render(request, "keyboard/_commands.html", {"page": Palette(commands_for(right))})
