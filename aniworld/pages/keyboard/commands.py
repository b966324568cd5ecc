"""What the command palette offers beside the series: the pages, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from aniworld.config.menu import menu
from aniworld.pages.keyboard.shortcuts import SHORTCUTS
from aniworld.web.rights import Right
from downloads.models import QueueState
from library.models import ScanOperation

# Pages without keys of their own.
OTHER_PAGES: Final = (
    (_("Changes"), "changes", Right.VIEW),
    (_("Numbering"), "numbering", Right.VIEW),
    (_("Library folders"), "library-folders", Right.VIEW),
    (_("Keyboard shortcuts"), "keyboard", Right.VIEW),
    (_("Backups"), "backups", Right.OWN),
)


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette. An action is asked for by POST, a page is gone to."""

    text: str
    address: str
    kind: str
    icon: str
    is_action: bool = False


def commands_for(right: Right) -> list[Command]:
    """All that somebody with this right can go to and do now, the actions first."""
    actions = list(_actions()) if right >= Right.OPERATE else []
    return [*actions, *_pages(right)]


def _pages(right: Right) -> Iterator[Command]:
    with_keys = ((one.words, one.to, one.takes) for one in SHORTCUTS if one.to)
    for words, name, takes in (*with_keys, *OTHER_PAGES):
        if right >= takes:
            yield Command(gettext(words), reverse(name), gettext("Page"), "fa-file")
    if right is Right.OWN:
        for entry in menu(""):
            yield Command(entry.label, entry.address, gettext("Settings"), "fa-gear")


def _actions() -> Iterator[Command]:
    """Without those that would do nothing, or be refused, as things are."""
    if ScanOperation.objects.running().exists():
        yield _action(_("Cancel the scan"), "scan-cancel", icon="fa-ban")
    else:
        yield _action(_("Scan the library"), "scan-start", icon="fa-arrows-rotate")
    state = QueueState.objects.filter(pk=1).first() or QueueState()
    if state.is_paused:
        yield _action(_("Resume the queue"), "queue-control", "resume", icon="fa-play")
    elif state.is_running:
        yield _action(_("Pause the queue"), "queue-control", "pause", icon="fa-pause")
    else:
        yield _action(_("Start the queue"), "queue-control", "start", icon="fa-play")
        only_next = _("Fetch only the next of the queue")
        yield _action(only_next, "queue-control", "start-one", icon="fa-forward-step")
    if state.is_running:
        yield _action(_("Stop the queue"), "queue-control", "stop", icon="fa-stop")
    yield _action(_("Retry all that failed"), "queue-retry-all", icon="fa-rotate")
    yield _action(_("Undo what you did last"), "undo-newest", icon="fa-rotate-left")
    yield _action(_("Redo what you undid last"), "redo-newest", icon="fa-rotate-right")


def _action(words: str, name: str, *args: str, icon: str) -> Command:
    return Command(gettext(words), reverse(name, args=args), gettext("Action"), icon, True)
