"""When jobs come: by the settings of the owner, with what spreads them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.utils import timezone

from aniworld.config.schema import Config, JobSettings
from aniworld.rhythm.errors import RhythmUnreadable
from aniworld.rhythm.reading import read
from aniworld.rhythm.rhythms import AtMostEvery, Rhythm, shortest_gap, upcoming
from aniworld.system import backed_up
from aniworld.system.schedule.jobs import Job
from aniworld.system.schedule.models import JobState

DATABASE_BACKUP = "database_backup"
SHOWN = 5  # times that are shown of a job
# How far ahead of the clock something may have happened: further, and the clock was wrong then.
AHEAD = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """What counts for a job: whether it runs by itself, and when."""

    is_on: bool
    when: str


def choice_of(job: Job, config: Config) -> Choice:
    """What the owner has set for a job, or else how it comes."""
    if job.name == DATABASE_BACKUP:
        return _of_backups(config)
    chosen: JobSettings | None = config.scheduler.jobs.get(job.name)
    if chosen is None:
        return Choice(job.is_on, job.when)
    return Choice(chosen.enabled, chosen.when or job.when)


def _of_backups(config: Config) -> Choice:
    """The backup of everything has settings of its own, which are older than the schedule."""
    days, hour = config.backup.every_days, config.backup.at_hour
    often = "every day" if days <= 1 else f"every {days} days"
    return Choice(days > 0, f"{often} at {hour}:00")


def zone() -> tzinfo:
    """The time zone in which times count: ``TZ`` of the environment."""
    return timezone.get_default_timezone()


def checked(job: Job, when: str, *, now: datetime) -> Rhythm:
    """The rhythm that ``when`` says for a job.

    Raises:
        RhythmUnreadable: it says none, or one that comes too often for this job.
    """
    rhythm = read(when)
    if shortest_gap(rhythm, now=now, zone=zone()) < job.shortest:
        minutes = int(job.shortest.total_seconds() // 60)
        raise RhythmUnreadable(why="too_often", minutes=minutes)
    return rhythm


def preview(when: str, *, now: datetime) -> list[datetime]:
    """The next times of a rhythm. Raises ``RhythmUnreadable``."""
    return upcoming(read(when), SHOWN, now=now, zone=zone())


@dataclass(frozen=True, slots=True)
class Plan:
    """When a job comes next: by its rhythm, and with its spread."""

    planned_at: datetime
    next_at: datetime


def plan(
    job: Job, rhythm: Rhythm, seed: int, after: datetime, *, due: datetime | None = None
) -> Plan:
    """The next time after ``after``. Raises ``RhythmUnreadable``: there is none."""
    planned = rhythm.following(after, zone(), due=due)
    return Plan(planned, planned + spread(job, rhythm, seed, planned))


def spread(job: Job, rhythm: Rhythm, seed: int, planned: datetime) -> timedelta:
    """How much later than planned a job begins: always the same for the same time, and at most a
    quarter of the way to the next one."""
    if not job.spread:
        return timedelta()
    gap = rhythm.following(planned, zone(), due=planned) - planned
    most = int(min(job.spread, gap / 4).total_seconds())
    digest = hashlib.sha256(f"{seed}:{job.name}:{planned.isoformat()}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % (most + 1))


def times_of(job: Job, state: JobState, rhythm: Rhythm) -> list[datetime]:
    """The next times of a job that runs by itself, as they will be."""
    if state.planned_at is None or state.next_at is None:
        return []
    planned = upcoming(rhythm, SHOWN, now=state.planned_at, zone=zone(), first=state.planned_at)
    rest = [one + spread(job, rhythm, state.seed, one) for one in planned[1:]]
    return [state.next_at, *rest]


def base_of(job: Job, state: JobState, now: datetime) -> datetime:
    """From when on a job is planned: a time for which it ran already does not come again, also
    where the clock was set back a little. Of backups counts whatever was made last, by whomever."""
    last = state.last_due_at
    if last is not None and last > now + AHEAD:
        last = None
    if not _has_evidence(job):
        return now if last is None else max(now, last + job.shortest - _SECOND)
    made = backed_up.known().made or backed_up.set_up_at() or now
    return min(now, made if last is None else max(made, last))


def is_outdated(job: Job, state: JobState, wanted: Plan) -> bool:
    """Whether what a job was planned for is no more what follows from its rhythm.

    Later than what comes next it can only be where the clock was set back since.
    """
    planned = state.planned_at
    if planned is None or planned > wanted.planned_at:
        return True
    return _has_evidence(job) and planned != wanted.planned_at


def _has_evidence(job: Job) -> bool:
    """Whether it is known otherwise when that was done last which it is there for."""
    return job.name == DATABASE_BACKUP


def key_of(when: str) -> str:
    """What a plan was worked out from, as a state keeps it; :func:`rhythm_of` reads it."""
    return f"{when}\n{zone()}"


def rhythm_of(job: Job, state: JobState) -> Rhythm | None:
    """The rhythm a job was planned by; None where it does not run by itself."""
    when = state.rhythm.partition("\n")[0]
    return bounded(job, when) if when else None


def bounded(job: Job, when: str) -> Rhythm:
    """The rhythm that ``when`` says, of which as much comes as a job may: whoever writes the
    settings as a file may have set more. Raises ``RhythmUnreadable``."""
    return AtMostEvery(read(when), job.shortest)
