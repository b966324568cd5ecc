"""What the API says of the views of the library that a user keeps by name."""

from __future__ import annotations

from typing import Annotated, TypedDict

from aniworld.web.shapes import OneOf
from library.choices import SeriesStatus
from library.models import SavedView
from library.shelf.filters import SHOW, SORT, VIEWS
from library.shelf.listing import COLUMNS, columns_of
from library.shelf.queries import filters_in

SHOWN = tuple(name.upper() for name, _words in SHOW)
SHOWN_AS = tuple(name.upper() for name, _words in VIEWS)
SORTS = tuple(name for name, _words in SORT)


class ViewFilters(TypedDict):
    """What passes, in which order, and how it is shown."""

    q: Annotated[str, "Part of a name."]
    show: Annotated[str, OneOf(SHOWN)]
    status: Annotated[str, OneOf(one.upper() for one in SeriesStatus.values), "Empty: any."]
    genre: Annotated[str, "Empty: any."]
    monitored: Annotated[bool | None, "Null: either."]
    sort: Annotated[str, OneOf(SORTS), "From the other end with `-` before it."]
    view: Annotated[str, OneOf(SHOWN_AS)]
    columns: list[Annotated[str, OneOf(COLUMNS)]]


class SavedLibraryView(TypedDict):
    """A view of the library."""

    id: int
    name: str
    filters: ViewFilters
    query: Annotated[str, "What the address of the library's page says for it, after the `?`."]


def view_row(view: SavedView) -> SavedLibraryView:
    said = filters_in(view.query)
    return {
        "id": view.pk,
        "name": view.name,
        "filters": {
            "q": said["q"],
            "show": said["show"].upper(),
            "status": said["status"].upper(),
            "genre": said["genre"],
            "monitored": {"yes": True, "no": False}.get(said["monitored"]),
            "sort": said["sort"],
            "view": said["view"].upper(),
            "columns": list(columns_of(said["columns"])),
        },
        "query": view.query,
    }
