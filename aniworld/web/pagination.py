"""One way of paging for every list of the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypedDict, TypeVar

from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

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


def page_of(request: Request, listed: Any, rows: Callable[[Sequence[Any]], list[Row]]) -> Page[Row]:
    """The page that a request asks for.

    Args:
        listed: all there is, as a query set or a sequence.
        rows: makes the shapes of one page's entries.

    Raises:
        rest_framework.exceptions.NotFound: there is no such page.
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
