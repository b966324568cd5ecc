"""The error pages, and what becomes of an error that no page has answered."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix, is_valid_path
from django.utils.translation import gettext as _

from aniworld.database.troubles import trouble_of
from aniworld.web.api import CODES, body_of, error_body, is_program
from aniworld.web.errors import AppError, DatabaseUnusable
from aniworld.web.texts import text_of

logger = logging.getLogger(__name__)


class AppErrorMiddleware:
    """An error with words for the owner that no view has answered becomes a page that says them.

    The API has its own way: ``aniworld.web.api.exception_handler``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and _is_visit(request):
            return HttpResponseRedirect(_page_above(request))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, AppError):
            return None
        # That there is nothing of a name is the visitor's, not a fault of the house.
        level = logging.INFO if error.status == HTTPStatus.NOT_FOUND else logging.ERROR
        logger.log(level, "page=%s code=%s %s", request.path_info, error.code, error)
        return _app_error(request, error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        text = _("Send less at once.")
        return _error(request, 413, _("That is too much"), text)
    return _error(request, 400, _("That request made no sense"), _("Go back and try it again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = str(exception) or _("This is not yours to see.")
    return _error(request, 403, _("No entry"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    text = _(
        "The page was open for too long or cookies are switched off. Load it anew and try again."
    )
    return _error(request, 403, _("This form is out of date"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was not found says the page that was asked for it; an unknown address nobody knows."""
    cause = exception.__cause__
    if isinstance(cause, AppError) and is_program(request):
        return JsonResponse(body_of(cause), status=404)
    said = exception.args[0] if exception.args else ""
    is_known = isinstance(said, str) and said and not isinstance(exception, Resolver404)
    text = said if is_known else _("There is nothing at this address.")
    return _error(request, 404, _("Not found"), text)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody has answered, wherever in view or middleware it was raised."""
    raised = sys.exception()
    said = raised if isinstance(raised, AppError) else trouble_of(raised)
    if said is not None:
        return _app_error(request, said)
    text = _("The log says what happened. Your library and your queue are as they were.")
    return _error(request, 500, _("Something broke"), text)


def refused(request: HttpRequest, title: str, text: str) -> HttpResponse:
    """A request that is not looked at any further."""
    return _error(request, 400, title, text)


def _is_visit(request: HttpRequest) -> bool:
    """Whether a browser asks for a page: by its address bar, a bookmark, or loading it again."""
    takes_pages = "text/html" in request.headers.get("Accept", "")
    return request.method in {"GET", "HEAD"} and takes_pages and not is_program(request)


def _page_above(request: HttpRequest) -> str:
    """The nearest address above the one of a form, where there is something: "/queue" of
    "/queue/start"."""
    path = request.path_info
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] or "/"
        if is_valid_path(path):
            break
    return get_script_prefix() + path.lstrip("/")


def _app_error(request: HttpRequest, error: AppError) -> HttpResponse:
    if is_program(request):
        answer: HttpResponse = JsonResponse(body_of(error), status=error.status)
    else:
        is_missing = error.status == HTTPStatus.NOT_FOUND
        title = _("Not found") if is_missing else _("This cannot be done now")
        answer = _error(request, error.status, title, text_of(error))
    if isinstance(error, DatabaseUnusable):
        answer["Retry-After"] = str(int(error.retry_after))
    return answer


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """No database, no session: these pages must work when nothing else does."""
    if is_program(request):
        return JsonResponse(error_body(CODES.get(status, "error"), text), status=status)
    context = {"status": status, "title": title, "text": text, "home": get_script_prefix()}
    # Without the request no context processor runs.
    return render(None, "errors/error.html", context, status=status)
