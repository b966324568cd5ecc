"""The system page and its buttons: for the owner alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from aniworld.config.errors import ConfigError
from aniworld.events.pages import live_page
from aniworld.system import caches, mending, trials, watch
from aniworld.system.facts import System, system
from aniworld.system.pages.shown import FaultsPage, SystemPage, repairs_panel
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right

FRESH_SECONDS = 2.0


@needs(Right.OWN)
@require_safe
@live_page
def system_page(request: PageRequest) -> HttpResponse:
    """Repairs, then the facts; of a configuration that cannot be read the repairs tell."""
    repairs = repairs_panel(watch.look(not_older_than=FRESH_SECONDS))
    is_part = bool(request.htmx) and request.htmx.target == "repairs"
    facts = None if is_part else _facts()
    context = SystemPage(repairs, facts)
    return page(
        request, "system/system.html", context, fragments={"repairs": "system/_repairs.html"}
    )


def _facts() -> System | None:
    try:
        return system()
    except ConfigError:
        return None


@needs(Right.OWN)
@require_safe
def faults(request: PageRequest) -> HttpResponse:
    """What may be found, and what mends it: where the link of a repair leads."""
    return page(request, "system/faults.html", FaultsPage())


@needs(Right.OWN)
@require_POST
def mend(request: HttpRequest, repair_id: str) -> HttpResponse:
    """Do what the button of a repair does."""
    with told(request):
        mending.mend_one(watch.look(), repair_id)
        watch.look()
        tell(request, _("Mended."))
    return forward(request, "system")


@needs(Right.OWN)
@require_POST
def clear_cache(request: HttpRequest, name: str) -> HttpResponse:
    """Throw a cache away."""
    with told(request):
        _tell_gone(request, caches.clear(name))
    return forward(request, "system")


@needs(Right.OWN)
@require_POST
def clear_cached_site(request: HttpRequest, site: str) -> HttpResponse:
    """Throw away what is kept of the pages of one site."""
    with told(request):
        _tell_gone(request, caches.clear(caches.PAGES, site=site))
    return forward(request, "system")


def _tell_gone(request: HttpRequest, files: int) -> None:
    words = ngettext("%d file was deleted.", "%d files were deleted.", files)
    tell(request, words % files)


@needs(Right.OWN)
@require_POST
def try_root(request: HttpRequest) -> HttpResponse:
    """Try what the disk of a library folder guarantees."""
    with told(request):
        trials.try_out(request.POST.get("path", ""))
        tell(request, _("It was tried out."))
    return forward(request, "system")
