"""What has arrived, failed or been removed: filtered and paged by the page's address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aniworld.config import store
from aniworld.config.errors import ConfigError
from aniworld.events.pages import live_page
from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from downloads.choices import Status
from downloads.finding import DONE, Wanted, found
from downloads.models import DownloadQueueItem, QueueItems
from downloads.pages.rows import Row

PER_PAGE = 50
STATES: dict[str, str | Promise] = {
    Status.COMPLETED: _("Arrived"),
    Status.FAILED: _("Failed"),
    Status.CANCELLED: _("Removed"),
}


class FilterForm(forms.Form):
    """What is shown. Whatever makes no sense filters nothing."""

    series = forms.CharField(label=_("Series"), required=False, max_length=255)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("arrived and failed")), *STATES.items()]
    )
    language = forms.CharField(label=_("Language"), required=False, max_length=80)
    day = forms.DateField(label=_("Day"), required=False)
    q = forms.CharField(label=_("Text"), required=False, max_length=200)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "select" if name == "state" else "input"
        self.fields["day"].widget.input_type = "date"
        self.fields["language"].widget.attrs["list"] = "history-languages"

    @property
    def wanted(self) -> Wanted:
        self.is_valid()
        given = self.cleaned_data
        state = given.get("state")
        return Wanted(
            statuses=[Status(state)] if state else DONE,
            series=given.get("series", ""),
            language=given.get("language", ""),
            day=given.get("day"),
            text=given.get("q", ""),
        )


@dataclass(frozen=True, slots=True)
class HistoryPage:
    form: FilterForm
    paging: Page[DownloadQueueItem]
    languages: list[str]

    @property
    def rows(self) -> list[Row]:
        return [Row(item) for item in self.paging.object_list]

    @property
    def is_filtered(self) -> bool:
        return any(self.form.cleaned_data.values())

    @property
    def has_arrivals(self) -> bool:
        """Whether there is anything that can be taken off this list."""
        return any(item.status == Status.COMPLETED for item in self.paging.object_list)


@needs(Right.VIEW)
@require_safe
@live_page
def history(request: PageRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    paging = Paginator(_items(form.wanted), PER_PAGE).get_page(request.GET.get("page"))
    fragments = {"live": "downloads/_history.html"}
    shown = HistoryPage(form, paging, _languages())
    return page(request, "downloads/history.html", shown, fragments=fragments)


def _items(wanted: Wanted) -> QueueItems:
    """The newest first. What was taken off the lists is hidden; what was removed is not."""
    items = DownloadQueueItem.objects.select_related("series__root")
    if wanted.statuses == [Status.CANCELLED]:
        return found(items.order_by("-removed_at", "-id"), wanted)
    return found(items.filter(removed_at=None).order_by("-completed_at", "-id"), wanted)


def _languages() -> list[str]:
    """Those that are asked for, as suggestions."""
    try:
        return list(store.load().providers.languages)
    except ConfigError:
        return []
