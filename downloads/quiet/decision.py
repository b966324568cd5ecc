"""What quiet hours and budgets say at a moment. Plain code: facts in, a verdict out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from aniworld.rhythm import windows
from aniworld.rhythm.rhythms import moment_of
from aniworld.rhythm.windows import Window

GIGABYTE = 1_000_000_000
# Each step ends a window or a budget: a queue that is closed for longer than so many is never open.
MOST_STEPS = 500


class Why(StrEnum):
    """What closes the queue, as a code; its sentence is in ``downloads.quiet.texts``."""

    QUIET_HOURS = "quiet_hours"
    GB_A_DAY = "budget_gb_a_day"
    GB_A_MONTH = "budget_gb_a_month"
    EPISODES_A_DAY = "budget_episodes_a_day"
    EPISODES_A_MONTH = "budget_episodes_a_month"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched in a time."""

    bytes: int = 0
    episodes: int = 0


@dataclass(frozen=True, slots=True)
class Used:
    """What was fetched on the day and in the month of the moment that is asked about."""

    day: Fetched = Fetched()
    month: Fetched = Fetched()


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be fetched in a day or a month. ``most``: bytes or episodes; 0 for any."""

    why: Why
    most: float

    @property
    def is_of_bytes(self) -> bool:
        return self.why in (Why.GB_A_DAY, Why.GB_A_MONTH)

    @property
    def is_of_day(self) -> bool:
        return self.why in (Why.GB_A_DAY, Why.EPISODES_A_DAY)

    def used(self, used: Used) -> int:
        of = used.day if self.is_of_day else used.month
        return of.bytes if self.is_of_bytes else of.episodes

    def is_used_up(self, used: Used) -> bool:
        return bool(self.most) and self.used(used) >= self.most

    def ends(self, moment: datetime, zone: tzinfo) -> datetime:
        """When the day or the month of ``moment`` ends."""
        today = moment.astimezone(zone).date()
        return _midnight(_next_day(today) if self.is_of_day else _next_month(today), zone)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is set.

    Attributes:
        limit: KB a second that hold always; 0 for none.
        stops: a running download is stopped when the queue closes.
    """

    windows: tuple[Window, ...] = ()
    limit: int = 0
    budgets: tuple[Budget, ...] = ()
    stops: bool = False

    @property
    def are_there(self) -> bool:
        """Whether the queue may ever close, or slow down."""
        return bool(self.windows or self.budgets)


@dataclass(frozen=True, slots=True)
class Lifted:
    """The owner's word that none of it counts for a while. A clock that is set back before its
    begin has it wait until then: it does not last the longer for it."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.since is not None and self.until is not None and self.since <= now < self.until


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds at ``now``.

    Attributes:
        why: what closes the queue, the first to be told first; empty where it is open.
        goes_on_at: when it opens; None where it is open, or where that is not in sight.
        limit: KB a second; 0 for none.
        limit_until: when another limit holds; None: not in sight.
        lifted_until: until when the owner's word counts; None where there is none.
        usual_limit: the limit of what quiet hours do not bind.
    """

    now: datetime
    why: tuple[Why, ...] = ()
    goes_on_at: datetime | None = None
    limit: int = 0
    limit_until: datetime | None = None
    lifted_until: datetime | None = None
    usual_limit: int = 0
    rules: Rules = field(default=Rules(), repr=False)
    used: Used = field(default=Used(), repr=False)

    @property
    def is_closed(self) -> bool:
        """Whether nothing is begun but what its owner wants at once."""
        return bool(self.why)

    @property
    def stops(self) -> bool:
        """Whether what runs is to be put back."""
        return self.is_closed and self.rules.stops

    def limit_for(self, *, is_exempt: bool) -> int:
        """KB a second at which an item is fetched; 0 for any."""
        return self.usual_limit if is_exempt else self.limit


def decide(rules: Rules, used: Used, lifted: Lifted, now: datetime, zone: tzinfo) -> Verdict:
    """What holds at ``now``.

    Args:
        used: on the day and in the month of ``now``, in ``zone``.
        zone: by whose clock on the wall windows, days and months go.
    """
    if lifted.holds(now):
        return Verdict(
            now,
            limit=rules.limit,
            usual_limit=rules.limit,
            lifted_until=lifted.until,
            rules=rules,
            used=used,
        )
    holding = windows.at(rules.windows, now, zone, limit=rules.limit)
    why = tuple(reason for reason, _ in _closing(rules, used, now, now, zone))
    return Verdict(
        now,
        why=why,
        goes_on_at=_opening(rules, used, now, zone) if why else None,
        limit=holding.limit,
        limit_until=_limit_until(rules, now, zone),
        usual_limit=rules.limit,
        rules=rules,
        used=used,
    )


def end_of_day(moment: datetime, zone: tzinfo) -> datetime:
    """When the day of ``moment`` ends by the clock on the wall."""
    return _midnight(_next_day(moment.astimezone(zone).date()), zone)


def end_of_window(rules: Rules, moment: datetime, zone: tzinfo) -> datetime | None:
    """When the windows of now end: those that close, else those that limit. None where none holds,
    or no end is in sight."""
    holding = windows.at(rules.windows, moment, zone)
    if holding.is_closed:
        return _opening(Rules(rules.windows), Used(), moment, zone)
    return _limit_until(Rules(rules.windows), moment, zone) if holding.limit else None


def _closing(
    rules: Rules, used: Used, now: datetime, moment: datetime, zone: tzinfo
) -> Iterator[tuple[Why, datetime | None]]:
    """What closes the queue at ``moment``, and until when, by what is known ``now``."""
    holding = windows.at(rules.windows, moment, zone)
    if holding.is_closed:
        yield Why.QUIET_HOURS, holding.until
    for budget in rules.budgets:
        ends = budget.ends(now, zone)
        if budget.is_used_up(used) and moment < ends:
            yield budget.why, ends


def _opening(rules: Rules, used: Used, now: datetime, zone: tzinfo) -> datetime | None:
    """The first moment at which nothing closes the queue."""
    moment = now
    for _ in range(MOST_STEPS):
        ends = [until for _, until in _closing(rules, used, now, moment, zone)]
        if not ends:
            return moment
        if None in ends:
            return None
        moment = max(until for until in ends if until is not None)
    return None


def _limit_until(rules: Rules, now: datetime, zone: tzinfo) -> datetime | None:
    """When another limit holds than now. Windows that close change it as little as others that
    begin and end without being the strictest."""
    only_limits = [window for window in rules.windows if window.limit]
    return windows.at(only_limits, now, zone, limit=rules.limit).until if only_limits else None


def _next_day(today: date) -> date:
    return today + timedelta(days=1)


def _next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return moment_of(datetime.combine(day, time()), zone)
