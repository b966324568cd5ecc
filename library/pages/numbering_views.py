"""Suggested numberings: the page of all series, and the owner's word on one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library import services
from library.errors import LibraryError
from library.pages.importing import ImportPage, apply_chosen, read_file
from library.pages.suggesting import numbering_page


@needs(Right.VIEW)
@require_safe
def numbering(request: PageRequest) -> HttpResponse:
    """The series whose files and catalogue do not fit, and what may be meant."""
    return page(request, "library/numbering.html", numbering_page(request.GET.dict()))


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def import_numberings(request: PageRequest) -> HttpResponse:
    """A file for many series: shown first, then taken over as far as it is ticked."""
    if request.method != "POST":
        return page(request, "library/numbering_import.html", ImportPage())
    if request.POST.get("action") != "apply":
        context = read_file(request.POST, request.FILES)
        status = 422 if context.form.errors else 200
        return page(request, "library/numbering_import.html", context, status=status)
    done = 0
    for one in apply_chosen(request.POST):
        if isinstance(one, LibraryError):
            messages.error(request, text_of(one))
        else:
            done += 1
    if done:
        words = ngettext("%d series has its numbering.", "%d series have their numberings.", done)
        tell(request, words % done)
    else:
        messages.warning(request, _("Tick at least one series first."))
    return forward(request, "numbering-import")


@needs(Right.OWN)
@require_POST
def apply(request: HttpRequest, key: str) -> HttpResponse:
    """Add a suggested numbering to the series' own."""
    with told(request):
        with noting() as noted:
            mark = request.POST.get("mark", "")
            series = services.apply_suggestion(services.get_series(key), mark)
        words = _("%(name)s has the suggested numbering: %(there)d of %(total)d on disk.")
        facts = {
            "name": series.name,
            "there": series.downloaded_count,
            "total": series.total_episodes,
        }
        tell(request, words % facts, undo=undo_address(noted))
    return _back(request, key)


@needs(Right.OWN)
@require_POST
def dismiss(request: HttpRequest, key: str) -> HttpResponse:
    """Suggest it no more."""
    with told(request):
        with noting() as noted:
            mark = request.POST.get("mark", "")
            series = services.dismiss_suggestion(services.get_series(key), mark)
        words = _("This numbering of %s is suggested no more.") % series.name
        tell(request, words, undo=undo_address(noted))
    return _back(request, key)


def _back(request: HttpRequest, key: str) -> HttpResponse:
    """To the page where it was said."""
    if request.POST.get("from") == "numbering":
        return forward(request, "numbering")
    return forward(request, "series-mapping", key)
