"""Asking before something is done that is not easily taken back.

The same question is asked in two ways: by a dialog of the page, where the button of a form has
``data-confirm``, which sends ``sure`` along; and, of whoever comes without scripts, by a page whose
form holds all that was sent, and ``sure``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

SURE: Final = "sure"
YES: Final = "yes"
_OWN_FIELDS: Final = frozenset({SURE, "csrfmiddlewaretoken"})


@dataclass(frozen=True, slots=True)
class Asked:
    """``yes``: what the button is called that does it. ``back``: where No leads."""

    question: str
    yes: str
    address: str
    back: str
    sent: list[tuple[str, str]]


def is_sure(request: HttpRequest) -> bool:
    """Whether whoever sent this form was asked before."""
    return request.POST.get(SURE) == YES


def ask(request: HttpRequest, question: str, *, yes: str, back: str) -> HttpResponse:
    """Answer a form with the question, in place of doing what it wants.

    Args:
        question: as it stands in ``data-confirm`` of the button.
        yes: what the button is called that does it: the words of the one that was pressed.
        back: the address that No leads to, where the form names no ``next`` of ours.
    """
    wanted = request.POST.get("next", "")
    is_ours = wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OWN_FIELDS
        for value in values
        if isinstance(value, str)
    ]
    asked = Asked(question, yes, request.get_full_path(), wanted if is_ours else back, sent)
    return render(request, "confirm.html", {"page": asked})
