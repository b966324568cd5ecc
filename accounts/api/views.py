from __future__ import annotations

from typing import Any

from django.middleware.csrf import get_token, rotate_token
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api import serializers
from accounts.clients import client_of, is_our_origin
from accounts.credentials import delete_cookie, session_of, set_cookie
from accounts.errors import AlreadyConfigured
from accounts.models import UserSession
from aniworld.web.serializers import valid

DONE = {"status": "ok"}


class OpenView(APIView):
    """Open to everybody, but for browsers on somebody else's page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        origin = request.headers.get("Origin")
        if origin is not None and not is_our_origin(origin, request.get_host()):
            raise PermissionDenied("This page is not one of ours.")


class SetupView(OpenView):
    @extend_schema(request=serializers.SetupSerializer, responses={201: serializers.DoneSerializer})
    def post(self, request: Request) -> Response:
        """Choose the master password, the first library root and the providers; once only."""
        if services.is_configured():  # said before anything is found wrong with the fields
            raise AlreadyConfigured
        data = valid(serializers.SetupSerializer(data=request.data))
        services.set_up(**data, client=client_of(request._request))
        return Response(DONE, status=status.HTTP_201_CREATED)


class LoginView(OpenView):
    @extend_schema(
        request=serializers.LoginSerializer, responses={200: serializers.TokenSerializer}
    )
    def post(self, request: Request) -> Response:
        """Trade the password for a token; browsers get it as a cookie too."""
        data = valid(serializers.LoginSerializer(data=request.data))
        issued = services.log_in(**data, client=client_of(request._request))
        rotate_token(request._request)
        get_token(request._request)  # the browser will need one for its next request
        answer = serializers.TokenSerializer(
            {
                "access_token": issued.token,
                "token_type": "bearer",
                "expires_at": issued.expires_at,
            }
        )
        response = Response(answer.data)
        set_cookie(request._request, response, issued)
        return response


class StatusView(OpenView):
    @extend_schema(responses={200: serializers.AuthStatusSerializer})
    def get(self, request: Request) -> Response:
        """Say whether setup is done and whether the caller is logged in."""
        session = session_of(request._request)
        answer: dict[str, Any] = {
            "configured": session is not None or services.is_configured(),
            "authenticated": session is not None,
        }
        if session is not None:
            answer["expires_at"] = session.expires_at
        return Response(serializers.AuthStatusSerializer(answer).data)


class LogoutView(APIView):
    @extend_schema(request=None, responses={200: serializers.DoneSerializer})
    def post(self, request: Request) -> Response:
        """End this session: the token is worth nothing from now on."""
        services.log_out(_session(request))
        response = Response(DONE)
        delete_cookie(response)
        return response


class PasswordView(APIView):
    @extend_schema(
        request=serializers.PasswordChangeSerializer, responses={200: serializers.DoneSerializer}
    )
    def post(self, request: Request) -> Response:
        """Change the own password; all other sessions end."""
        data = valid(serializers.PasswordChangeSerializer(data=request.data))
        services.change_password(_session(request), **data, client=client_of(request._request))
        return Response(DONE)


class SessionsView(APIView):
    @extend_schema(responses={200: serializers.SessionSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """List the own live sessions, the most recently used first."""
        current = _session(request)
        sessions = services.sessions_of(current.user)
        answer = serializers.SessionSerializer(sessions, many=True, context={"current": current})
        return Response(answer.data)


class SessionView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, session_id: str) -> Response:
        """End one of the own sessions."""
        services.revoke_session(_session(request).user, session_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _session(request: Request) -> UserSession:
    session = request.auth
    assert isinstance(session, UserSession)  # noqa: S101 - the permission let nobody else in
    return session
