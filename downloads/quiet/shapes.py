"""A verdict as programs get it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

from django.utils import timezone

from aniworld.web.shapes import AtMost, Moment, OneOf
from aniworld.web.texts import Told, together, told_of
from downloads.quiet.decision import GIGABYTE, Budget, Verdict, Why
from providers.coded import Coded, coded

BUDGETS = tuple(one.value for one in Why if one is not Why.QUIET_HOURS)


class BudgetState(TypedDict):
    """A budget that is set, and what of it is used."""

    name: Annotated[str, OneOf(BUDGETS)]
    used: Annotated[float, "Gigabytes, or episodes."]
    most: float
    ends_at: Annotated[Moment, "When its day or month ends."]


class Quiet(TypedDict):
    """What quiet hours, limits by time and budgets say now."""

    is_closed: Annotated[bool, "Nothing is begun but what is to be fetched whatever they say."]
    reason: Annotated[Told | None, "What closes the queue."]
    goes_on_at: Annotated[
        Moment | None, "When it goes on by itself; null: it is open, or no end is in sight."
    ]
    limit_kb_per_second: Annotated[int, "At most so fast, as it is now. 0: any speed."]
    limit_until: Annotated[Moment | None, "When another limit holds; null: not in sight."]
    lifted_until: Annotated[
        Moment | None, "Until then nothing of it counts, by the owner's word; null: it counts."
    ]
    budgets: Annotated[list[BudgetState], AtMost(len(BUDGETS))]


def quiet(verdict: Verdict | None) -> Quiet:
    """A verdict; of none (the settings cannot be read) that nothing closes the queue."""
    known = verdict or Verdict(datetime.min)
    reason = said(known)
    return {
        "is_closed": known.is_closed,
        "reason": told_of(reason) if reason else None,
        "goes_on_at": _moment(known.goes_on_at),
        "limit_kb_per_second": known.limit,
        "limit_until": _moment(known.limit_until),
        "lifted_until": _moment(known.lifted_until),
        "budgets": [_budget(one, known) for one in known.rules.budgets],
    }


def _budget(budget: Budget, known: Verdict) -> BudgetState:
    used, unit = budget.used(known.used), GIGABYTE if budget.is_of_bytes else 1
    ends = budget.ends(known.now, timezone.get_default_timezone())
    return {
        "name": budget.why.value,
        "used": round(used / unit, 3),
        "most": round(budget.most / unit, 3),
        "ends_at": _moment(ends) or "",
    }


def said(verdict: Verdict) -> Coded | None:
    """What closes the queue, as it is published."""
    return together(coded(why.value) for why in verdict.why)


def _moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None
