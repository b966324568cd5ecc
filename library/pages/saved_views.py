"""The views of the library that a user keeps by name: what their page shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _

from library.models import SavedView
from library.models.views import LONGEST_NAME
from library.services.saved_views import views_of
from library.shelf.filters import SHOW, SORT, VIEWS, LibraryFilterForm
from library.shelf.queries import cleaned, filters_in


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
