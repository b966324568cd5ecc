"""How the address of the library says what is listed. Views are kept so."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import QueryDict

from library.models.views import LONGEST_QUERY
from library.shelf.filters import LibraryFilterForm
from library.shelf.listing import columns_of, columns_said

TABLE = "table"


def written(filters: Mapping[str, str]) -> str:
    """What the address of the library says for these filters: with view and order, which are else
    as the visitor has chosen them, and of a table with its columns."""
    said = {name: value for name, value in filters.items() if value}
    if said["show"] == "all":
        del said["show"]
    if said["view"] == TABLE:
        said["columns"] = columns_said(columns_of(filters["columns"]))
    else:
        said.pop("columns", None)
    return urlencode(said)


def filters_in(query: str) -> dict[str, str]:
    """The filters that an address names; what is none is left out."""
    return LibraryFilterForm(QueryDict(query[:LONGEST_QUERY])).filters()


def cleaned(query: str) -> str:
    """An address as it is kept; empty where it names nothing."""
    return written(filters_in(query)) if query else ""
