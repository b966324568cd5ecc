"""Who is asking, and who may pass."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from csp.constants import SELF, UNSAFE_INLINE
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import is_valid_path, reverse
from django.utils import translation
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from accounts import keys, proxied, services
from accounts.clients import client_of, said_by_proxy
from accounts.credentials import header_token, token_of
from accounts.models import ApiKey, language_of_user, right_of_user
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.choices import ActorKind
from aniworld.web.api import PROGRAM_PREFIXES, SHARED_PREFIXES, error_body, is_program
from aniworld.web.permissions import answers, needs_of, refusal
from aniworld.web.texts import text_of

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# They say how the database is: whoever asks must get that far without it.
MONITOR_PATHS = frozenset({"/ping", "/health", "/health/ready"})
# Open without a login, and nothing else is.
OPEN_PATHS = MONITOR_PATHS | frozenset(
    {
        "/favicon.ico",
        "/calendar.ics",  # by a key of its own
        "/setup",
        "/login",
        "/login/help",
        "/api/setup",
        "/api/auth/setup",
        "/api/auth/login",
        "/api/auth/status",
    }
)
OPEN_PREFIXES = ("/static/",)

# Pages made by Django, DRF and Swagger UI carry inline styles.
STYLED_PREFIXES = ("/admin/", "/api/")


class TokenSessionMiddleware:
    """Sets ``request.user``, with the session or key that was found in a header or the cookie, and
    lets what is written during the request be written by whoever sent it.

    Replaces what Django's own session says: there is one way to be logged in.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_monitored = (request.path_info.rstrip("/") or "/") in MONITOR_PATHS
        vouched = None if is_monitored or header_token(request) else _vouched_for(request)
        token = "" if is_monitored or vouched else token_of(request)
        key = keys.key_for(token) if keys.is_key(token) else None
        session = services.session_for(token) if token and not keys.is_key(token) else None
        found = session or key
        user = found.user if found else vouched or AnonymousUser()

        async def auser() -> object:
            return user

        request.user = user
        request.auser = auser  # type: ignore[assignment]
        request.user_session = session  # type: ignore[attr-defined]
        request.api_key = key  # type: ignore[attr-defined]
        actor = _actor(request, session.user if session else vouched, key)
        is_known = user.is_authenticated
        request.right = actor.right if is_known else None  # type: ignore[attr-defined]
        with acting_as(actor):
            return self.get_response(request)


class LanguageMiddleware:
    """The language that the user has chosen goes before that of the browser.

    ``LocaleMiddleware`` has taken the browser's by then, and would say so of the answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of_user(request.user)
        if not language:
            return self.get_response(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class GateMiddleware:
    """Every path is closed but the open ones; leads to ``/setup`` or ``/login``."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if request.user.is_authenticated or (path.rstrip("/") or "/") in OPEN_PATHS:
            return self.get_response(request)
        if path.startswith(OPEN_PREFIXES):
            return self.get_response(request)
        if header_token(request) or _asks_for_data(request):
            return _closed()
        return _lead_in(request)


class RightsMiddleware:
    """The one place that holds visitors to their right: whatever address leads to a view, and
    whoever wrote it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        match = request.resolver_match
        assert match is not None  # noqa: S101 - there is a view
        if not answers(match.func, request.method):
            return
        said = needs_of(match)
        if said is None:
            log.error("address=%s does not say who may ask it", match.route)
        if refused := refusal(request, said, request.method):
            raise PermissionDenied(text_of(refused))


class PagePolicyMiddleware:
    """Loosens the content policy for the pages we do not write: styles only, never scripts. And
    keeps what only somebody who is logged in may see out of every cache but the browser's own,
    which asks again before it shows it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info.startswith(STYLED_PREFIXES):
            response._csp_update = {"style-src": [SELF, UNSAFE_INLINE]}  # type: ignore[attr-defined]
        if not response.has_header("Cache-Control"):
            is_program = request.path_info.startswith(PROGRAM_PREFIXES)
            response["Cache-Control"] = "no-store" if is_program else "private, no-cache"
        return response


def _vouched_for(request: HttpRequest) -> User | None:
    return proxied.user_said(request.META.get("REMOTE_ADDR") or "", said_by_proxy(request))


def _actor(request: HttpRequest, user: User | None, key: ApiKey | None) -> Actor:
    """A person by the cookie or a proxy's word, a program by its token; before the login one
    without an id, by the address alone: the script of a page takes whatever comes, as programs do.
    """
    if key is not None:
        name = f"{key.user.get_username()}: {key.name}"
        return Actor(ActorKind.CLIENT, f"key:{key.pk}", name, right=keys.right_of_key(key))
    if user is None:
        for_programs = request.path_info.startswith((*PROGRAM_PREFIXES, *SHARED_PREFIXES))
        kind = ActorKind.CLIENT if for_programs else ActorKind.OWNER
        return Actor(kind, name=client_of(request).address)
    kind = ActorKind.CLIENT if header_token(request) else ActorKind.OWNER
    return Actor(kind, str(user.pk), user.get_username(), right=right_of_user(user))


def _asks_for_data(request: HttpRequest) -> bool:
    """Whether a program asks. One that takes anything is led to the login where there is a page."""
    if not is_program(request):
        return False
    takes_anything = "*/*" in request.headers.get("Accept", "")
    is_page = not request.path_info.startswith((*PROGRAM_PREFIXES, *SHARED_PREFIXES))
    return not (takes_anything and is_page and is_valid_path(request.path_info))


def _closed() -> HttpResponseBase:
    detail = gettext("Log in, or send an API key or a Bearer token that is still valid.")
    body = error_body("not_authenticated", detail)
    return JsonResponse(body, status=401, headers={"WWW-Authenticate": "Bearer"})


def _lead_in(request: HttpRequest) -> HttpResponseBase:
    is_htmx = request.headers.get("HX-Request") == "true"
    target = reverse("setup")
    if services.is_configured():
        target = reverse("login")
        if wanted := _wanted(request, is_htmx=is_htmx):
            target = f"{target}?{urlencode({'next': wanted})}"
    # A fragment's request would swap the login page into the middle of the old one.
    return HttpResponseClientRedirect(target) if is_htmx else HttpResponseRedirect(target)


def _wanted(request: HttpRequest, *, is_htmx: bool) -> str:
    """The page to come back to; a form that was posted cannot be asked for again."""
    if is_htmx:
        try:
            parts = urlsplit(request.headers.get("HX-Current-URL", ""))
        except ValueError:  # whoever asks may send any text
            return ""
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    is_home = request.path_info == "/" and not request.GET
    return request.get_full_path() if request.method == "GET" and not is_home else ""
