"""The addresses of the page of all files, and of what is done with some of them."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.events.pages import live_page
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.web import display
from aniworld.web.ids import whole
from aniworld.web.page import PageRequest, chosen_ids, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from library.models import AnimeSeries, MediaFile, UnmatchedFolder
from library.pages.bin_views import tell_left
from library.pages.files import PER_PAGE, files_page, removal_page
from library.recycling.operation import Outcome
from library.recycling.several import delete_several


@needs(Right.VIEW)
@require_safe
@live_page
def files(request: PageRequest) -> HttpResponse:
    """Every file of the library, filtered and sorted by the address."""
    fragments = {"live": "library/_files.html"}
    return page(request, "library/files.html", files_page(request.GET.dict()), fragments=fragments)


@needs(Right.OWN)
@require_POST
def selected(request: HttpRequest) -> HttpResponse:
    """Lead on to what is to be done with the ticked files: each is shown before it is done."""
    ids = chosen_ids(request)[:PER_PAGE]
    leads = {"match": _to_match, "rename": _to_rename}
    lead = leads.get(request.POST.get("action", ""), _to_remove)
    target = lead(ids) if ids else ""
    if not ids:
        messages.warning(request, _("Tick at least one file first."))
    elif not target:
        messages.warning(request, _NOTHING[request.POST["action"]])
    return forward_to(request, target)


def forward_to(request: HttpRequest, target: str) -> HttpResponse:
    """To ``target``, or back to the list where there is none."""
    return HttpResponseRedirect(target) if target else forward(request, "files")


_NOTHING = {
    "match": gettext_lazy("Each of these files belongs to a series already."),
    "rename": gettext_lazy("None of these files belongs to a series: they have no other name yet."),
}


def _to_match(ids: list[int]) -> str:
    """The first folder of no series in which one of them lies."""
    for root, folder in MediaFile.objects.filter(pk__in=ids, series=None).values_list(
        "root", "folder"
    ):
        row = UnmatchedFolder.objects.filter(root=root, folder=folder).first()
        if row is not None:
            return f"{reverse('unmatched')}?{urlencode({'folder': row.pk})}#folder-{row.pk}"
    return ""


def _to_rename(ids: list[int]) -> str:
    """What renaming would do with the series of which they are."""
    series = AnimeSeries.objects.active().filter(files__in=ids).distinct().order_by("sort_name")
    keys = list(series.values_list("key", flat=True))
    if len(keys) == 1:
        return reverse("series-rename", args=keys)
    return f"{reverse('library-rename')}?{urlencode({'series': keys}, True)}" if keys else ""


def _to_remove(ids: list[int]) -> str:
    return f"{reverse('files-remove')}?{urlencode({'ids': ids}, True)}"


@needs(Right.VIEW, writing=Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PageRequest) -> HttpResponse:
    """What would go of the named files; POST does it, where it is still that."""
    named = (whole(value) for value in request.GET.getlist("ids")[:PER_PAGE])
    context = removal_page([pk for pk in named if pk is not None])
    if request.method != "POST":
        return page(request, "library/files_remove.html", context)
    if request.POST.get("files") != context.mark:
        messages.warning(request, _("These are other files than those you were asked about."))
        return page(request, "library/files_remove.html", context, status=422)
    if not context.days and request.POST.get("for_good") != "yes":
        messages.warning(request, _("The recycle bin is off. Say that the files may be gone."))
        return page(request, "library/files_remove.html", context, status=422)
    with told(request):
        with noting() as noted:
            outcome = delete_several(context.files, for_good=not context.days)
        undo = undo_address(noted)
        if undo and len(noted) > 1:  # of several series: all of it comes back
            undo = f"{reverse('bin-restore')}?{urlencode({'act': outcome.act})}"
        _tell_done(request, outcome, undo)
    return forward(request, "files")


def _tell_done(request: HttpRequest, outcome: Outcome, undo: str) -> None:
    words = ngettext(
        "%(count)d file deleted (%(size)s).", "%(count)d files deleted (%(size)s).", outcome.videos
    )
    facts = {"count": outcome.videos, "size": display.size(outcome.bytes)}
    tell(request, words % facts, undo=undo)
    tell_left(request, outcome)
