"""What the providers' API answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypedDict

from aniworld.sites import services, trying
from aniworld.sites.choices import TrialStep
from aniworld.sites.health import services as health
from aniworld.sites.health.services import Health
from aniworld.sites.pace import Hold
from aniworld.sites.probes import Probe
from aniworld.sites.trials import Shown
from aniworld.web.advice import advice_of
from aniworld.web.shapes import Described, OneOf
from aniworld.web.texts import Told, told_of
from providers.sites.described.trace import Asked
from providers.sites.described.trial import Question, Tried

DefinitionFile = Annotated[dict[str, Any], Described(lambda: {"type": "object"})]
DefinitionSchema = Annotated[dict[str, Any], Described(lambda: {"type": "object"})]


class Provider(TypedDict):
    """A site, and how it is set up."""

    name: str
    label: str
    description: str
    enabled: bool
    position: Annotated[int, "From 0: the order in which sites are asked."]
    base_url: Annotated[
        str,
        "Empty: the default. What lets somebody in is masked, of a file its folders; sent back so, "
        "it stays what it is.",
    ]
    default_base_url: str
    mirrors: list[str]
    requests_per_second: float
    provider: Annotated[str, "What answers, of a site that was added; empty of a built-in one."]


class ProbeResult(TypedDict):
    """How a site answered just now."""

    ok: bool
    latency_ms: int
    results: Annotated[int, "How many series it found."]
    error: Annotated[Told | None, "Why it did not answer as it should."]


class TrialRequest(TypedDict):
    """One request of a trial, and what was read of its answer."""

    step: Annotated[str, "Of the definition."]
    method: str
    address: Annotated[str, "Where the answer came from in the end."]
    status: Annotated[int | None, "Null: there was no answer."]
    seconds: Annotated[float, "With the wait for its turn."]
    found: Annotated[int, "Rows that the selector found."]
    rows: Annotated[int, "Rows that count."]
    lacking: Annotated[dict[str, int], "How many lack a field that each must have."]
    samples: Annotated[list[dict[str, str]], "The fields of the first rows."]
    error: Told | None


class TrialQuestion(TypedDict):
    """One question of a trial."""

    question: Annotated[str, OneOf(Question)]
    ok: bool
    found: Annotated[int, "How many there are in the end."]
    told: Annotated[list[str], "What the first of them are."]
    seconds: float
    requests: list[TrialRequest]
    error: Annotated[Told | None, "What failed."]
    advice: Annotated[str, "What can be done about that."]


class DefinitionTrial(TypedDict):
    """How far a definition leads."""

    ok: bool
    questions: list[TrialQuestion]


class CallFigures(TypedDict):
    """The calls of the last hour."""

    calls: int
    failed: int
    errors: Annotated[dict[str, int], "How many failed in which way, by code."]
    share: Annotated[float | None, "Answered ones of a hundred; null of no call."]
    median: Annotated[float | None, "Seconds within which half of the answers came."]
    slow: Annotated[float | None, "Seconds within which 95 of 100 answers came."]
    size: Annotated[int, "Bytes of the answers."]


class AddressHealth(TypedDict):
    """How one address of a site or hoster answers."""

    host: Annotated[str, "Empty of a hoster: its addresses are not told apart."]
    health: Annotated[str, OneOf(Health)]
    figures: CallFigures
    failures: Annotated[int, "In a row, up to now."]
    good_at: Annotated[datetime | None, "When it answered last."]
    failed_at: datetime | None
    error: Annotated[Told | None, "Of its last failure."]
    rests_until: Annotated[datetime | None, "It is left alone until then; null: it is asked."]


class HourOfCalls(TypedDict):
    """What became of the calls of one hour."""

    began_at: datetime
    answered: int
    failed: int


class MediaFigures(TypedDict):
    """The films of the last two days."""

    size: Annotated[int, "Bytes that came."]
    seconds: Annotated[float, "In which they came."]
    speed: Annotated[float | None, "Bytes a second; null of less than a second."]


class ServiceHealth(TypedDict):
    """How a site or hoster answers."""

    name: Annotated[str, "The site, or `hoster:…`."]
    label: str
    is_site: bool
    health: Annotated[str, OneOf(Health)]
    figures: CallFigures
    addresses: list[AddressHealth]
    hours: Annotated[list[HourOfCalls], "The last two days, the oldest first."]
    media: Annotated[MediaFigures | None, "Null: no film came from there."]


class ProvidersHealth(TypedDict):
    """How everybody answers who is asked for series and files."""

    line_out_since: Annotated[
        datetime | None, "Nobody can be reached from this machine since then; null: somebody can."
    ]
    services: Annotated[list[ServiceHealth], "The enabled sites in their order, then the hosters."]


class TrialStepShape(TypedDict):
    """One step of the last trial of a site."""

    site: str
    hoster: Annotated[str, "Empty for a step at the site itself."]
    step: Annotated[str, OneOf(TrialStep)]
    ok: bool
    at: datetime
    seconds: float
    found: Annotated[int | None, "How many things were there, or bytes of a film."]
    error: Annotated[Told | None, "What failed."]
    advice: Annotated[str, "What can be done about that."]


class RestEnded(TypedDict):
    """Who may be asked again."""

    name: str


class HeldHost(TypedDict):
    """A host that has asked for a pause: it is not asked before that is over."""

    id: int
    host: str
    asked_by: Annotated[str, "The site, the hoster (`hoster:…`) or `media`, for whom it is asked."]
    seconds: Annotated[int, "What is left of it."]


def trial_step(one: Shown) -> TrialStepShape:
    return {
        "site": one.site,
        "hoster": one.hoster,
        "step": one.step,
        "ok": one.error is None,
        "at": one.at,
        "seconds": round(one.seconds, 3),
        "found": one.found,
        "error": one.error,
        "advice": advice_of(one.error),
    }


def held_host(hold: Hold) -> HeldHost:
    return {
        "id": hold.id,
        "host": hold.host,
        "asked_by": hold.asked_by,
        "seconds": round(hold.seconds),
    }


def providers_health(
    found: Sequence[health.Service], line_out_since: datetime | None
) -> ProvidersHealth:
    return {"line_out_since": line_out_since, "services": [_service(one) for one in found]}


def _service(one: health.Service) -> ServiceHealth:
    return {
        "name": one.name,
        "label": one.label,
        "is_site": one.is_site,
        "health": one.health,
        "figures": _figures(one.figures),
        "addresses": [_address(address) for address in one.addresses],
        "hours": [
            {"began_at": hour.began_at, "answered": hour.answered, "failed": hour.failed}
            for hour in one.hours
        ],
        "media": _media(one.media),
    }


def _media(one: health.Media | None) -> MediaFigures | None:
    if one is None:
        return None
    speed = None if one.speed is None else round(one.speed)
    return {"size": one.size, "seconds": round(one.seconds, 1), "speed": speed}


def _address(one: health.Address) -> AddressHealth:
    return {
        "host": one.host,
        "health": one.health,
        "figures": _figures(one.figures),
        "failures": one.failures,
        "good_at": one.good_at,
        "failed_at": one.failed_at,
        "error": one.error,
        "rests_until": one.rests_until,
    }


def _figures(one: health.Figures) -> CallFigures:
    return {
        "calls": one.calls,
        "failed": one.failed,
        "errors": one.errors,
        "share": None if one.share is None else round(one.share, 1),
        "median": one.median,
        "slow": one.slow,
        "size": one.size,
    }


def provider(found: services.Provider) -> Provider:
    entry, chosen = found.entry, found.settings
    return {
        "name": entry.name,
        "label": entry.label,
        "description": entry.description,
        "enabled": chosen.enabled,
        "position": chosen.position,
        "base_url": services.shown_place(chosen.base_url),
        "default_base_url": services.shown_place(entry.base_url),
        "mirrors": [services.shown_place(one) for one in chosen.mirrors],
        "requests_per_second": chosen.requests_per_second,
        "provider": chosen.provider if found.is_added else "",
    }


def definition_trial(trial: trying.DefinitionTrial) -> DefinitionTrial:
    return {"ok": trial.is_good, "questions": [_question(one) for one in trial.steps]}


def _question(one: Tried) -> TrialQuestion:
    error = told_of(one.error) if one.error else None
    return {
        "question": one.question,
        "ok": error is None,
        "found": one.found,
        "told": list(one.told),
        "seconds": round(one.seconds, 3),
        "requests": [_request(asked) for asked in one.requests],
        "error": error,
        "advice": advice_of(error),
    }


def _request(asked: Asked) -> TrialRequest:
    return {
        "step": asked.step,
        "method": asked.method,
        "address": asked.address,
        "status": asked.status,
        "seconds": round(asked.seconds, 3),
        "found": asked.found,
        "rows": asked.rows,
        "lacking": dict(asked.lacking),
        "samples": asked.samples,
        "error": told_of(asked.error) if asked.error else None,
    }


def probe_result(probe: Probe) -> ProbeResult:
    error = probe.error
    return {
        "ok": error is None,
        "latency_ms": round(probe.latency * 1000),
        "results": probe.results,
        "error": told_of(error) if error else None,
    }
