"""Suggested numberings: the page of all series, and the owner's word on one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from library import services
from library.pages.suggesting import numbering_page


@needs(Right.VIEW)
@require_safe
def numbering(request: PageRequest) -> HttpResponse:
    """The series whose files and catalogue do not fit, and what may be meant."""
    return page(request, "library/numbering.html", numbering_page(request.GET.dict()))


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
