"""The views of the library that a user keeps by name: what their page shows, and how a view is
written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from library.models import SavedView
from library.models.views import LONGEST_NAME, LONGEST_QUERY
from library.pages.forms import SHOW, SORT, VIEWS, LibraryFilterForm
from library.pages.shelf import columns_of, columns_said
from library.services.saved_views import views_of

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


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view. ``is_here``: the visitor looks at the library so now."""

    view: SavedView
    is_here: bool

    @property
    def address(self) -> str:
        return f"{reverse('library')}?{self.view.query}"

    @property
    def words(self) -> str:
        return in_words(self.view.query)


@dataclass(frozen=True, slots=True)
class ViewsPage:
    """``now`` is the address the visitor comes from; ``name`` and ``fault``: what was to be its
    name, and why that cannot be."""

    rows: list[ViewRow]
    now: str
    name: str = ""
    fault: str = ""

    longest = LONGEST_NAME

    @property
    def words(self) -> str:
        return in_words(self.now)

    @property
    def library(self) -> str:
        return f"{reverse('library')}?{self.now}" if self.now else reverse("library")


def views_page(user: User, query: str, *, name: str = "", fault: str = "") -> ViewsPage:
    """The views of a user. ``query``: what the library's address said when they left it."""
    now = cleaned(query)
    rows = [ViewRow(view, view.query == now) for view in views_of(user)]
    return ViewsPage(rows, now, name, fault)


def in_words(query: str) -> str:
    """What a view shows, as the library's page says it."""
    filters = filters_in(query)
    form = LibraryFilterForm()
    status = dict(form.fields["status"].choices)  # type: ignore[attr-defined]
    monitored = dict(form.fields["monitored"].choices)  # type: ignore[attr-defined]
    words = [
        dict(SHOW)[filters["show"]],
        _("“%s”") % filters["q"] if filters["q"] else "",
        status[filters["status"]] if filters["status"] else "",
        filters["genre"],
        monitored[filters["monitored"]] if filters["monitored"] else "",
        dict(SORT)[filters["sort"]],
        dict(VIEWS)[filters["view"]],
    ]
    return " · ".join(str(one) for one in words if one)
