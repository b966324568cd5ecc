"""The page of quiet hours and budgets."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aniworld.config import store
from aniworld.config.changes import mark_of
from aniworld.config.pages.sections import form_of, saved, typed
from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
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
