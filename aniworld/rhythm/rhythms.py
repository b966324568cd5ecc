"""The rhythms there are, and when each comes next.

A rhythm of the calendar goes by the clock on the wall of a time zone. A time that does not exist,
since the clock is put forward, comes at the next moment that does; one that there is twice, since
the clock is put back, comes the first time only. A period counts real time, whatever the clock on
the wall does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice, pairwise
from typing import Protocol

from aniworld.rhythm.errors import RhythmUnreadable

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


class Rhythm(Protocol):
    """Something that comes again and again."""

    def following(self, after: datetime, zone: tzinfo, *, due: datetime | None = None) -> datetime:
        """When it comes next.

        Args:
            after: aware; the answer lies behind it.
            zone: in which the times of a calendar count.
            due: when it was to come last, where that is known: a period keeps its beat by it.

        Returns:
            An aware moment in UTC.

        Raises:
            RhythmUnreadable: it never comes again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Calendar:
    """By cron expressions of five parts; it comes whenever one of them does."""

    expressions: tuple[str, ...]

    def following(
        self,
        after: datetime,
        zone: tzinfo,
        *,
        due: datetime | None = None,  # noqa: ARG002 - as every rhythm is asked
    ) -> datetime:
        return min(_next_of(one, after, zone) for one in self.expressions)


@dataclass(frozen=True, slots=True)
class Period:
    """Every so often. One that was kept waiting for longer than the period begins anew."""

    length: timedelta

    def following(
        self,
        after: datetime,
        zone: tzinfo,  # noqa: ARG002 - as every rhythm is asked
        *,
        due: datetime | None = None,
    ) -> datetime:
        # In UTC: within a zone Python adds and compares by the clock on the wall.
        begins = after = after.astimezone(UTC)
        if due is not None and due.astimezone(UTC) <= after < due.astimezone(UTC) + self.length:
            begins = due.astimezone(UTC)
        return begins + self.length


@dataclass(frozen=True, slots=True)
class EveryDays:
    """Every so many days at a time of the day, counted from the last time it came."""

    days: int
    at: time

    def following(
        self,
        after: datetime,
        zone: tzinfo,
        *,
        due: datetime | None = None,  # noqa: ARG002 - as every rhythm is asked
    ) -> datetime:
        today = after.astimezone(zone).date()
        first = today if self._on(today, zone) > after else today + _DAY
        return self._on(first + (self.days - 1) * _DAY, zone)

    def _on(self, day: date, zone: tzinfo) -> datetime:
        return moment_of(datetime.combine(day, self.at), zone)


@dataclass(frozen=True, slots=True)
class AtMostEvery:
    """A rhythm that may say more than is let through: what comes sooner is left out."""

    rhythm: Rhythm
    shortest: timedelta

    def following(self, after: datetime, zone: tzinfo, *, due: datetime | None = None) -> datetime:
        if due is not None:
            after = max(after, due + self.shortest - _SECOND)
        return self.rhythm.following(after, zone, due=due)


def upcoming(
    rhythm: Rhythm, count: int, *, now: datetime, zone: tzinfo, first: datetime | None = None
) -> list[datetime]:
    """The next moments at which it comes.

    Args:
        first: the first of them, where that is known already.

    Raises:
        RhythmUnreadable: there is none.
    """
    return list(islice(_all(rhythm, now, zone, first), count))


def _all(rhythm: Rhythm, now: datetime, zone: tzinfo, first: datetime | None) -> Iterator[datetime]:
    moment = first or rhythm.following(now, zone)
    while True:
        yield moment
        try:
            moment = rhythm.following(moment, zone, due=moment)
        except RhythmUnreadable:  # the last one that there is
            return


def shortest_gap(rhythm: Rhythm, *, now: datetime, zone: tzinfo, looks: int = 60) -> timedelta:
    """The shortest time between two of the next ``looks`` times; a day's where it comes once."""
    moments = upcoming(rhythm, looks, now=now, zone=zone)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    return min(gaps, default=_DAY)


def moment_of(local: datetime, zone: tzinfo) -> datetime:
    """The moment at which the clock on the wall shows ``local`` (naive), in UTC: the first where it
    does so twice, the end of what is left out where it never does."""
    moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    return _end_of_gap(local.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _end_of_gap(before: datetime, behind: datetime, zone: tzinfo) -> datetime:
    """The first second from which on the offset is that of ``behind``."""
    offset = behind.astimezone(zone).utcoffset()
    while behind - before > _SECOND:
        middle = before + (behind - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            behind = middle
        else:
            before = middle
    return behind


def _next_of(expression: str, after: datetime, zone: tzinfo) -> datetime:
    # Not needed by a process that only reads the configuration.
    from cronsim import CronSim  # noqa: PLC0415 - words and periods need none

    # By naive times: of those with a zone, cronsim lets some run twice and leaves out others.
    for local in CronSim(expression, after.astimezone(zone).replace(tzinfo=None)):
        moment = moment_of(local, zone)
        if moment > after:
            return moment
    raise RhythmUnreadable(why="never")
