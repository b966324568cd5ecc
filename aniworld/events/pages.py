"""How a page and the live connection meet without a gap."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse

from aniworld.events.models import OutboxEvent
from aniworld.web.page import PageRequest

Rest = ParamSpec("Rest")


def live_page(
    view: Callable[Concatenate[PageRequest, Rest], HttpResponse],
) -> Callable[Concatenate[PageRequest, Rest], HttpResponse]:
    """Note the newest event before the page reads its data.

    The browser asks for everything after it, so nothing falls between page and live connection.
    """

    @wraps(view)
    def noted(request: PageRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        newest = OutboxEvent.objects.order_by("-id").values_list("id", flat=True).first()
        request.last_event_id = newest or 0
        return view(request, *args, **kwargs)

    return noted
