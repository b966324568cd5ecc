"""How sites answer, as the page tells it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.template import Context, Template
from django.test import Client

from aniworld.config import store
from aniworld.config.errors import ConfigTooNew
from aniworld.sites import configured, trials
from aniworld.sites.choices import TrialStep
from aniworld.sites.health import monitor
from aniworld.sites.pages.fault_words import fault_words
from aniworld.sites.trials import Tried
from aniworld.web.texts import text
from providers.errors import ChallengeRequired, ProviderError
from providers.watching import Called, Fault
from tests.unit.reading import get, soup, swap, texts
from tests.unit.visiting import visitor  # noqa: F401 - fixture

pytestmark = pytest.mark.django_db

HEALTH = "/settings/providers/health"


@pytest.fixture(autouse=True)
def _sites() -> None:
    feed = {"provider": "manifest", "label": "My feed", "enabled": True}
    store.update(
        lambda data: data["providers"]["sites"].update(
            {"aniworld": {"enabled": True}, "my-feed": feed}
        )
    )


def kinds(error: type[ProviderError]) -> Iterator[type[ProviderError]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds(kind)


def test_every_fault_that_is_counted_has_words() -> None:
    codes = {kind.code for kind in kinds(ProviderError)}
    assert [code for code in sorted(codes) if fault_words(code) == code] == []
    assert fault_words("of_later") == "of_later"


def test_faults_are_told_in_words_and_one_call_is_one(visitor: Client) -> None:  # noqa: F811
    refused = ChallengeRequired(why="check", site="AniWorld", sign="DDoS-Guard")
    monitor.watch().note(Called("aniworld", "aniworld.example", Fault.of(refused)))
    page = get(visitor, HEALTH)
    facts = texts(page, ".facts dt")
    assert "Wanted a check in the browser" in facts
    assert "challenge" not in facts
    assert "1 call, 0 % answered" in texts(page, ".facts dd")


def test_trying_leads_back_here_and_the_list_refreshes_itself(
    visitor: Client,  # noqa: F811
) -> None:
    page = get(visitor, HEALTH)
    form = page.select_one("form[action='/jobs/canaries/run']")
    assert form is not None
    data = {str(one["name"]): str(one["value"]) for one in form.select("input[name=next]")}
    answer = visitor.post("/jobs/canaries/run", data)
    assert (answer.status_code, answer["Location"]) == (302, HEALTH)
    region = page.select_one("live-region#services")
    assert region is not None
    assert (region["data-events"], region["hx-get"]) == ("job_changed", HEALTH)
    part = soup(swap(visitor, "get", HEALTH, "services"))
    assert part.select_one("live-region#services")
    assert not part.select("h1, form[novalidate]")


def test_a_trial_that_could_not_go_on_says_why(visitor: Client) -> None:  # noqa: F811
    trials.keep("my-feed", [Tried(TrialStep.SEARCH, found=0)])
    assert "no series of it is known" in get(visitor, HEALTH).get_text()
    trials.keep("my-feed", [Tried(TrialStep.SEARCH, found=2), Tried(TrialStep.SERIES, found=3)])
    assert "no series of it is known" not in get(visitor, HEALTH).get_text()


def test_sentences_name_a_site_as_its_owner_does() -> None:
    told = text("site_down", {"why": "error_status", "site": "my-feed", "status": 503})
    assert told == "My feed answered with an error (503)."
    assert configured.label("my-feed") == "My feed"
    assert configured.label("gone") == "gone"


def test_a_configuration_that_cannot_be_read_takes_no_sentence_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable() -> None:
        raise ConfigTooNew(schema=99, known=1)

    monkeypatch.setattr(store, "load", unreadable)
    told = text("site_down", {"why": "error_status", "site": "my-feed", "status": 503})
    assert told.endswith("answered with an error (503).")
    assert (
        Template("{% load stored_names %}{{ 'my-feed'|site_label }}").render(Context()) == "my-feed"
    )
