"""What is done to several of the waiting or failed at once, to a run of them, or to all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.web.ids import whole
from aniworld.web.page import forward, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from downloads import services
from downloads.choices import End
from downloads.pages.runs import ids_in

Ids = Sequence[int]


def _top(count: int) -> str:
    return ngettext("%d episode is next now.", "%d episodes are next now.", count) % count


def _bottom(count: int) -> str:
    return ngettext("%d episode is last now.", "%d episodes are last now.", count) % count


def _held(count: int) -> str:
    return ngettext("%d episode held back.", "%d episodes held back.", count) % count


def _released(count: int) -> str:
    return ngettext("%d episode released.", "%d episodes released.", count) % count


def _removed(count: int) -> str:
    return (
        ngettext("%d episode removed from the queue.", "%d episodes removed from the queue.", count)
        % count
    )


def _retried(count: int) -> str:
    return ngettext("%d episode is tried again.", "%d episodes are tried again.", count) % count


# By the word a form sends: what is done, which gives back the ids it was done to, and what is said.
ACTS: dict[str, tuple[Callable[[Ids], Ids], Callable[[int], str]]] = {
    "top": (lambda ids: services.move_to(item_ids=ids, end=End.TOP).ids, _top),
    "bottom": (lambda ids: services.move_to(item_ids=ids, end=End.BOTTOM).ids, _bottom),
    "hold": (lambda ids: services.hold(item_ids=ids).ids, _held),
    "release": (lambda ids: services.release(item_ids=ids).ids, _released),
    "remove": (lambda ids: services.remove(item_ids=ids), _removed),
    "retry": (lambda ids: services.retry(item_ids=ids).ids, _retried),
}


@needs(Right.OPERATE)
@require_POST
def selected(request: HttpRequest) -> HttpResponse:
    """What is ticked: items, and runs with all that is in them now. A button that stands beside one
    item or one run names it in its address, and then that is meant alone."""
    act = request.POST.get("action", "")
    if act not in ACTS:
        raise Http404
    ids = _named(request.GET) if request.GET else _named(request.POST)
    if ids:
        _done(request, partial(_count, ACTS[act][0], ids), ACTS[act][1])
    else:
        tell(request, _("Nothing is ticked."))
    return forward(request, "queue")


def _named(given: QueryDict) -> list[int]:
    ids = (number for text in given.getlist("ids") if (number := whole(text)) is not None)
    return list(dict.fromkeys([*ids, *ids_in(given.getlist("runs"))]))


@needs(Right.OPERATE)
@require_POST
def clear_waiting(request: HttpRequest) -> HttpResponse:
    """Take out all that waits: the page asks before it, and offers to take it back after it."""
    _done(request, services.clear_waiting, _removed)
    return forward(request, "queue")


def _count(act: Callable[[Ids], Ids], ids: Ids) -> int:
    return len(act(ids))


def _done(request: HttpRequest, act: Callable[[], int], words: Callable[[int], str]) -> None:
    with told(request):
        with noting() as noted:
            count = act()
        text = words(count) if count else _("They do not wait here any more.")
        tell(request, text, undo=undo_address(noted))
