"""The feed of the calendar, and the page and the address of the API where its key is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import feeds
from accounts.clients import client_of
from accounts.errors import FeedUnknown, TooManyTries
from accounts.feeds import IssuedFeedKey
from accounts.models import FeedKey
from aniworld.pages.calendar import shapes
from aniworld.pages.calendar.feed import FeedOptions, etag_of, feed
from aniworld.pages.calendar.reading import GROUPS, Of, Wanted
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs, open_to_all
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from library.models.availability import LONGEST_LANGUAGE

_FLAGS = {"": False, "0": False, "no": False, "1": True, "yes": True}


class OptionUnknown(ValueError):
    """An option that the address of a feed has makes no sense; the text names it."""


@open_to_all
@require_safe
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The feed, for whoever has its key; everybody else learns nothing."""
    try:
        feeds.holder_of(request.GET.get("key", ""), client_of(request))
    except FeedUnknown as error:
        raise Http404(text_of(error)) from None
    except TooManyTries as error:
        return _plain(text_of(error), 429, {"Retry-After": str(int(error.retry_after) + 1)})
    try:
        options = _options(request.GET.dict())
    except OptionUnknown as error:
        return _plain(_("The address has a wrong option: %s") % error, 400)

    def address_of(key: str) -> str:
        return request.build_absolute_uri(reverse("series", args=[key]))

    body = feed(options, address_of)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="aniworld.ics"'
    response["ETag"] = etag_of(body)
    response["Cache-Control"] = "private, no-cache"
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    assert isinstance(answer, HttpResponse)  # noqa: S101 - what was given, or one without a body
    return answer


def _options(query: Mapping[str, str]) -> FeedOptions:
    """Raises ``OptionUnknown``."""
    of, show = query.get("series", "all").upper(), query.get("show", "").upper()
    premieres, language = query.get("premieres", "").lower(), query.get("language", "")
    checks = {
        "series": of in list(Of),
        "show": not show or show in GROUPS,
        "premieres": premieres in _FLAGS,
        "language": len(language) <= LONGEST_LANGUAGE and language.isprintable(),
    }
    for name, is_good in checks.items():
        if not is_good:
            raise OptionUnknown(name)
    wanted = Wanted(Of(of), GROUPS.get(show, frozenset()))
    return FeedOptions(wanted, _FLAGS[premieres], language)


def _plain(text: str, status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    plain = "text/plain; charset=utf-8"
    return HttpResponse(text, status=status, content_type=plain, headers=headers)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """``address`` is that of a key that was just made: this is the only page that shows it."""

    key: FeedKey | None
    address: str = ""


@needs(Right.VIEW, by_key=False)
@require_safe
def feed_page(request: PageRequest) -> HttpResponse:
    """Whether the calendar has an address for other programs, and how to get one."""
    return page(request, "calendar/feed.html", FeedPage(feeds.key_of(_user(request))))


@needs(Right.VIEW, by_key=False)
@require_POST
@never_cache
def issue_feed(request: PageRequest) -> HttpResponse:
    """Make the address anew. The answer is the page: nothing that is led to may know it."""
    try:
        issued = feeds.issue(_user(request))
    except TooManyTries as error:
        messages.error(request, text_of(error))
        return forward(request, "calendar-feed")
    shown = FeedPage(issued.key, feed_address(request, issued))
    return page(request, "calendar/feed.html", shown)


@needs(Right.VIEW, by_key=False)
@require_POST
def revoke_feed(request: HttpRequest) -> HttpResponse:
    with told(request):
        feeds.revoke(_user(request))
        tell(request, _("The address opens nothing any more."))
    return forward(request, "calendar-feed")


@needs(Right.VIEW, by_key=False)
class FeedView(APIView):
    @described(operation_id="calendar_feed")
    def get(self, request: Request) -> Answer[shapes.Feed]:
        """Whether the calendar of the caller has an address for other programs."""
        return Answer(shapes.feed(feeds.key_of(_user(request._request))))

    @described(operation_id="calendar_feed_issue", raises=(TooManyTries,))
    def post(self, request: Request) -> Created[shapes.NewFeed]:
        """Give it an address, shown in this answer and never again; an earlier one ends."""
        issued = feeds.issue(_user(request._request))
        return Created(shapes.new_feed(issued, feed_address(request._request, issued)))

    @described(operation_id="calendar_feed_revoke", raises=(FeedUnknown,))
    def delete(self, request: Request) -> NoContent:
        """Revoke the address: at once."""
        feeds.revoke(_user(request._request))
        return NoContent()


def feed_address(request: HttpRequest, issued: IssuedFeedKey) -> str:
    """The whole address of the feed that a key opens."""
    query = urlencode({"key": issued.secret})
    return request.build_absolute_uri(f"{reverse('calendar-ics')}?{query}")


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return user
