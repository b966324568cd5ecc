"""How pages answer: whole, in part for htmx, or by leading on after a change.

A change is always answered by a redirect. htmx follows it with its own headers, so the page that
is led to answers with the fragment htmx wants: one way for visitors with and without script.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from aniworld.web.errors import AppError
from aniworld.web.ids import whole
from aniworld.web.texts import text_of
from providers.errors import ProviderError


class PageRequest(HttpRequest):
    """What the middleware and ``aniworld.events.pages.live_page`` make of a request."""

    htmx: HtmxDetails
    last_event_id: int


def page(
    request: PageRequest,
    template: str,
    context: Any,
    *,
    fragments: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the whole page, or with the fragment of the element htmx wants to fill.

    ``fragments`` maps element ids to templates; ``context`` is the templates' ``page``.
    """
    fragment = (fragments or {}).get(request.htmx.target or "") if request.htmx else None
    response = render(request, fragment or template, {"page": context}, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    if fragment:
        _send_messages(request, response)
    return response


def _send_messages(request: HttpRequest, response: HttpResponse) -> None:
    """A fragment has no place for messages; the page's script shows them."""
    toasts = [
        {"text": str(message), "level": message.level_tag, "undo": message.extra_tags}
        for message in messages.get_messages(request)
    ]
    if toasts:
        response["HX-Trigger"] = json.dumps({"toasts": toasts})


def forward(request: HttpRequest, to: str, *args: Any) -> HttpResponseRedirect:
    """Lead on after a change: to the form's ``next`` if it is ours, else to the page ``to``."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return HttpResponseRedirect(wanted)
    return HttpResponseRedirect(resolve_url(to, *args))


@contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """What goes wrong inside is told to the visitor, and the page goes on."""
    try:
        yield
    except (AppError, ProviderError) as error:
        messages.error(request, text_of(error))


def tell(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say that something was done; ``undo`` is the address that takes it back by POST."""
    messages.success(request, text, extra_tags=undo)


def chosen_ids(request: HttpRequest, name: str = "ids") -> list[int]:
    """The numbers ticked in a form; what is none is left out."""
    found = (whole(value) for value in request.POST.getlist(name))
    return [number for number in found if number is not None]
