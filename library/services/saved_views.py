"""The views of the library that a user keeps by name: each user's own."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from library.errors import SavedViewUnknown, TooManyViews, ViewNameTaken
from library.models import SavedView

MOST = 50  # of one user


def views_of(user: User) -> QuerySet[SavedView]:
    """Those of a user, by name."""
    return SavedView.objects.filter(user=user)


def view_of(user: User, view_id: int) -> SavedView:
    """Raises SavedViewUnknown: that user has none of this id."""
    found = views_of(user).filter(pk=view_id).first()
    if found is None:
        raise SavedViewUnknown
    return found


def save_view(user: User, *, name: str, query: str) -> SavedView:
    """Keep a view.

    Args:
        name: not empty, at most ``LONGEST_NAME`` characters.
        query: what the address of the library says, as ``library.pages.filtering`` writes it.

    Raises:
        ViewNameTaken: another view of the user has that name, in whatever case.
        TooManyViews: the user has as many as may be.
    """
    with transaction.atomic():
        if views_of(user).count() >= MOST:
            raise TooManyViews(most=MOST)
        view = SavedView(user=user, name=name, query=query)
        _write(view)
    return view


def change_view(view: SavedView, *, name: str | None = None, query: str | None = None) -> SavedView:
    """Give a view another name, or let it show something else; None: as it is.

    Raises:
        ViewNameTaken: as in :func:`save_view`.
    """
    view.name = view.name if name is None else name
    view.query = view.query if query is None else query
    _write(view)
    return view


def remove_view(view: SavedView) -> None:
    """What it shows stays where it is."""
    view.delete()


def _write(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ViewNameTaken(name=view.name) from error
