"""The addresses of the recycle bin, and of what goes there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.events.pages import live_page
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.web import display
from aniworld.web.page import PageRequest, chosen_ids, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library import services
from library.errors import SeriesNotFound
from library.models import AnimeSeries
from library.naming.paths import to_shown
from library.pages.bin import bin_page, delete_page, deletion_page
from library.recycling.delete import delete_files
from library.recycling.emptying import delete_for_good, empty
from library.recycling.operation import Outcome
from library.recycling.restore import Taken, restore
from library.services.wanting import set_wanted

TOLD = 3  # files that stay, in one message


@needs(Right.VIEW, writing=Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def series_delete(request: PageRequest, key: str) -> HttpResponse:
    """What would go of a series, a season or an episode; POST does it, where it is still that."""
    series = _series(key)
    context = delete_page(series, request.GET)
    if request.method != "POST":
        return page(request, "library/delete.html", context)
    if request.POST.get("files") != context.mark:
        messages.warning(request, _("These are other files than those you were asked about."))
        return page(request, "library/delete.html", context, status=422)
    if not context.days and request.POST.get("for_good") != "yes":
        messages.warning(request, _("The recycle bin is off. Say that the files may be gone."))
        return page(request, "library/delete.html", context, status=422)
    with told(request):
        files = [unit.file for unit in context.going.moving]
        with noting() as noted:
            outcome = delete_files(series, files, for_good=not context.days)
        facts = {"count": outcome.videos, "size": display.size(outcome.bytes)}
        words = ngettext(
            "%(count)d file deleted (%(size)s).",
            "%(count)d files deleted (%(size)s).",
            outcome.videos,
        )
        tell(request, words % facts, undo=undo_address(noted))
        tell_left(request, outcome)
    return forward(request, "series", key)


@needs(Right.OWN)
@require_POST
def series_want(request: HttpRequest, key: str) -> HttpResponse:
    """Episodes whose files were deleted count as missing again."""
    series = _series(key)
    with noting() as noted:
        changed = set_wanted(series, wanted=True)
    words = ngettext("%d episode is wanted again.", "%d episodes are wanted again.", len(changed))
    tell(request, words % len(changed), undo=undo_address(noted))
    return forward(request, "series", key)


@needs(Right.VIEW)
@require_safe
@live_page
def recycle_bin(request: PageRequest) -> HttpResponse:
    """What is in the recycle bin."""
    fragments = {"live": "library/_bin.html"}
    return page(request, "library/bin.html", bin_page(request.GET.dict()), fragments=fragments)


@needs(Right.OWN)
@require_POST
def bin_restore(request: HttpRequest) -> HttpResponse:
    """Give the ticked files their places back, or all of one act."""
    words = request.POST.get("taken", Taken.STAYS)
    taken = Taken(words) if words in set(Taken) else Taken.STAYS
    with told(request):
        outcome = restore(_wanted(request), taken=taken)
        if outcome.videos:
            said = ngettext("%d file is back.", "%d files are back.", outcome.videos)
            tell(request, said % outcome.videos)
        tell_left(request, outcome)
    return forward(request, "bin")


@needs(Right.OWN)
@require_POST
def bin_delete(request: PageRequest) -> HttpResponse:
    """Ask once more before the ticked files go for good, or all of them; then do it."""
    is_all = request.POST.get("all") == "yes"
    ids = [] if is_all else _wanted(request)
    if not ids and not is_all:
        messages.warning(request, _("No file was ticked."))
        return forward(request, "bin")
    context = deletion_page(ids)
    if request.POST.get("sure") != str(context.count):
        return page(request, "library/bin_delete.html", context)
    with told(request):
        outcome = empty() if is_all else delete_for_good(ids)
        words = ngettext(
            "%(count)d file is gone for good (%(size)s).",
            "%(count)d files are gone for good (%(size)s).",
            outcome.videos,
        )
        tell(request, words % {"count": outcome.videos, "size": display.size(outcome.bytes)})
        tell_left(request, outcome)
    return forward(request, "bin")


def _wanted(request: HttpRequest) -> list[int]:
    """The ticked ones, or those of the act that is named, in the form or in the address."""
    act = request.POST.get("act") or request.GET.get("act", "")
    if not act:
        return chosen_ids(request)
    return list(bin_page({"act": act}).found.values_list("pk", flat=True))


def tell_left(request: HttpRequest, outcome: Outcome) -> None:
    """Say of files that stay where they are why."""
    for path, error in outcome.left[:TOLD]:
        name = to_shown(path).rpartition("/")[2]
        messages.error(request, f"{name}: {text_of(error)}")
    more = len(outcome.left) - TOLD
    if more > 0:
        words = ngettext("%d more file stays.", "%d more files stay.", more)
        messages.error(request, words % more)


def _series(key: str) -> AnimeSeries:
    try:
        return services.get_series(key)
    except SeriesNotFound as error:
        raise Http404(text_of(error)) from error
