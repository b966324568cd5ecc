"""Jobs as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aniworld.config.menu import MenuEntry
from aniworld.rhythm.reading import LONGEST
from aniworld.system.schedule.choices import RunState, Trigger
from aniworld.system.schedule.shapes import JobRunEntry, ScheduledJob, ScheduledJobDetail
from aniworld.web.display import duration

Words = Mapping[str, str | Promise]

STATES: Words = {
    RunState.RUNNING: _("runs"),
    RunState.COMPLETED: _("done"),
    RunState.FAILED: _("failed"),
    RunState.SKIPPED: _("left out"),
    RunState.CANCELLED: _("cut off"),
}
TRIGGERS: Words = {
    Trigger.SCHEDULE: _("at its time"),
    Trigger.MADE_UP: _("made up"),
    Trigger.OWNER: _("asked for"),
}
_TONES = {
    RunState.RUNNING: "downloading",
    RunState.COMPLETED: "healthy",
    RunState.FAILED: "danger",
    RunState.SKIPPED: "plain",
    RunState.CANCELLED: "warn",
}


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run."""

    run: JobRunEntry

    @property
    def state(self) -> str:
        return str(STATES[self.run["state"]])

    @property
    def tone(self) -> str:
        return _TONES[RunState(self.run["state"])]

    @property
    def trigger(self) -> str:
        return str(TRIGGERS[self.run["trigger"]])

    @property
    def took(self) -> str:
        return duration(self.run["seconds"])

    @property
    def said(self) -> str:
        told = self.run["error"] or self.run["result"]
        return told["text"] if told else ""


@dataclass(frozen=True, slots=True)
class JobCard:
    """One job in the list."""

    job: ScheduledJob

    @property
    def when(self) -> str:
        """As its owner has written it; what we have written, in the reader's language."""
        return gettext(self.job["when"]) if self.job["when"] else ""

    @property
    def usual_when(self) -> str:
        return gettext(self.job["usual_when"])

    @property
    def running(self) -> RunRow | None:
        return RunRow(self.job["running"]) if self.job["running"] else None

    @property
    def last(self) -> RunRow | None:
        return RunRow(self.job["last"]) if self.job["last"] else None

    @property
    def waits(self) -> str:
        return self.job["waits"]["text"] if self.job["waits"] else ""


@dataclass(frozen=True, slots=True)
class JobsPage:
    cards: Sequence[JobCard]
    is_looked_at: bool


@dataclass(frozen=True, slots=True)
class SchedulePage:
    """Among the settings."""

    menu: Sequence[MenuEntry]
    cards: Sequence[JobCard]


class WhenForm(forms.Form):
    """Whether a job runs by itself, and when."""

    enabled = forms.BooleanField(label=_("Runs by itself"), required=False)
    when = forms.CharField(
        label=_("When"),
        required=False,
        max_length=LONGEST,
        help_text=_(
            "In words, such as “every day at 4”, “mondays and thursdays at 18:30” or “alle 6 "
            "Stunden”, or as a cron expression. Empty: the rhythm it comes with."
        ),
        widget=forms.TextInput(
            attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"}
        ),
    )


@dataclass(frozen=True, slots=True)
class JobPage:
    """One job. ``preview`` are the next times of what was typed, before it is saved; ``spread`` is
    how many minutes later than those it may begin; ``place`` is the address where its rhythm is
    set, if that is not here."""

    card: JobCard
    runs: Sequence[RunRow]
    form: WhenForm
    preview: Sequence[datetime] | None
    spread: int
    place: str

    @classmethod
    def of(
        cls,
        job: ScheduledJobDetail,
        form: WhenForm,
        preview: Sequence[datetime] | None,
        spread: timedelta,
        place: str,
    ) -> Self:
        runs = [RunRow(run) for run in job["runs"]]
        return cls(JobCard(job), runs, form, preview, int(spread.total_seconds() // 60), place)
