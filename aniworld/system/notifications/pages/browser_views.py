"""The pages of browsers that are told: everybody's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.credentials import session_of
from aniworld.system.notifications import services
from aniworld.system.notifications.browsers import services as known
from aniworld.system.notifications.browsers.keys import push_key
from aniworld.system.notifications.browsers.shapes import BrowserEntry, browser_entries
from aniworld.system.notifications.choices import OWNERS
from aniworld.system.notifications.errors import BrowserNotFound
from aniworld.system.notifications.models import Browser
from aniworld.system.notifications.pages.forms import BrowserForm
from aniworld.system.notifications.texts import title_of
from aniworld.web.page import PageRequest, forward, page, tell
from aniworld.web.permissions import needs, right_of
from aniworld.web.rights import Right
from aniworld.web.texts import text_of

# What browsers take for a safe place without a certificate.
_OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class BrowserCard:
    """One browser. ``is_owners``: whether its user is told what is the owner's alone."""

    entry: BrowserEntry
    is_owners: bool

    @property
    def name(self) -> str:
        return self.entry["device"] or _("A browser")

    @property
    def told_of(self) -> str:
        seen = [kind for kind in self.entry["events"] if self.is_owners or kind not in OWNERS]
        return ", ".join(title_of(kind) for kind in seen)


@dataclass(frozen=True, slots=True)
class BrowsersPage:
    """All of one user.

    Attributes:
        key: what a browser subscribes with.
        is_safe: whether the page came in a way that browsers let scripts be told by.
    """

    cards: Sequence[BrowserCard]
    key: str
    is_safe: bool


@dataclass(frozen=True, slots=True)
class BrowserPage:
    card: BrowserCard
    form: BrowserForm


@needs(Right.VIEW, by_key=False)
@require_safe
def browsers(request: PageRequest) -> HttpResponse:
    """The browsers of a user, and whether this one can be among them."""
    rows = known.browsers_of(_user(request))
    context = BrowsersPage(_cards(request, rows), push_key().public, _is_safe(request))
    return page(request, "notifications/browsers.html", context)


@needs(Right.VIEW, by_key=False)
@require_http_methods(["GET", "HEAD", "POST"])
def browser(request: PageRequest, browser_id: int) -> HttpResponse:
    """What one is told of; by POST, change it."""
    row, is_owner = _browser(request, browser_id), right_of(request) is Right.OWN
    [card] = _cards(request, [row])
    if request.method != "POST":
        form = BrowserForm(initial=dict(card.entry), is_owner=is_owner)
        return page(request, "notifications/browser.html", BrowserPage(card, form))
    form = BrowserForm(request.POST, is_owner=is_owner)
    if not form.is_valid():
        return page(request, "notifications/browser.html", BrowserPage(card, form), status=422)
    known.change_browser(_user(request), browser_id, _chosen(form, row, is_owner=is_owner))
    tell(request, _("What “%s” is told is saved.") % card.name)
    return redirect("browsers")


@needs(Right.VIEW, by_key=False)
@require_POST
def test(request: HttpRequest, browser_id: int) -> HttpResponse:
    """Send a message to one now."""
    [card] = _cards(request, [_browser(request, browser_id)])
    outcome = services.test_browser(_user(request), browser_id)
    if outcome.error is None:
        tell(request, _("The push service of “%s” has taken the test message.") % card.name)
    else:
        said = {"name": card.name, "words": text_of(outcome.error)}
        messages.error(request, _("“%(name)s” has not taken it. %(words)s") % said)
    return forward(request, "browsers")


@needs(Right.VIEW, by_key=False)
@require_POST
def remove(request: HttpRequest, browser_id: int) -> HttpResponse:
    """Tell one nothing any more."""
    [card] = _cards(request, [_browser(request, browser_id)])
    known.remove_browser(_user(request), browser_id)
    tell(request, _("“%s” is told nothing any more.") % card.name)
    return forward(request, "browsers")


def _cards(request: HttpRequest, rows: Sequence[Browser]) -> list[BrowserCard]:
    session, is_owner = session_of(request), right_of(request) is Right.OWN
    entries = browser_entries(rows, session.session_id if session else None)
    return [BrowserCard(entry, is_owner) for entry in entries]


def _chosen(form: BrowserForm, row: Browser, *, is_owner: bool) -> dict[str, Any]:
    """What is not offered to somebody stays as it was chosen: they may be an owner again."""
    kept = [] if is_owner else [kind for kind in row.events if kind in OWNERS]
    return {**form.cleaned_data, "events": [*form.cleaned_data["events"], *kept]}


def _is_safe(request: HttpRequest) -> bool:
    host = request.get_host()
    bare = host if host.endswith("]") else host.rpartition(":")[0] or host
    return request.is_secure() or bare in _OWN_MACHINE or bare.endswith(".localhost")


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return user


def _browser(request: HttpRequest, browser_id: int) -> Browser:
    try:
        return known.get_browser(_user(request), browser_id)
    except BrowserNotFound as error:
        raise Http404(text_of(error)) from error
