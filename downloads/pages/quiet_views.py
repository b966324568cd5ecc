"""The page of quiet hours and budgets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aniworld.config import store
from aniworld.config.changes import mark_of
from aniworld.config.pages.sections import form_of, saved, typed
from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from downloads import services
from downloads.choices import Lift
from downloads.pages.quiet_hours import WINDOWS, inputs, quiet_page
from downloads.pages.windows import WindowsForm

TEMPLATE = "downloads/quiet_hours.html"


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PageRequest) -> HttpResponse:
    """When nothing is fetched, or only so fast, and how much."""
    config = store.load()
    listed, seen = inputs(config), mark_of(config, [WINDOWS])
    if request.method != "POST":
        form = form_of(config, listed)
        return page(request, TEMPLATE, quiet_page(request.path, config, form, None, seen))
    form, windows = typed(request, config, listed), WindowsForm.typed(request.POST)
    are_good = windows.is_valid()
    written = windows.written if are_good else []

    def put(values: dict[str, Any]) -> dict[str, Any]:
        return {"downloads": {**values, "quiet_hours": written}}

    if request.POST.get("seen_windows", "") not in ("", seen):
        form.add_error(
            None,
            _(
                "The windows were changed meanwhile. What you typed is kept; save again to put it "
                "in place of what is set now."
            ),
        )
    elif are_good and saved(request, listed, form, config, put):
        return redirect(request.path)
    found = quiet_page(request.path, config, form, windows, seen)
    return page(request, TEMPLATE, found, status=422)


@needs(Right.OPERATE)
@require_POST
def now(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item is fetched whatever quiet hours and budgets say."""
    with noting() as noted:
        changed = services.exempt(item_ids=[item_id])
    if changed.ids:
        words = _("It is fetched whatever quiet hours and budgets say.")
        tell(request, words, undo=undo_address(noted))
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def later(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item waits for quiet hours and budgets again."""
    services.bind(item_ids=[item_id])
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def lift(request: HttpRequest, until: str) -> HttpResponse:
    """Everything is fetched until the present window, or the day, ends."""
    with told(request):
        with noting() as noted:
            services.lift(until=Lift(until.upper()))
        words = _("Quiet hours and budgets do not count for that time.")
        tell(request, words, undo=undo_address(noted))
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Quiet hours and budgets count again."""
    with told(request):
        services.keep()
    return forward(request, "queue")
