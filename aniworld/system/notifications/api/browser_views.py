"""Browsers that are told by web push: everybody's own, and never by a key, which would go on being
told after it was revoked."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.credentials import session_of
from aniworld.config.errors import CONFIG_UNREADABLE
from aniworld.system.notifications import services
from aniworld.system.notifications.api import serializers
from aniworld.system.notifications.api.views import test_result
from aniworld.system.notifications.browsers import services as browsers
from aniworld.system.notifications.browsers import shapes
from aniworld.system.notifications.browsers.keys import push_key
from aniworld.system.notifications.browsers.offered import Offer, looked_at
from aniworld.system.notifications.browsers.visits import visit_of
from aniworld.system.notifications.errors import (
    BrowserNotFound,
    BrowserUnusable,
    TooManyBrowsers,
)
from aniworld.system.notifications.shapes import TestResult
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.ids import whole
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.serializers import valid


@needs(Right.VIEW, by_key=False)
class PushKeyView(APIView):
    def get(self, _request: Request) -> Answer[shapes.PushKeyEntry]:
        """The key that a browser subscribes with at its push service."""
        return Answer({"public_key": push_key().public})


@needs(Right.VIEW, by_key=False)
class BrowsersView(APIView):
    def get(self, request: Request) -> Answer[list[shapes.BrowserEntry]]:
        """The browsers of whoever asks that are told what happens."""
        rows = browsers.browsers_of(_user(request))
        return Answer(shapes.browser_entries(rows, _session(request)))

    @described(body=serializers.BrowserSerializer, raises=(BrowserUnusable, TooManyBrowsers))
    def post(self, request: Request) -> Created[shapes.BrowserEntry]:
        """Tell a browser what happens, by what its push service has given it. One that is told
        already keeps what was chosen."""
        row = browsers.add_browser(visit_of(request), _offer(request))
        return Created(shapes.browser_entry(row, _session(request)))


@needs(Right.VIEW, by_key=False)
class BrowserSeenView(APIView):
    @described(body=serializers.BrowserSerializer, raises=(BrowserUnusable,))
    def post(self, request: Request) -> Answer[shapes.BrowserSeen]:
        """Say which login a browser comes with now. One that is not known is not added."""
        row = browsers.saw_browser(visit_of(request), _offer(request))
        return Answer({"id": None if row is None else str(row.pk)})


@needs(Right.VIEW, by_key=False)
class BrowserView(APIView):
    @described(raises=(BrowserNotFound,))
    def get(self, request: Request, browser_id: str) -> Answer[shapes.BrowserEntry]:
        """One of the own browsers."""
        row = browsers.get_browser(_user(request), whole(browser_id) or 0)
        return Answer(shapes.browser_entry(row, _session(request)))

    @described(body=serializers.BrowserChangeSerializer, raises=(BrowserNotFound,))
    def patch(self, request: Request, browser_id: str) -> Answer[shapes.BrowserEntry]:
        """Change what a browser is told of, and when."""
        sent = valid(serializers.BrowserChangeSerializer(data=request.data))
        row = browsers.change_browser(_user(request), whole(browser_id) or 0, sent)
        return Answer(shapes.browser_entry(row, _session(request)))

    @described(raises=(BrowserNotFound,))
    def delete(self, request: Request, browser_id: str) -> NoContent:
        """Tell a browser nothing any more; what waits for it is not sent."""
        browsers.remove_browser(_user(request), whole(browser_id) or 0)
        return NoContent()


@needs(Right.VIEW, by_key=False)
class BrowserTestView(APIView):
    @described(raises=(BrowserNotFound, *CONFIG_UNREADABLE))
    def post(self, request: Request, browser_id: str) -> Answer[TestResult]:
        """Send a message there now; it answers when that is done, within 20 seconds. A browser that
        its push service does not know any more is removed."""
        outcome = services.test_browser(_user(request), whole(browser_id) or 0)
        return Answer(test_result(outcome))


def _user(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return user


def _session(request: Request) -> uuid.UUID | None:
    session = session_of(request)
    return session.session_id if session else None


def _offer(request: Request) -> Offer:
    sent = valid(serializers.BrowserSerializer(data=request.data))
    return looked_at(sent["endpoint"], sent["p256dh"], sent["auth"])
