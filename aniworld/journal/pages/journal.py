"""The journal as a page: what happened, who did it, when and why, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aniworld.journal import chain
from aniworld.journal.chain import Report
from aniworld.journal.choices import Action, ActorKind, Turn
from aniworld.journal.models import OWNERS_AREAS, Entry, EntryQuerySet
from aniworld.journal.report import fault_text
from aniworld.journal.services import may_undo
from aniworld.web import texts
from aniworld.web.days import begin_of, end_of
from aniworld.web.page import PageRequest, page
from aniworld.web.permissions import needs, right_of
from aniworld.web.rights import Right

PER_PAGE = 50
WHO: dict[str, str | Promise] = {
    ActorKind.OWNER: _("A person"),
    ActorKind.CLIENT: _("A program"),
    ActorKind.SCHEDULE: _("The schedule"),
    ActorKind.WORKER: _("The worker"),
    ActorKind.SCAN: _("A scan"),
    ActorKind.COMMAND: _("A command"),
    ActorKind.SYSTEM: _("Aniworld itself"),
}
AREAS: dict[str, str | Promise] = {
    "account": _("Accounts"),
    "backup": _("Backups"),
    "bin": _("Recycle bin"),
    "config": _("Settings"),
    "download": _("Downloads"),
    "job": _("Jobs"),
    "journal": _("Journal"),
    "key": _("API keys"),
    "notification": _("Notifications"),
    "queue": _("Queue"),
    "renaming": _("Renaming"),
    "scan": _("Scans"),
    "series": _("Series"),
    "session": _("Logins"),
    "site": _("Sites"),
    "system": _("System"),
}


class FilterForm(forms.Form):
    """What is shown. Whatever makes no sense filters nothing."""

    area = forms.ChoiceField(label=_("About"), required=False)
    actor = forms.ChoiceField(
        label=_("By"), required=False, choices=[("", _("anybody")), *WHO.items()]
    )
    q = forms.CharField(label=_("Name"), required=False, max_length=200)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)
    only = forms.ChoiceField(
        label=_("Only"),
        required=False,
        choices=[("", _("all")), ("undo", _("what can be undone")), ("audit", _("audit lines"))],
    )

    def __init__(self, data: Any, *, right: Right | None) -> None:
        super().__init__(data)
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)  # noqa: S101 - declared above
        area.choices = [("", _("everything")), *_areas(right)]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "select" if "choices" in vars(field.widget) else "input"
            if name in {"since", "until"}:
                field.widget.input_type = "date"

    def found(self, entries: EntryQuerySet) -> EntryQuerySet:
        self.is_valid()
        wanted = self.cleaned_data
        if area := wanted.get("area"):
            entries = entries.in_areas([area])
        if actor := wanted.get("actor"):
            entries = entries.by(ActorKind(actor))
        if text := wanted.get("q"):
            entries = entries.filter(object_name__icontains=text)
        if since := wanted.get("since"):
            entries = entries.filter(at__gte=begin_of(since))
        if until := wanted.get("until"):
            entries = entries.filter(at__lt=end_of(until))
        if wanted.get("only") == "undo":
            entries = entries.undoable()
        if wanted.get("only") == "audit":
            entries = entries.audited()
        return entries


def _areas(right: Right | None) -> Iterator[tuple[str, str | Promise]]:
    """Those that anything is journalled in, and that the visitor may see."""
    known = {code.partition(".")[0] for kind in Action.__subclasses__() for code in kind}
    for area, words in AREAS.items():
        if area in known and (right is Right.OWN or area not in OWNERS_AREAS):
            yield area, words


@dataclass(frozen=True, slots=True)
class Line:
    entry: Entry

    @property
    def text(self) -> str:
        return texts.text(self.entry.action, self.entry.params)

    @property
    def why(self) -> str:
        return texts.text_of(self.entry.reason)

    @property
    def who(self) -> str:
        return _who(self.entry.actor_kind, self.entry.actor_name)

    @property
    def origin(self) -> str:
        """Who set it going, where that is somebody else."""
        entry = self.entry
        return _who(entry.origin_kind, entry.origin_name) if entry.origin_kind else ""

    @property
    def is_undo(self) -> bool:
        """Taking it back does again what it took back."""
        return self.entry.turn == Turn.UNDONE

    @property
    def can_be_undone(self) -> bool:
        return may_undo(self.entry)


def _who(kind: str, name: str) -> str:
    """The name of a person or a program; of what belongs to the product what it is."""
    is_somebody = kind in {ActorKind.OWNER, ActorKind.CLIENT} and name
    return name if is_somebody else str(WHO.get(kind, kind))


@dataclass(frozen=True, slots=True)
class JournalPage:
    form: FilterForm
    paging: Page[Entry]
    is_filtered: bool

    @property
    def lines(self) -> list[Line]:
        return [Line(entry) for entry in self.paging.object_list]


@dataclass(frozen=True, slots=True)
class AuditPage:
    report: Report

    @property
    def faults(self) -> list[str]:
        return [fault_text(fault) for fault in self.report.faults]


@needs(Right.VIEW)
@require_safe
def journal(request: PageRequest) -> HttpResponse:
    right = right_of(request)
    entries = Entry.objects.newest_first()
    if right is not Right.OWN:
        entries = entries.shown_to_all()
    form = FilterForm(request.GET, right=right)
    paging = Paginator(form.found(entries), PER_PAGE).get_page(request.GET.get("page"))
    is_filtered = any(form.cleaned_data.values())
    return page(request, "journal/journal.html", JournalPage(form, paging, is_filtered))


@needs(Right.OWN)
@require_safe
def audit(request: PageRequest) -> HttpResponse:
    """Whether the audit part is as it was written."""
    return page(request, "journal/audit.html", AuditPage(chain.check()))
