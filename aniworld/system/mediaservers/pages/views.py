"""The pages of the media servers: who is told, how they are reached, and a test."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from aniworld.config import store
from aniworld.config.codec import plain
from aniworld.config.errors import ConfigInvalid
from aniworld.config.masking import masked
from aniworld.config.pages.sections import form_of, of_section, saved, typed
from aniworld.config.pages.words import tell_saved, told_by_field
from aniworld.config.schema import Config, MediaServer
from aniworld.config.sections import section
from aniworld.journal.services import noting
from aniworld.system.mediaservers import services
from aniworld.system.mediaservers.errors import (
    MediaServerError,
    MediaServerKnown,
    MediaServerNotFound,
)
from aniworld.system.mediaservers.pages.shown import (
    NEW,
    SECTION,
    NewServerForm,
    ServerCard,
    ServerPage,
    ServersPage,
    cards,
    settings_of,
    words_of,
)
from aniworld.system.mediaservers.services import Known
from aniworld.web.errors import FieldError
from aniworld.web.page import PageRequest, forward, page, tell
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def servers(request: PageRequest) -> HttpResponse:
    """All servers, and what is set for all of them."""
    config, status = store.load(), 200
    settings = of_section(config, SECTION)
    form = form_of(config, settings)
    if request.method == "POST":
        form = typed(request, config, settings)
        if saved(request, settings, form, config, lambda values: {SECTION: values}):
            return redirect(request.path)
        status = 422
    shown = ServersPage(request.path, section(SECTION), form, cards())
    return page(request, "mediaservers/servers.html", shown, status=status)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """A new server."""
    settings, status = settings_of(NEW, MediaServer()), 200
    form = NewServerForm(settings)
    if request.method == "POST":
        form, status = NewServerForm(settings, request.POST), 422
        if form.is_valid() and (name := _added(request, form)):
            return redirect("settings-media-server", name)
        form.focus_first_error()
    shown = ServerPage(request.path, section(SECTION), form, None, form["name"])
    return page(request, "mediaservers/add.html", shown, status=status)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def server(request: PageRequest, name: str) -> HttpResponse:
    """What can be set of one server."""
    config, found, status = store.load(), _server(name), 200
    settings = settings_of(name, found.settings)
    form = form_of(config, settings)
    if request.method == "POST":
        form = typed(request, config, settings)
        services.begin_reading()  # where this server is the first that is told
        if saved(request, settings, form, config, partial(_with, config, name)):
            services.try_again(name)
            return redirect(request.path)
        status = 422
    shown = ServerPage(request.path, section(SECTION), form, ServerCard(found))
    return page(request, "mediaservers/server.html", shown, status=status)


@needs(Right.OWN)
@require_POST
def test(request: HttpRequest, name: str) -> HttpResponse:
    """Ask the server now."""
    found = _server(name)
    trial = services.test(name)
    words = f"{found.name}: {' '.join(words_of(trial))}"
    if trial.is_good:
        tell(request, words)
    else:
        messages.error(request, words)
    return forward(request, "settings-media-servers")


@needs(Right.OWN)
@require_POST
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Switch a server on or off."""
    _server(name)
    action = request.POST.get("action", "")
    if action not in ("on", "off"):
        raise Http404
    with told_by_field(request), noting() as noted:
        services.change(name, {"enabled": action == "on"})
        tell_saved(request, noted)
    return forward(request, "settings-media-servers")


@needs(Right.OWN)
@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Forget a server."""
    _server(name)
    with told_by_field(request), noting() as noted:
        services.remove(name)
        tell_saved(request, noted)
    return redirect("settings-media-servers")


def _added(request: HttpRequest, form: NewServerForm) -> str:
    """The name of the server that was added; empty where the form says why it was not."""
    values = form.values()
    name = services.free_name(form.cleaned_data["name"], values["kind"])
    try:
        with noting() as noted:
            services.add(name, values)
    except ConfigInvalid as error:
        form.add_faults(_as_of_new(fault, name) for fault in error.errors)
        return ""
    except MediaServerKnown as error:
        form.add_error("name", text_of(error))
        return ""
    except MediaServerError as error:
        form.add_error(None, text_of(error))
        return ""
    tell_saved(request, noted)
    return name


def _as_of_new(fault: FieldError, name: str) -> FieldError:
    """What is wrong with a field of the server of that name, as the form of a new one has it."""
    known, new = (f"{SECTION}.servers.{one}." for one in (name, NEW))
    return replace(fault, field=fault.field.replace(known, new))


def _with(config: Config, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The servers as they are, one of them with other values: they are sent as a whole."""
    known: dict[str, Any] = masked(plain(config.media_servers.servers))
    return {SECTION: {"servers": {**known, name: {**known.get(name, {}), **values}}}}


def _server(name: str) -> Known:
    try:
        return services.server(name)
    except MediaServerNotFound as error:
        raise Http404(text_of(error)) from error
