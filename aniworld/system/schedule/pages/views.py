"""The pages of the schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aniworld.config.menu import menu
from aniworld.config.pages.words import tell_saved
from aniworld.events.pages import live_page
from aniworld.journal.services import noting
from aniworld.system.schedule import services, shapes
from aniworld.system.schedule.errors import WhenUnreadable
from aniworld.system.schedule.jobs import Job
from aniworld.system.schedule.pages.shown import (
    JobCard,
    JobPage,
    JobsPage,
    SchedulePage,
    WhenForm,
)
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right


@needs(Right.VIEW)
@require_safe
@live_page
def jobs(request: PageRequest) -> HttpResponse:
    """What runs by itself: when it comes, and how it went."""
    cards = [JobCard(one) for one in shapes.jobs()]
    context = JobsPage(cards, shapes.is_looked_at(timezone.now()))
    return page(request, "schedule/jobs.html", context, fragments={"jobs": "schedule/_jobs.html"})


@needs(Right.VIEW, writing=Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@live_page
def job(request: PageRequest, name: str) -> HttpResponse:
    """One job with its runs; by POST, set when it runs, or see when that would be."""
    found = services.get_job(name)
    if request.method != "POST":
        return _shown(request, found, _form_of(found))
    form = WhenForm(request.POST)
    if "show" in request.POST:
        return _previewed(request, found, form)
    return _set(request, found, form)


@needs(Right.OPERATE)
@require_POST
def run(request: HttpRequest, name: str) -> HttpResponse:
    """Let a job begin now."""
    with told(request):
        services.run_now(name)
        tell(request, _("It begins now."))
    return forward(request, "jobs")


@needs(Right.OPERATE)
@require_POST
def pause(request: HttpRequest, name: str) -> HttpResponse:
    """Let a job not begin by itself."""
    with told(request):
        services.pause(name)
        tell(request, _("It is paused."))
    return forward(request, "jobs")


@needs(Right.OPERATE)
@require_POST
def resume(request: HttpRequest, name: str) -> HttpResponse:
    """Let it begin by itself again."""
    with told(request):
        services.resume(name)
        tell(request, _("It goes on at its next time."))
    return forward(request, "jobs")


def _form_of(found: Job) -> WhenForm:
    known = shapes.detail(found)
    is_usual = known["when"] == known["usual_when"]
    return WhenForm(
        initial={"enabled": known["enabled"], "when": "" if is_usual else known["when"]}
    )


def _previewed(request: PageRequest, found: Job, form: WhenForm) -> HttpResponse:
    """What was typed, with its next times; nothing is changed."""
    if form.is_valid():
        try:
            preview = services.preview(form.cleaned_data["when"] or found.when)
        except WhenUnreadable as error:
            form.add_error("when", error.errors[0].detail)
        else:
            return _shown(request, found, form, preview=preview)
    return _shown(request, found, form, status=422)


def _set(request: PageRequest, found: Job, form: WhenForm) -> HttpResponse:
    if form.is_valid():
        try:
            with noting() as noted:
                services.change(found.name, **form.cleaned_data)
        except WhenUnreadable as error:
            form.add_error("when", error.errors[0].detail)
        else:
            tell_saved(request, noted)
            return forward(request, "job", found.name)
    form.fields["when"].widget.attrs["autofocus"] = True
    return _shown(request, found, form, status=422)


def _shown(
    request: PageRequest,
    found: Job,
    form: WhenForm,
    *,
    preview: Sequence[datetime] | None = None,
    status: int = 200,
) -> HttpResponse:
    place = reverse(found.settings_page) if found.settings_page else ""
    context = JobPage.of(shapes.detail(found), form, preview, found.spread, place)
    fragments = {"job": "schedule/_job.html", "preview": "schedule/_preview.html"}
    return page(request, "schedule/job.html", context, fragments=fragments, status=status)


@needs(Right.OWN)
@require_safe
def settings(request: PageRequest) -> HttpResponse:
    """When each job runs, with the way to change it."""
    cards = [JobCard(one) for one in shapes.jobs()]
    return page(request, "schedule/settings.html", SchedulePage(menu(request.path), cards))
