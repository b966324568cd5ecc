"""What would be done now: decisions for every episode of every followed series.

The simulation shows this, and ``carrying`` does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from aniworld.config import store
from downloads.following.decisions import Decision, Facts, Outcome, decide, until_tomorrow
from downloads.following.reading import SeriesFacts, read
from downloads.models import AutomaticPick
from library.models import AnimeSeries


@dataclass(frozen=True, slots=True)
class Planned:
    """One episode and what becomes of it."""

    series: SeriesFacts
    facts: Facts
    decision: Decision

    @property
    def place(self) -> tuple[int, int, int]:
        return self.series.pk, self.facts.season, self.facts.number

    @property
    def turn(self) -> tuple[datetime, int, int, int]:
        """What has been out for longest goes first."""
        assert self.facts.first_out is not None  # noqa: S101 - of what is queued
        return self.facts.first_out, *self.place


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done at one moment.

    ``planned`` are the decisions by series, season and number; ``to_queue`` those of them that
    queue, in the order in which that is done. ``left`` is how many more may be queued today; None:
    any number.
    """

    now: datetime
    planned: tuple[Planned, ...]
    to_queue: tuple[Planned, ...]
    left: int | None
    series: int

    @property
    def waiting_count(self) -> int:
        """How many wait, without putting them in order."""
        return sum(one.decision.outcome is Outcome.WAIT for one in self.planned)

    @property
    def waiting(self) -> list[Planned]:
        """What waits for a language or a day, the next to end first; what nobody knows the end of
        comes last."""
        found = [one for one in self.planned if one.decision.outcome is Outcome.WAIT]
        last = self.now + timedelta(days=100_000)
        return sorted(found, key=lambda one: (one.decision.until or last, one.place))


def plan(now: datetime) -> Plan:
    """What would be done at ``now``, with the settings of this moment.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    config = store.load()
    known = list(read(config))
    decided = [one for series in known for one in decisions_of(series, now)]
    left = left_today(now, config.following.episodes_a_day)
    return _within(Plan(now, tuple(decided), (), left, len(known)))


def decisions_of(series: SeriesFacts, now: datetime) -> Iterator[Planned]:
    """What becomes of each episode of one series, however many are queued elsewhere."""
    for facts in series.episodes:
        yield Planned(series, facts, decide(facts, series.followed, series.policy, now))


def explained(series: AnimeSeries, now: datetime) -> list[Planned]:
    """What becomes of every episode of one series, also of those that are on disk.

    Raises:
        ConfigError: the configuration cannot be read.
    """
    chosen = AnimeSeries.objects.filter(pk=series.pk)
    found = read(store.load(), chosen, everything=True)
    return [one for series_facts in found for one in decisions_of(series_facts, now)]


def left_today(now: datetime, most: int) -> int | None:
    """How many more may be queued by themselves on the day of ``now``. Args: most: 0 for any."""
    if not most:
        return None
    start = _midnight(now)
    picked = AutomaticPick.objects.filter(picked_at__gte=start, picked_at__lte=now).count()
    return max(most - picked, 0)


def _within(whole: Plan) -> Plan:
    """The plan with what goes beyond the day's number put off until tomorrow."""
    queued = [one for one in whole.planned if one.decision.outcome is Outcome.QUEUE]
    ordered = sorted(queued, key=lambda one: one.turn)
    kept = ordered if whole.left is None else ordered[: whole.left]
    return replace(
        whole,
        planned=tuple(_put_off(whole.planned, kept, _tomorrow(whole.now))),
        to_queue=tuple(kept),
    )


def _put_off(
    planned: Iterable[Planned], kept: Sequence[Planned], tomorrow: datetime
) -> Iterator[Planned]:
    places = {one.place for one in kept}
    for one in planned:
        if one.decision.outcome is Outcome.QUEUE and one.place not in places:
            yield Planned(one.series, one.facts, until_tomorrow(one.decision, tomorrow))
        else:
            yield one


def _midnight(now: datetime) -> datetime:
    """When the day of ``now`` began by the server's clock."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _tomorrow(now: datetime) -> datetime:
    # Noon of tomorrow lies in it also where a clock is changed in the night.
    noon = timezone.localtime(now).replace(hour=12) + timedelta(days=1)
    return _midnight(noon)
