"""The pages of notifications: the inbox for everybody, the rest for the owner."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.config import store
from aniworld.config.menu import menu
from aniworld.config.pages.sections import form_of, of_section, saved, typed
from aniworld.config.pages.words import tell_saved, told_by_field
from aniworld.config.sections import section
from aniworld.events.pages import live_page
from aniworld.journal.services import noting
from aniworld.system.notifications import services, shapes
from aniworld.system.notifications.errors import TargetNotFound
from aniworld.system.notifications.models import InboxMessage, InboxQuerySet
from aniworld.system.notifications.pages.forms import TargetForm, fresh
from aniworld.system.notifications.pages.shown import (
    NotificationsPage,
    TargetCard,
    TargetPage,
    inbox_page,
    log_page,
)
from aniworld.system.notifications.targets import Target
from aniworld.web.errors import AppError
from aniworld.web.ids import whole
from aniworld.web.page import PageRequest, chosen_ids, forward, page, tell, told
from aniworld.web.permissions import needs, right_of
from aniworld.web.rights import Right
from aniworld.web.texts import text_of

SECTION = "notifications"


@needs(Right.VIEW)
@require_safe
@live_page
def inbox(request: PageRequest) -> HttpResponse:
    """What happened."""
    context = inbox_page(request.GET.dict(), _inbox(request))
    fragments = {"inbox": "notifications/_inbox.html"}
    return page(request, "notifications/inbox.html", context, fragments=fragments)


@needs(Right.OPERATE)
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Mark messages as read or unread."""
    action, is_owner = request.POST.get("action", ""), right_of(request) is Right.OWN
    ids = chosen_ids(request)
    if action == "all":
        count = services.mark_read(None, is_owner=is_owner)
    elif action == "read":
        count = services.mark_read(ids, is_owner=is_owner)
    elif action == "unread":
        count = services.mark_unread(ids, is_owner=is_owner)
    else:
        raise Http404
    words = ngettext("%d message was marked.", "%d messages were marked.", count)
    tell(request, words % count)
    return forward(request, "inbox")


@needs(Right.OWN)
@require_safe
@live_page
def log(request: PageRequest) -> HttpResponse:
    """What was sent, to whom, and how that went."""
    fragments = {"log": "notifications/_log.html"}
    context = log_page(request.GET.dict())
    return page(request, "notifications/log.html", context, fragments=fragments)


@needs(Right.OWN)
@require_POST
def send_again(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Let a message be sent that was given up."""
    with told(request):
        services.send_again(whole(delivery_id) or 0)
        tell(request, _("It is sent again now."))
    return forward(request, "deliveries")


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@live_page
def settings(request: PageRequest) -> HttpResponse:
    """The targets; by POST, what is set for all of them."""
    config, status = store.load(), 200
    listed = of_section(config, SECTION)
    form = form_of(config, listed)
    if request.method == "POST":
        form = typed(request, config, listed)
        if saved(request, listed, form, config, lambda values: {SECTION: values}):
            return redirect(request.path)
        status = 422
    cards = [TargetCard(entry) for entry in shapes.target_entries()]
    context = NotificationsPage(request.path, section(SECTION), form, cards)
    fragments = {"targets": "notifications/_targets.html"}
    template = "notifications/settings.html"
    return page(request, template, context, fragments=fragments, status=status)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PageRequest) -> HttpResponse:
    """A new target."""
    if request.method != "POST":
        return _shown(request, TargetForm(initial=fresh(), is_new=True), "")
    form = TargetForm(request.POST, is_new=True)
    if form.is_valid():
        name = form.cleaned_data["name"]
        if _saved(request, form, partial(services.add_target, name)):
            return redirect("settings-notifications")
    return _shown(request, form, "", status=422)


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def target(request: PageRequest, name: str) -> HttpResponse:
    """One target; by POST, change it."""
    found = _target(name)
    if request.method != "POST":
        return _shown(request, TargetForm(initial=dict(shapes.target_entry(found))), name)
    form = TargetForm(request.POST)
    if form.is_valid() and _saved(request, form, partial(services.change_target, name)):
        return redirect("settings-notifications")
    return _shown(request, form, name, status=422)


@needs(Right.OWN)
@require_POST
def test(request: HttpRequest, name: str) -> HttpResponse:
    """Send a message to a target now."""
    _target(name)
    outcome = services.test_target(name)
    if outcome.error is None:
        tell(request, _("“%s” has taken the test message.") % name)
    else:
        said = {"name": name, "words": text_of(outcome.error)}
        messages.error(request, _("“%(name)s” has not taken it. %(words)s") % said)
    return forward(request, "settings-notifications")


@needs(Right.OWN)
@require_POST
def switch(request: HttpRequest, name: str) -> HttpResponse:
    """Switch a target on or off."""
    _target(name)
    action = request.POST.get("action", "")
    if action not in ("on", "off"):
        raise Http404
    with told_by_field(request), noting() as noted:
        services.change_target(name, {"enabled": action == "on"})
        tell_saved(request, noted)
    return forward(request, "settings-notifications")


@needs(Right.OWN)
@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Take a target out."""
    _target(name)
    with told_by_field(request), noting() as noted:
        services.remove_target(name)
        tell_saved(request, noted)
    return forward(request, "settings-notifications")


def _inbox(request: HttpRequest) -> InboxQuerySet:
    """What the visitor may see of it."""
    found = InboxMessage.objects.all()
    return found if right_of(request) is Right.OWN else found.shown_to_all()


def _target(name: str) -> Target:
    try:
        return services.get_target(name)
    except TargetNotFound as error:
        raise Http404(text_of(error)) from error


def _saved(request: HttpRequest, form: TargetForm, put: Any) -> bool:
    """Whether what was typed was taken; else the form says why not."""
    try:
        with noting() as noted:
            put(form.values())
    except AppError as error:
        form.add_faults(error.errors, text_of(error))
        return False
    tell_saved(request, noted)
    return True


def _shown(request: PageRequest, form: TargetForm, name: str, *, status: int = 200) -> HttpResponse:
    here = "/settings/notifications/" + quote(name)
    context = TargetPage(menu(here), form, name)
    return page(request, "notifications/target.html", context, status=status)
