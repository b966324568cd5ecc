"""Who may do what, beside being logged in: three rights, each of which includes those before it.

Every view says with :func:`needs` which right it takes to read there and to change something.
``accounts.middleware.RightsMiddleware`` holds visitors to it, for pages, API and administration
alike; a view that says nothing lets nobody in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.http import HttpRequest
from django.urls import ResolverMatch
from rest_framework.permissions import BasePermission

from aniworld.web.rights import NotAllowed, Right, lacking
from aniworld.web.texts import text_of

if TYPE_CHECKING:  # it asks for the class below while it is made
    from rest_framework.request import Request
    from rest_framework.views import APIView

View = TypeVar("View", bound=Callable[..., Any])
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Needs:
    """The rights it takes to read at an address, and to change something there; None: not even a
    login. ``by_key``: whether an API key will do, too."""

    reading: Right | None
    writing: Right | None
    by_key: bool = True

    def of(self, method: str | None) -> Right | None:
        """What it takes to come with this method."""
        return self.reading if method in READING else self.writing


OPEN: Final = Needs(None, None)
# What others wrote, by the namespace of their addresses. The tables are the owner's to look at.
NAMESPACES: Final = {"admin": Needs(Right.OWN, Right.OWN)}


def needs(
    reading: Right, *, writing: Right | None = None, by_key: bool = True
) -> Callable[[View], View]:
    """Say of a view, or of a class of them, which right it takes.

    Args:
        reading: for GET, HEAD and OPTIONS; of a view that only changes something, for all.
        writing: for all other methods, where it is another.
        by_key: whether an API key of that scope will do; else only somebody who has logged in may.
    """
    said = Needs(reading, reading if writing is None else writing, by_key)

    def declare(view: View) -> View:
        view.needs = said  # type: ignore[attr-defined]
        return view

    return declare


def open_to_all(view: View) -> View:
    """Say of a view that it takes no login; its address is in ``accounts.middleware`` too."""
    view.needs = OPEN  # type: ignore[attr-defined]
    return view


def answers(callback: Callable[..., Any], method: str | None) -> bool:
    """Whether a view made from a class, or the class, has anything to say to that method; any other
    view is taken to. What none has is 405 for everybody."""
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None) or callback
    if not isinstance(view, type):
        return True
    name = (method or "").lower()
    is_there = hasattr(view, "get" if name == "head" else name)
    return is_there and name in getattr(view, "http_method_names", ())


def needs_of(match: ResolverMatch) -> Needs | None:
    """What was said of the view an address leads to; None where nothing was."""
    for namespace in match.namespaces:
        if namespace in NAMESPACES:
            return NAMESPACES[namespace]
    return said_of(match.func)


def said_of(callback: Callable[..., Any]) -> Needs | None:
    """What was said of a view, or of the class it was made from."""
    for one in (callback, getattr(callback, "cls", None), getattr(callback, "view_class", None)):
        if (said := getattr(one, "needs", None)) is not None:
            assert isinstance(said, Needs)  # noqa: S101 - nobody else uses the name
            return said
    return None


def right_of(request: HttpRequest) -> Right | None:
    """The right of whoever sent a request, as the middleware found it; None before the login."""
    right: Right | None = getattr(request, "right", None)
    return right


def refusal(request: HttpRequest, said: Needs | None, method: str | None) -> NotAllowed | None:
    """Why a request may not go on to a view of which that was said; None where it may."""
    if said is None:
        return NotAllowed(why="undeclared")
    needed, right = said.of(method), right_of(request)
    if needed is None:
        return None
    is_key = getattr(request, "api_key", None) is not None
    if right is None or right < needed:
        return NotAllowed(why="scope") if is_key else lacking(needed)
    if not said.by_key and is_key:
        return NotAllowed(why="login")
    return None


@dataclass(frozen=True, slots=True)
class May:
    """For templates, as ``may``: what is not this visitor's to do is not shown."""

    right: Right | None

    @property
    def operate(self) -> bool:
        return self.right is not None and self.right >= Right.OPERATE

    @property
    def own(self) -> bool:
        return self.right is Right.OWN


def may(request: HttpRequest) -> dict[str, May]:
    """Context processor."""
    return {"may": May(right_of(request))}


class HasRight(BasePermission):
    """The same for DRF, which asks it too when it shows what else an address can be asked.

    Whoever gets as far as this has passed the middleware.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not answers(type(view), request.method):
            return True
        refused = refusal(request._request, said_of(type(view)), request.method)
        if refused is not None:
            self.message = text_of(refused)
        return refused is None
