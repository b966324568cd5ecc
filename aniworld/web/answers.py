"""What a route answers, takes in and refuses: said once, at its view.

The return annotation of a view's method is its answer: ``Answer[Series] | Created[Series]``. mypy
holds the body to it, the class carries the status, and ``aniworld.web.schema`` puts both into the
OpenAPI document. What no annotation can say is said with :func:`described`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.http import FileResponse, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from aniworld.web.api import error_body

READING = ("GET", "HEAD")
Body = TypeVar("Body")
View = TypeVar("View", bound=Callable[..., Any])


# Generic stands first: DRF's own way of taking type arguments forgets them.
class Answer(Generic[Body], Response):
    """200 with a body."""

    def __init__(self, body: Body, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(body, headers=headers)


class Created(Answer[Body]):
    status_code = 201


class Accepted(Answer[Body]):
    status_code = 202


class NoContent(Response):
    status_code = 204


class Attachment(FileResponse):
    """200 with a file to be saved. Its class names the kind of file."""

    media_type = "application/octet-stream"

    def __init__(self, file: Path) -> None:
        super().__init__(
            file.open("rb"),
            as_attachment=True,
            filename=file.name,
            content_type=self.media_type,
            headers={"Cache-Control": "no-store"},
        )


class ZipAttachment(Attachment):
    media_type = "application/zip"


class PlainAnswer(Generic[Body], JsonResponse):
    """200 of a view that does without DRF."""

    def __init__(self, body: Body) -> None:
        super().__init__(body)


class PlainUnready(PlainAnswer[Body]):
    status_code = 503


@dataclass(frozen=True, slots=True)
class Description:
    """What a route takes in and refuses; see :func:`described`."""

    body: type[Serializer[Any]] | None = None
    query: type[Serializer[Any]] | None = None
    raises: tuple[type[Exception], ...] = ()
    operation_id: str = ""
    headers: tuple[Any, ...] = ()
    file: str = ""


def described(
    *,
    body: type[Serializer[Any]] | None = None,
    query: type[Serializer[Any]] | None = None,
    raises: tuple[type[Exception], ...] = (),
    operation_id: str = "",
    headers: tuple[Any, ...] = (),
    file: str = "",
) -> Callable[[View], View]:
    """Say of a method of a view what its annotation cannot.

    Args:
        body, query: what reads the body and the query.
        raises: what it refuses with, beside what every route can; a base stands for all errors
            below it.
        operation_id: its name in the document, where the one made from its address is taken.
        headers: what it reads of the request's, as ``OpenApiParameter``.
        file: the kind of file it takes in as its whole body.
    """
    description = Description(body, query, raises, operation_id, headers, file)

    def describe(view: View) -> View:
        view.description = description  # type: ignore[attr-defined]
        return view

    return describe


def description_of(method: Callable[..., Any]) -> Description:
    """What was said with :func:`described`."""
    found = getattr(method, "description", Description())
    assert isinstance(found, Description)  # noqa: S101 - nobody else uses the name
    return found


class PlainView(APIView):
    """Stands for a plain Django view in the document; never asked for anything."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


def in_document(view: Callable[[HttpRequest], JsonResponse]) -> Callable[..., JsonResponse]:
    """Describe a plain Django view too, which is asked by GET and HEAD alone. DRF's way through a
    request costs more than such a view."""

    @csrf_exempt  # or another method would be told that it lacks a token
    @wraps(view)
    def asked(request: HttpRequest) -> JsonResponse:
        return view(request) if request.method in READING else _refused(request)

    # What the generator looks for; DRF's own views carry the same.
    asked.cls = type(view.__name__, (PlainView,), {"get": view})  # type: ignore[attr-defined]
    asked.initkwargs = {}  # type: ignore[attr-defined]
    return asked


def _refused(request: HttpRequest) -> JsonResponse:
    error = MethodNotAllowed(str(request.method))
    body = error_body("method_not_allowed", str(error.detail))
    return JsonResponse(body, status=405, headers={"Allow": ", ".join(READING)})
