"""The log page and the support bundle: for the owner alone."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from aniworld.events.pages import live_page
from aniworld.system import bundle, logs
from aniworld.system.logs import LogLine, Wanted
from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs
from aniworld.web.rights import Right

SHOWN = 300
_TONES = {"WARNING": "warn", "ERROR": "danger", "CRITICAL": "danger"}


class LogForm(forms.Form):
    """What of the logs is shown. Anything that is no choice shows all."""

    file = forms.ChoiceField(
        label=_("File"), required=False, choices=[(name, f"{name}.log") for name in logs.FILES]
    )
    level = forms.ChoiceField(
        label=_("At least"), required=False, choices=[(name, name) for name in logs.LEVELS]
    )
    room = forms.CharField(label=_("Part of the program"), required=False, max_length=100)
    text = forms.CharField(label=_("Contains"), required=False, max_length=200)
    follow = forms.BooleanField(label=_("Follow"), required=False)

    def wanted(self) -> Wanted:
        """Raises nothing: a wrong value counts as none."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        given.pop("follow", None)
        return Wanted(**{"level": "INFO", **given, "lines": SHOWN})


@dataclass(frozen=True, slots=True)
class Row:
    line: LogLine

    @property
    def tone(self) -> str:
        return _TONES.get(self.line["level"], "plain")


@dataclass(frozen=True, slots=True)
class LogsPage:
    form: LogForm
    rows: list[Row]
    is_followed: bool


@needs(Right.OWN)
@require_safe
@never_cache
@live_page
def logs_page(request: PageRequest) -> HttpResponse:
    """The newest lines, the newest first."""
    form = LogForm({"file": "app", "level": "INFO", **request.GET.dict()})
    rows = [Row(line) for line in reversed(logs.newest(form.wanted()))]
    context = LogsPage(form, rows, "follow" in request.GET)
    return page(request, "system/logs.html", context, fragments={"lines": "system/_lines.html"})


@dataclass(frozen=True, slots=True)
class BundlePage:
    """``parts`` are name and text."""

    parts: list[tuple[str, str]]


@needs(Right.OWN)
@require_safe
@never_cache
@live_page
def bundle_page(request: PageRequest) -> HttpResponse:
    """What would be in the bundle."""
    return page(request, "system/bundle.html", BundlePage(list(bundle.parts().items())))


@needs(Right.OWN)
@require_safe
@never_cache
def bundle_file(_request: PageRequest) -> HttpResponse:
    """The bundle, made now."""
    name = f"aniworld-support-{timezone.now():%Y%m%d-%H%M%S}.zip"
    response = HttpResponse(bundle.zipped(bundle.parts()), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
