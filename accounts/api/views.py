from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.middleware.csrf import get_token, rotate_token
from django.utils.translation import gettext
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts import keys, services
from accounts.api import serializers, shapes
from accounts.clients import client_of, is_our_origin
from accounts.credentials import api_key_of, delete_cookie, session_of, set_cookie
from accounts.devices import remember_device
from accounts.errors import (
    AlreadyConfigured,
    InvalidCredentials,
    KeyUnknown,
    NotConfigured,
    SessionUnknown,
    TooManyKeys,
    TooManyTries,
    Unacceptable,
)
from accounts.models import UserSession
from aniworld.config.errors import CONFIG_UNWRITTEN
from aniworld.web.answers import Answer, Created, NoContent, described
from aniworld.web.ids import whole
from aniworld.web.permissions import needs, open_to_all, right_of
from aniworld.web.rights import NotAllowed, Right
from aniworld.web.serializers import valid


@open_to_all
class OpenView(APIView):
    """Open to everybody, but for browsers on somebody else's page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    raises = (PermissionDenied,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        origin = request.headers.get("Origin")
        if origin is not None and not is_our_origin(origin, request.get_host()):
            raise PermissionDenied(gettext("This page is not one of ours."))


class SetupView(OpenView):
    @described(
        body=serializers.SetupSerializer,
        raises=(AlreadyConfigured, TooManyTries, Unacceptable, *CONFIG_UNWRITTEN),
    )
    def post(self, request: Request) -> Created[shapes.Done]:
        """Choose the master password, the first library root and the providers; once only."""
        if services.is_configured():  # said before anything is found wrong with the fields
            raise AlreadyConfigured
        data = valid(serializers.SetupSerializer(data=request.data))
        services.set_up(**data, client=client_of(request._request))
        return Created(shapes.done())


class LoginView(OpenView):
    @described(
        body=serializers.LoginSerializer, raises=(InvalidCredentials, NotConfigured, TooManyTries)
    )
    def post(self, request: Request) -> Answer[shapes.Token]:
        """Trade the password for a token; browsers get it as a cookie too."""
        data = valid(serializers.LoginSerializer(data=request.data))
        issued = services.log_in(**data, client=client_of(request._request))
        rotate_token(request._request)
        get_token(request._request)  # the browser will need one for its next request
        answer = Answer(shapes.token(issued))
        set_cookie(request._request, answer, issued)
        remember_device(request._request, answer)
        return answer


class StatusView(OpenView):
    def get(self, request: Request) -> Answer[shapes.AuthStatus]:
        """Say whether setup is done and whether the caller is logged in."""
        found = session_of(request._request) or api_key_of(request._request)
        right = right_of(request._request)
        configured = right is not None or services.is_configured()
        return Answer(shapes.auth_status(found, right, configured=configured))


@needs(Right.VIEW, by_key=False)
class LogoutView(APIView):
    def post(self, request: Request) -> Answer[shapes.Done]:
        """End this session: the token is worth nothing from now on."""
        services.log_out(_session(request))
        answer = Answer(shapes.done())
        delete_cookie(answer)
        return answer


@needs(Right.VIEW, by_key=False)
class PasswordView(APIView):
    @described(body=serializers.PasswordChangeSerializer, raises=(TooManyTries, Unacceptable))
    def post(self, request: Request) -> Answer[shapes.Done]:
        """Change the own password; all other sessions end."""
        data = valid(serializers.PasswordChangeSerializer(data=request.data))
        services.change_password(_session(request), **data, client=client_of(request._request))
        return Answer(shapes.done())


@needs(Right.VIEW, by_key=False)
class SessionsView(APIView):
    def get(self, request: Request) -> Answer[list[shapes.Session]]:
        """List the own live sessions, the most recently used first."""
        current = session_of(request._request)
        sessions = services.sessions_of(_user(request))
        return Answer([shapes.session_row(session, current=current) for session in sessions])

    @described(operation_id="auth_sessions_destroy_all")
    def delete(self, request: Request) -> NoContent:
        """End all of the own sessions but the one that asks."""
        services.end_other_sessions(_session(request))
        return NoContent()


@needs(Right.VIEW, by_key=False)
class SessionView(APIView):
    @described(raises=(SessionUnknown,))
    def delete(self, request: Request, session_id: str) -> NoContent:
        """End one of the own sessions."""
        services.revoke_session(_user(request), session_id)
        return NoContent()


@needs(Right.VIEW, by_key=False)
class KeysView(APIView):
    def get(self, request: Request) -> Answer[list[shapes.Key]]:
        """List the own API keys, the newest first."""
        return Answer([shapes.key_row(key) for key in keys.keys_of(_user(request))])

    @described(body=serializers.AddKeySerializer, raises=(TooManyKeys, NotAllowed, TooManyTries))
    def post(self, request: Request) -> Created[shapes.NewKey]:
        """Make an API key; it is shown in this answer and never again."""
        data = valid(serializers.AddKeySerializer(data=request.data))
        return Created(shapes.new_key(keys.create_key(_user(request), **data)))


@needs(Right.VIEW, by_key=False)
class KeyView(APIView):
    @described(raises=(KeyUnknown,))
    def delete(self, request: Request, key_id: str) -> NoContent:
        """Revoke one of the own API keys: at once, also where it listens."""
        keys.revoke_key(_user(request), whole(key_id) or 0)
        return NoContent()


def _user(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - nobody else was let in
    return user


def _session(request: Request) -> UserSession:
    """Raises ``NotAllowed``: whoever comes by a proxy's word has neither session nor password."""
    session = session_of(request._request)
    if session is None:
        raise NotAllowed(why="proxy")
    return session
