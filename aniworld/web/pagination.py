"""One way of paging for every list of the API."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypedDict, TypeVar

from django.utils.translation import gettext
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from aniworld.web.ids import MOST_DIGITS
from aniworld.web.shapes import Uri

Row = TypeVar("Row")


class Page(TypedDict, Generic[Row]):
    """One page of a list."""

    count: Annotated[int, "Of all pages."]
    next: Annotated[Uri | None, "The address of the next page."]
    previous: Annotated[Uri | None, "The address of the page before."]
    results: list[Row]


class Pages(PageNumberPagination):
    """``page`` and ``page_size`` (at most 500); ``count``, ``next``, ``previous``, ``results``."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    last_page_strings = ()

    def get_page_number(self, request: Request, paginator: Any) -> int:  # noqa: ARG002 - DRF's
        """Raises ValidationError where it is no number; that there is such a page is seen later."""
        return _number(request, self.page_query_param, 1)

    def get_page_size(self, request: Request) -> int:
        size = _number(request, self.page_size_query_param, self.page_size)
        return min(size, self.max_page_size)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        said = super().get_schema_operation_parameters(view)
        return [{**one, "schema": {**one["schema"], "minimum": 1}} for one in said]


def _number(request: Request, name: str, otherwise: int) -> int:
    """A whole number from 1 on, of the query. Raises ValidationError."""
    text = request.query_params.get(name)
    if text is None:
        return otherwise
    digits = text.lstrip("0")
    if not (digits.isascii() and digits.isdecimal()):
        raise ValidationError({name: ErrorDetail(gettext("A whole number from 1 on."), "invalid")})
    # Python refuses to read numbers of more than some thousand digits.
    return int(digits) if len(digits) <= MOST_DIGITS else sys.maxsize


def page_of(request: Request, listed: Any, rows: Callable[[Sequence[Any]], list[Row]]) -> Page[Row]:
    """The page that a request asks for.

    Args:
        listed: all there is, as a query set or a sequence.
        rows: makes the shapes of one page's entries.

    Raises:
        rest_framework.exceptions.NotFound: there is no such page.
        rest_framework.exceptions.ValidationError: page or size is no number.
    """
    pages = Pages()
    page: list[Any] = pages.paginate_queryset(listed, request) or []
    assert pages.page is not None  # noqa: S101 - a list is never shown without pages
    return {
        "count": pages.page.paginator.count,
        "next": pages.get_next_link(),
        "previous": pages.get_previous_link(),
        "results": rows(page),
    }
