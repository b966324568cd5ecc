"""What the visitor did, as a page: the newest first, with what can be undone or done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from aniworld.journal import own
from aniworld.journal.errors import UndoRefused
from aniworld.journal.models import Entry
from aniworld.journal.pages.journal import PER_PAGE, Line
from aniworld.journal.pages.undo import undo_address
from aniworld.web import texts
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right


@dataclass(frozen=True, slots=True)
class OwnPage:
    """``undo`` and ``redo``: what the two keys would do; None where they would do nothing."""

    paging: Page[Entry]
    undo: Line | None
    redo: Line | None

    @property
    def lines(self) -> list[Line]:
        return [Line(entry) for entry in self.paging.object_list]


@needs(Right.VIEW)
@require_safe
def own_acts(request: PageRequest) -> HttpResponse:
    paging = Paginator(own.own_acts(), PER_PAGE).get_page(request.GET.get("page"))
    context = OwnPage(paging, _line(own.next_undo()), _line(own.next_redo()))
    return page(request, "journal/own.html", context)


@needs(Right.OPERATE)
@require_POST
def undo_newest(request: HttpRequest) -> HttpResponse:
    """Take back what the visitor did last, and lead to where they were."""
    return _turned(request, own.next_undo(), own.undo_newest)


@needs(Right.OPERATE)
@require_POST
def redo_newest(request: HttpRequest) -> HttpResponse:
    """Do again what the visitor undid last, and lead to where they were."""
    return _turned(request, own.next_redo(), own.redo_newest)


def _turned(request: HttpRequest, entry: Entry | None, turn: Callable[[], Entry]) -> HttpResponse:
    """A refusal names the act: whoever pressed a key has not seen which one it is."""
    with told(request):
        try:
            done = turn()
        except UndoRefused as error:
            if entry is None:
                raise
            messages.error(request, f"{_words(entry)} {texts.text_of(error)}")
        else:
            tell(request, _words(done), undo=undo_address([done]))
    return forward(request, "own-acts")


def _line(entry: Entry | None) -> Line | None:
    return None if entry is None else Line(entry)


def _words(entry: Entry) -> str:
    return texts.text(entry.action, entry.params)
