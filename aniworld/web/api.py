"""The one place that turns errors into HTTP answers.

Every error answer has the same shape: ``{"code", "params", "detail", "errors": [{"field", "code",
"params", "detail"}]}``; ``detail`` is in the reader's language.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from aniworld.web.errors import AppError
from aniworld.web.shapes import Error, FieldFault
from aniworld.web.texts import text_of
from providers.coded import CodedError
from providers.errors import (
    AddressRefused,
    Blacklisted,
    ChallengeRequired,
    MarkupChanged,
    NotFound,
    ProviderError,
    RateLimited,
    ResponseTooLarge,
    SiteDown,
    UnexpectedAnswer,
    UnknownProvider,
)

logger = logging.getLogger(__name__)

# Below these, programs call: whatever goes wrong is answered in JSON.
PROGRAM_PREFIXES = ("/api/", "/ws/")
# Programs ask for these, and people look at them.
SHARED_PREFIXES = ("/metrics",)
_PAGES = ("text/html", "application/xhtml+xml")

CODES = {
    status.HTTP_400_BAD_REQUEST: "validation_error",
    status.HTTP_401_UNAUTHORIZED: "not_authenticated",
    status.HTTP_403_FORBIDDEN: "permission_denied",
    status.HTTP_404_NOT_FOUND: "not_found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "method_not_allowed",
    status.HTTP_406_NOT_ACCEPTABLE: "not_acceptable",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: "too_large",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
    status.HTTP_429_TOO_MANY_REQUESTS: "throttled",
}

# What asking a site can end with. Hosters are asked by the worker alone.
SITE_ERRORS = (
    *(SiteDown, RateLimited, ChallengeRequired, Blacklisted, MarkupChanged, NotFound),
    *(AddressRefused, ResponseTooLarge, UnexpectedAnswer, UnknownProvider),
)


def is_program(request: HttpRequest) -> bool:
    """Whether an error is to be told to a program: by the address, or by what it takes."""
    if request.path_info.startswith(PROGRAM_PREFIXES):
        return True
    accepted = request.headers.get("Accept")
    if accepted is None:
        return request.path_info.startswith(SHARED_PREFIXES)
    takes_pages = any(kind in accepted for kind in _PAGES)
    return not takes_pages and request.headers.get("HX-Request") != "true"


def status_of(kind: type[Exception]) -> int:
    """The HTTP status of an error's class."""
    if issubclass(kind, ProviderError):
        is_unknown = issubclass(kind, NotFound | UnknownProvider)
        return status.HTTP_404_NOT_FOUND if is_unknown else status.HTTP_503_SERVICE_UNAVAILABLE
    if issubclass(kind, RequestDataTooBig):
        return status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    if issubclass(kind, exceptions.APIException):
        return kind.status_code
    return kind.status if issubclass(kind, AppError) else status.HTTP_500_INTERNAL_SERVER_ERROR


def code_of(kind: type[Exception]) -> str:
    """The ``code`` of an error's class."""
    if issubclass(kind, AppError | ProviderError):
        return kind.code
    return CODES.get(status_of(kind), "error")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Map an exception of any room to an answer; unknown ones are left to the 500 handler."""
    if isinstance(error, AppError):
        return _app_error(error)
    if isinstance(error, ProviderError):
        return _provider_error(error)
    if isinstance(error, Http404 | PermissionDenied):
        error = (
            exceptions.NotFound() if isinstance(error, Http404) else exceptions.PermissionDenied()
        )
    response = drf_exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    response.data = _framework_error(error)
    return response


def error_body(
    code: str,
    detail: str,
    errors: list[FieldFault] | None = None,
    params: Mapping[str, Any] | None = None,
) -> Error:
    """The error shape, also for answers made outside DRF."""
    return {"code": code, "params": dict(params or {}), "detail": detail, "errors": errors or []}


def body_of(error: CodedError, errors: list[FieldFault] | None = None) -> Error:
    """The error shape of an error of our own."""
    said = error.as_json()
    return error_body(said["code"], text_of(said), errors, said["params"])


def _app_error(error: AppError) -> Response:
    fields: list[FieldFault] = [
        {"field": entry.field, **entry.as_json(), "detail": entry.detail} for entry in error.errors
    ]
    retry_after = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(int(retry_after) + 1)} if retry_after is not None else {}
    if error.status == status.HTTP_401_UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(body_of(error, fields), status=error.status, headers=headers)


def _provider_error(error: ProviderError) -> Response:
    body, code = body_of(error), status_of(type(error))
    if code == status.HTTP_404_NOT_FOUND:
        return Response(body, status=code)
    logger.warning("provider_error code=%s url=%s detail=%s", error.code, error.url, error)
    headers = {}
    if isinstance(error, RateLimited) and error.retry_after is not None:
        headers["Retry-After"] = str(int(error.retry_after) + 1)
    return Response(body, status=code, headers=headers)


def _framework_error(error: exceptions.APIException) -> Error:
    code = CODES.get(error.status_code, "error")
    if isinstance(error, exceptions.ValidationError):
        fields = list(_field_errors(error.get_full_details()))
        detail = (
            fields[0]["detail"] if len(fields) == 1 else gettext("Some fields need to be mended.")
        )
        return error_body(code, detail, fields)
    return error_body(code, str(error.detail))


def _field_errors(details: Any, field: str = "") -> Iterator[FieldFault]:
    """Flatten DRF's nested details: ``episodes.0.season``."""
    if isinstance(details, Mapping) and set(details) == {"message", "code"}:
        code, detail = str(details["code"]), str(details["message"])
        yield {"field": field, "code": code, "params": {}, "detail": detail}
    elif isinstance(details, Mapping):
        for name, value in details.items():
            part = "" if name == "non_field_errors" else str(name)
            yield from _field_errors(value, ".".join(filter(None, (field, part))))
    elif isinstance(details, list):
        for index, value in enumerate(details):
            is_leaf = isinstance(value, Mapping) and set(value) == {"message", "code"}
            part = "" if is_leaf else str(index)
            yield from _field_errors(value, ".".join(filter(None, (field, part))))
