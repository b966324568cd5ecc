"""The pages of the sites: which are asked, in which order, where and how often; and a test."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.config import store
from aniworld.config.codec import plain
from aniworld.config.masking import masked
from aniworld.config.pages.sections import form_of, saved, typed
from aniworld.config.pages.words import tell_saved, told_by_field
from aniworld.config.schema import Config
from aniworld.config.sections import section
from aniworld.journal.services import noting
from aniworld.sites import services
from aniworld.sites.pages.sites import SitePage, settings_of, sites_page
from aniworld.sites.probes import PROBE_QUERY, Probe, probe_provider
from aniworld.sites.services import Provider
from aniworld.web.page import PageRequest, forward, page, tell
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from providers.errors import UnknownProvider


@needs(Right.OWN)
@require_safe
def sites(request: PageRequest) -> HttpResponse:
    """All sites there are."""
    return page(request, "settings/providers.html", sites_page(request.path))


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: PageRequest, name: str) -> HttpResponse:
    """What can be set of one site."""
    config, found = store.load(), _provider(name)
    settings, status = settings_of(found), 200
    form = form_of(config, settings)
    if request.method == "POST":
        form = typed(request, config, settings)
        if saved(request, settings, form, config, partial(_with, config, name)):
            return redirect(request.path)
        status = 422
    shown = SitePage(request.path, section("providers"), form, found)
    return page(request, "settings/provider.html", shown, status=status)


@needs(Right.OWN)
@require_POST
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Switch a site on or off, or move it."""
    _provider(name)
    action = request.POST.get("action", "")
    with told_by_field(request), noting() as noted:
        if action in ("on", "off"):
            services.change_provider(name, {"enabled": action == "on"})
        elif action in ("up", "down"):
            services.move_provider(name, -1 if action == "up" else 1)
        else:
            raise Http404
        tell_saved(request, noted)
    return forward(request, "settings-providers")


@needs(Right.OWN)
@require_POST
def test(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the site for something now."""
    found = _provider(name)
    _tell(request, found, probe_provider(name))
    return forward(request, "settings-providers")


def _with(config: Config, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The sites as they are, one of them with other values: they are sent as a whole."""
    sites: dict[str, Any] = masked(plain(config.providers.sites))
    return {"providers": {"sites": {**sites, name: {**sites.get(name, {}), **values}}}}


def _tell(request: HttpRequest, found: Provider, probe: Probe) -> None:
    if probe.error is not None:
        messages.error(request, text_of(probe.error))
        return
    said = ngettext(
        "%(site)s answered in %(time)d ms and found %(count)d series.",
        "%(site)s answered in %(time)d ms and found %(count)d series.",
        probe.results,
    )
    if not probe.results:
        said = _("%(site)s answered in %(time)d ms; it has no series with “%(word)s” in its name.")
    facts = {
        "site": found.entry.label,
        "time": probe.latency * 1000,
        "count": probe.results,
        "word": PROBE_QUERY,
    }
    tell(request, said % facts)


def _provider(name: str) -> Provider:
    try:
        return services.provider(name)
    except UnknownProvider as error:
        raise Http404(_("There is no such site.")) from error
