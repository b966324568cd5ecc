"""The page of how sites and hosters answer, and when one that fails is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from aniworld.config import store
from aniworld.config.pages.sections import SectionPage, form_of, of_section, saved, typed
from aniworld.config.sections import section
from aniworld.events.pages import live_page
from aniworld.sites.choices import TrialStep
from aniworld.sites.errors import RestNotFound
from aniworld.sites.health import line
from aniworld.sites.health import services as answers
from aniworld.sites.health.services import Address, Health, Hour, Service
from aniworld.sites.pages.fault_words import fault_words
from aniworld.sites.trials import Shown, trials
from aniworld.web import display
from aniworld.web.advice import advice_of
from aniworld.web.page import PageRequest, forward, page, tell
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from providers.base import HOSTER_LABELS

SECTION = "providers"
WORDS = {
    Health.UNKNOWN: gettext_lazy("not asked of late"),
    Health.HEALTHY: gettext_lazy("well"),
    Health.DEGRADED: gettext_lazy("often fails"),
    Health.DOWN: gettext_lazy("down"),
}
TONES = {
    Health.HEALTHY: "chip--healthy",
    Health.DEGRADED: "chip--warn",
    Health.DOWN: "chip--danger",
}
STEPS = {
    TrialStep.LIST: gettext_lazy("the list of all series"),
    TrialStep.SEARCH: gettext_lazy("the search"),
    TrialStep.SERIES: gettext_lazy("a series"),
    TrialStep.EPISODE: gettext_lazy("an episode"),
    TrialStep.REDIRECT: gettext_lazy("the way out of the site"),
    TrialStep.PLAYER: gettext_lazy("the player"),
    TrialStep.MEDIA: gettext_lazy("the film"),
}
BAR = 40  # height of the highest bar, in the units of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of the drawing: failures stand on top of what was answered."""

    hour: Hour
    left: int
    answered: float
    failed: float

    @property
    def failed_top(self) -> float:
        return BAR - self.answered - self.failed

    @property
    def answered_top(self) -> float:
        return BAR - self.answered


@dataclass(frozen=True, slots=True)
class StepWords:
    """One step of a trial."""

    step: Shown

    @property
    def what(self) -> str:
        hoster = HOSTER_LABELS.get(self.step.hoster, self.step.hoster)
        word = str(STEPS[self.step.step])
        return f"{hoster}: {word}" if hoster else word

    @property
    def found(self) -> str:
        """What was there; nothing where it is not counted."""
        if self.step.found is None:
            return ""
        if self.step.step is TrialStep.MEDIA:
            return display.size(self.step.found)
        return str(number_format(self.step.found, force_grouping=True))

    @property
    def seconds(self) -> str:
        return display.decimal(self.step.seconds, 1)

    @property
    def advice(self) -> str:
        return advice_of(self.step.error)


@dataclass(frozen=True, slots=True)
class Row:
    """One site or hoster."""

    service: Service
    trial: Sequence[Shown] = ()

    @property
    def tried_at(self) -> datetime | None:
        """When it was tried last, step by step; None where it never was."""
        return self.trial[0].at if self.trial else None

    @property
    def steps(self) -> Sequence[StepWords]:
        """Those at the site itself, then those of each hoster."""
        return [StepWords(one) for one in self.trial]

    @property
    def ended_early(self) -> bool:
        """Whether its search found nothing with which the trial could have gone on."""
        last = self.trial[-1] if self.trial else None
        return bool(last and last.step is TrialStep.SEARCH and not last.error and not last.found)

    @property
    def word(self) -> str:
        return str(WORDS[self.service.health])

    @property
    def tone(self) -> str:
        return TONES.get(self.service.health, "")

    @property
    def rests_until(self) -> datetime | None:
        """When the first address that is left alone is asked again."""
        rests = [one.rests_until for one in self.service.addresses if one.rests_until]
        return min(rests, default=None)

    @property
    def addresses(self) -> Sequence[tuple[Address, str, str]]:
        """Each with the word and the colour of its health."""
        found = self.service.addresses
        return [(one, str(WORDS[one.health]), TONES.get(one.health, "")) for one in found]

    @property
    def errors(self) -> Sequence[tuple[str, int]]:
        """What calls of the last hour failed of, in words, and how often; the most first."""
        counted = sorted(self.service.figures.errors.items(), key=lambda pair: -pair[1])
        return [(fault_words(code), number) for code, number in counted]

    @property
    def answered(self) -> int:
        return sum(hour.answered for hour in self.service.hours)

    @property
    def failed(self) -> int:
        return sum(hour.failed for hour in self.service.hours)

    @property
    def bars(self) -> Iterator[Bar]:
        most = max((hour.answered + hour.failed for hour in self.service.hours), default=0)
        for at, hour in enumerate(self.service.hours):
            if hour.answered or hour.failed:
                yield Bar(hour, at, hour.answered * BAR / most, hour.failed * BAR / most)


@dataclass(frozen=True, slots=True)
class HealthPage(SectionPage):
    """All of them, and what is set for all of them."""

    rows: Sequence[Row]
    line_out_since: datetime | None


@needs(Right.OWN)
@require_http_methods(["GET", "HEAD", "POST"])
@live_page
def health(request: PageRequest) -> HttpResponse:
    """How each answers."""
    config, status = store.load(), 200
    settings = of_section(config, SECTION)
    form = form_of(config, settings)
    if request.method == "POST":
        form = typed(request, config, settings)
        if saved(request, settings, form, config, lambda values: {SECTION: values}):
            return redirect(request.path)
        status = 422
    tried = trials()
    rows = [
        Row(one, [step for step in tried if one.is_site and step.site == one.name])
        for one in answers.services()
    ]
    shown = HealthPage(request.path, section(SECTION), form, rows, line.out_since())
    fragments = {"services": "settings/_health.html"}
    return page(request, "settings/health.html", shown, fragments=fragments, status=status)


@needs(Right.OWN)
@require_POST
def ask_again(request: HttpRequest) -> HttpResponse:
    """Let one that is left alone be asked at once."""
    try:
        answers.end_rest(request.POST.get("name", ""))
    except RestNotFound as error:
        messages.error(request, text_of(error))
    else:
        tell(request, _("It is asked again as soon as something is wanted of it."))
    return forward(request, "settings-providers-health")
