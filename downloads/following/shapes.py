"""Decisions as programs and people get them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypedDict

from aniworld.web import display
from aniworld.web.shapes import Moment, OneOf
from aniworld.web.texts import Told, told_of
from downloads.following.decisions import Decision, Outcome, Reason, count_of
from downloads.following.plan import Plan, Planned
from downloads.snapshots import moment
from providers.coded import Coded, coded


class PlannedEpisode(TypedDict):
    """One episode and what becomes of it by itself."""

    key: str
    serie_folder: str
    serie_name: str
    season: int
    episode: int
    outcome: Annotated[str, OneOf(Outcome), "`QUEUE`: it is queued; `WAIT`: later; else nothing."]
    reason: Told
    language: Annotated[str, "The one it is, or would be, queued in. Empty: in none."]
    since: Annotated[Moment | None, "When it first had a source in any language."]
    until: Annotated[Moment | None, "When waiting ends at the latest; null: nobody knows."]
    waits_for: Annotated[list[str], "The languages that would end it earlier, the best first."]


def planned_rows(page: Sequence[Planned]) -> list[PlannedEpisode]:
    return [planned_row(one) for one in page]


def planned_row(one: Planned) -> PlannedEpisode:
    decision = one.decision
    return {
        "key": one.series.key,
        "serie_folder": one.series.folder,
        "serie_name": one.series.name,
        "season": one.facts.season,
        "episode": one.facts.number,
        "outcome": decision.outcome.value,
        "reason": told_of(said(decision)),
        "language": decision.language,
        "since": moment(decision.since),
        "until": moment(decision.until),
        "waits_for": list(decision.waits_for),
    }


def said(decision: Decision) -> Coded:
    """Why, as it is kept and told."""
    return coded(
        decision.reason.value,
        language=decision.language,
        until=moment(decision.until) or "",
        waits_for=list(decision.waits_for),
    )


def code_of(one: Planned) -> str:
    """Season and episode: "S01E05"."""
    return display.episode_code(one.facts.season, one.facts.number)


def counts_of(plan: Plan) -> Mapping[Reason, int]:
    """How many episodes of the followed series have each reason; but for those on disk, which are
    looked at only where a better language is fetched beside them."""
    return count_of([one.decision for one in plan.planned])
