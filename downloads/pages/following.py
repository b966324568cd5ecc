"""What the pages of what is fetched by itself show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from aniworld.config import store
from aniworld.config.pages.forms import SettingsForm
from aniworld.config.pages.sections import SectionPage
from aniworld.config.schema import Config
from aniworld.config.sections import section
from aniworld.web.display import language
from aniworld.web.texts import text_of
from downloads.following.decisions import Outcome
from downloads.following.plan import Plan, Planned, explained, plan
from downloads.following.reading import policy_of
from downloads.following.shapes import code_of, said
from downloads.pages.ranks import RanksForm
from library import services
from library.choices import Follow, KeepFiles
from library.errors import InvalidFollowing
from library.models import AnimeSeries
from library.models.series import REFRESH_HOURS
from library.services.numbering import MAX_NUMBER

ROWS_PER_PAGE = 100

FOLLOW = [
    (Follow.OFF, _("Nothing")),
    (Follow.NEW, _("New episodes, from now on")),
    (Follow.GAPS, _("Everything that is missing")),
    (Follow.SEASON, _("What is missing from a season on")),
]
KEEP = [
    (KeepFiles.AS_SET, _("As in the settings")),
    (KeepFiles.FIRST, _("Keep the first")),
    (KeepFiles.REPLACE, _("Replace it; the old file goes into the recycle bin")),
    (KeepFiles.BOTH, _("Keep both")),
]
SHOW = [
    ("", _("All")),
    (Outcome.QUEUE, _("Queued now")),
    (Outcome.WAIT, _("Waiting")),
    (Outcome.LEAVE, _("Left alone")),
]


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """One episode and what becomes of it."""

    planned: Planned

    @property
    def code(self) -> str:
        return code_of(self.planned)

    @property
    def language(self) -> str:
        return language(self.planned.decision.language)

    @property
    def waits_for(self) -> list[str]:
        return [language(one) for one in self.planned.decision.waits_for]

    @property
    def words(self) -> str:
        return text_of(said(self.planned.decision))

    @property
    def is_queued(self) -> bool:
        return self.planned.decision.outcome is Outcome.QUEUE

    @property
    def is_waiting(self) -> bool:
        return self.planned.decision.outcome is Outcome.WAIT


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What would be queued by itself now, or what waits."""

    plan: Plan
    paging: Page[Planned]
    show: str = ""

    @property
    def lines(self) -> list[EpisodeLine]:
        return [EpisodeLine(one) for one in self.paging.object_list]

    @property
    def choices(self) -> list[tuple[str, Any]]:
        return SHOW

    @property
    def now(self) -> datetime:
        return self.plan.now

    @property
    def waiting(self) -> int:
        return self.plan.waiting_count


def plan_page(query: Mapping[str, str], now: datetime) -> PlanPage:
    """The simulation. Args: query: ``show`` one outcome, ``page``. Raises ``ConfigError``."""
    found = plan(now)
    show = query.get("show", "").upper()
    wanted: Sequence[Planned] = found.planned
    if show == Outcome.QUEUE:
        wanted = found.to_queue
    elif show in list(Outcome):
        wanted = [one for one in found.planned if one.decision.outcome == show]
    else:
        # What is done first; each in the order of the series.
        by_outcome = {outcome: list[Planned]() for outcome in Outcome}
        for one in found.planned:
            by_outcome[one.decision.outcome].append(one)
        wanted = [one for listed in by_outcome.values() for one in listed]
    return PlanPage(found, _page(wanted, query), show)


def waiting_page(query: Mapping[str, str], now: datetime) -> PlanPage:
    """The waiting list. Raises ``ConfigError``."""
    found = plan(now)
    return PlanPage(found, _page(found.waiting, query))


def _page(rows: Sequence[Planned], query: Mapping[str, str]) -> Page[Planned]:
    return Paginator(rows, ROWS_PER_PAGE).get_page(query.get("page"))


class FollowForm(forms.Form):
    """What is fetched of one series by itself."""

    follow = forms.ChoiceField(label=_("Fetch by itself"), choices=FOLLOW)
    follow_season = forms.IntegerField(
        label=_("From season"),
        min_value=1,
        max_value=MAX_NUMBER,
        required=False,
        help_text=_("Only where it is followed from a season on."),
    )
    refresh_hours = forms.TypedChoiceField(
        label=_("Ask the catalogue"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("As usual")),
            *((h, ngettext_lazy("every %d hour", "every %d hours", h) % h) for h in REFRESH_HOURS),
        ],
    )
    keep_files = forms.ChoiceField(
        label=_("When a better language appears later"), required=False, choices=KEEP
    )
    own = forms.ChoiceField(
        label=_("Languages"),
        choices=[("", _("As in the settings")), ("own", _("As below"))],
        required=False,
    )

    @classmethod
    def of(cls, series: AnimeSeries) -> FollowForm:
        names = ("follow", "follow_season", "refresh_hours", "keep_files")
        initial = {name: getattr(series, name) for name in names}
        return cls(initial={**initial, "own": "own" if series.language_ranks else ""})

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("follow") == Follow.SEASON and data.get("follow_season") is None:
            if "follow_season" not in self.errors:
                self.add_error("follow_season", _("Say from which season on."))
        elif data.get("follow") != Follow.SEASON:
            data["follow_season"] = None
        return data


@dataclass(frozen=True, slots=True)
class SeriesFollowingPage:
    """What is fetched of one series by itself, and what becomes of each of its episodes."""

    series: AnimeSeries
    form: FollowForm
    ranks: RanksForm
    planned: Sequence[Planned]

    @property
    def lines(self) -> list[EpisodeLine]:
        return [EpisodeLine(one) for one in self.planned]

    @property
    def is_refused(self) -> bool:
        return bool(self.form.errors) or any(row.errors for row in self.ranks.rows)


def series_page(series: AnimeSeries, now: datetime) -> SeriesFollowingPage:
    """Raises ``ConfigError``."""
    ranks = RanksForm.of(policy_of(series, store.load()).ranks)
    return SeriesFollowingPage(series, FollowForm.of(series), ranks, explained(series, now))


def changed_page(
    series: AnimeSeries, data: Mapping[str, Any], now: datetime
) -> SeriesFollowingPage:
    """Do what the posted form asks; the page tells what is wrong where that cannot be done.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    form, ranks = FollowForm(data), RanksForm.typed(data)
    has_own = data.get("own") == "own"
    are_good = ranks.is_valid() if has_own else True
    if form.is_valid() and are_good:
        changes = {**form.cleaned_data, "language_ranks": ranks.written if has_own else []}
        changes.pop("own")
        try:
            series = services.change_series(series, changes)
        except InvalidFollowing as error:
            form.add_error(None, text_of(error))
    if not ranks.rows:
        ranks = RanksForm.of(policy_of(series, store.load()).ranks)
    return SeriesFollowingPage(series, form, ranks, explained(series, now))


@dataclass(frozen=True, slots=True)
class FollowingSettingsPage(SectionPage):
    """The settings of what is fetched by itself; ``has_own``: whether the ranks below count."""

    ranks: RanksForm
    has_own: bool


def settings_page(here: str, config: Config, form: SettingsForm) -> FollowingSettingsPage:
    ranks = RanksForm.of(policy_of(AnimeSeries(), config).ranks)
    has_own = bool(config.following.ranks)
    return FollowingSettingsPage(here, section("following"), form, ranks, has_own)
