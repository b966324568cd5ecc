"""The page of quiet hours and budgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from aniworld.config.listing import Listed, listed
from aniworld.config.menu import MenuEntry, menu
from aniworld.config.pages.forms import SettingsForm
from aniworld.config.pages.sections import SettingGroup, SettingRow
from aniworld.config.schema import Config
from aniworld.rhythm.windows import Window, read
from aniworld.web.texts import text_of
from downloads.models import QueueState
from downloads.pages.windows import DayPicture, WindowLine, WindowsForm, pictures
from downloads.quiet import reading
from downloads.quiet.decision import Verdict, Why
from downloads.quiet.shapes import BudgetState, quiet, said

WINDOWS = "downloads.quiet_hours"
# What is set on this page, each in an input of its own.
FIELDS = (
    "downloads.when_quiet_begins",
    "downloads.budget_gb_a_day",
    "downloads.budget_gb_a_month",
    "downloads.budget_episodes_a_day",
    "downloads.budget_episodes_a_month",
)


_BUDGETS = {
    Why.GB_A_DAY: _("%(used)s of %(most)s GB today"),
    Why.GB_A_MONTH: _("%(used)s of %(most)s GB this month"),
    Why.EPISODES_A_DAY: _("%(used)s of %(most)s episodes today"),
    Why.EPISODES_A_MONTH: _("%(used)s of %(most)s episodes this month"),
}


@dataclass(frozen=True, slots=True)
class QuietHoursPage:
    """What is set, what that means, and what holds now.

    Attributes:
        seen: the mark of the windows that the visitor has seen.
    """

    here: str
    config: Config
    form: SettingsForm
    windows: WindowsForm
    seen: str
    now: datetime
    verdict: Verdict

    @property
    def title(self) -> str:
        return gettext("Quiet hours")

    @property
    def menu(self) -> list[MenuEntry]:
        return menu(self.here)

    @property
    def groups(self) -> list[SettingGroup]:
        rows = [SettingRow(one, self.form[name]) for name, one in self.form.listed.items()]
        return [SettingGroup("", rows)]

    @property
    def zone(self) -> str:
        return timezone.get_default_timezone_name()

    @property
    def lines(self) -> list[WindowLine]:
        return [WindowLine(one, self.now) for one in self._windows]

    @property
    def week(self) -> list[DayPicture]:
        return pictures(self._windows)

    @property
    def budgets(self) -> list[str]:
        """``1.2 of 5 GB today``"""
        return [_in_words(one) for one in quiet(self.verdict)["budgets"]]

    @property
    def why_closed(self) -> str:
        return text_of(said(self.verdict))

    @property
    def _windows(self) -> list[Window]:
        return [read(one) for one in self.config.downloads.quiet_hours]


def _in_words(budget: BudgetState) -> str:
    used, most = (number_format(f"{figure:g}") for figure in (budget["used"], budget["most"]))
    return gettext(_BUDGETS[Why(budget["name"])]) % {"used": used, "most": most}


def inputs(config: Config) -> list[Listed]:
    """The settings of this page that have an input of their own."""
    return [one for one in listed(config) if one.field in FIELDS]


def quiet_page(
    here: str, config: Config, form: SettingsForm, typed: WindowsForm | None, seen: str
) -> QuietHoursPage:
    """Args: typed: the windows as they were sent; None: as they are set."""
    now, rules = timezone.now(), reading.rules_of(config.downloads)
    return QuietHoursPage(
        here=here,
        config=config,
        form=form,
        windows=typed or WindowsForm.of(rules.windows),
        seen=seen,
        now=now,
        verdict=reading.verdict(rules, QueueState.current(), now),
    )
