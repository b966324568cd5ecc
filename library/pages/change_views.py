"""The page of what catalogues have changed, and the owner's word where that is in doubt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from library import services
from library.choices import NumbersMean
from library.pages.changes import changes_page


@needs(Right.VIEW)
@require_safe
def changes(request: PageRequest) -> HttpResponse:
    """What the catalogues of all series have changed, the newest first."""
    return page(request, "library/changes.html", changes_page(request.GET.dict()))


@needs(Right.OWN)
@require_POST
def numbers(request: HttpRequest, key: str) -> HttpResponse:
    """What the new numbers of a catalogue mean that is held."""
    same = request.POST.get("means") == NumbersMean.SAME_EPISODES
    with told(request):
        means = NumbersMean.SAME_EPISODES if same else NumbersMean.AS_LISTED
        seen = request.POST.get("mark", "")
        series = services.decide_numbers(services.get_series(key), means, seen=seen)
        if series.catalogue_held:
            words = _("The catalogue of %s has changed since you looked at it. Look once more.")
        else:
            words = _("The list of %s is taken over.")
        tell(request, words % series.name)
    return forward(request, "series", key)
