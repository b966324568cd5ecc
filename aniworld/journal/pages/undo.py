"""The address that takes an act back: what a message after a change offers."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from aniworld.journal import services
from aniworld.journal.models import Entry
from aniworld.web import texts
from aniworld.web.page import forward, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right


def undo_address(noted: Sequence[Entry]) -> str:
    """Where the newest of these acts is undone by POST; empty where none of them can be.

    Args:
        noted: what ``journal.services.noting`` gave.
    """
    undoable = [entry.pk for entry in noted if entry.can_be_undone]
    return reverse("journal-undo", args=[undoable[-1]]) if undoable else ""


@needs(Right.OPERATE)
@require_POST
def undo(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take one act back, and lead to where the visitor was."""
    with told(request):
        done = services.undo(entry_id=entry_id)
        tell(request, texts.text(done.action, done.params), undo=undo_address([done]))
    return forward(request, "library")
