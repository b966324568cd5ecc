"""Doing what the plan says: nothing else, and nothing of it twice."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction

from aniworld.config import store
from aniworld.events.event import Event
from aniworld.events.publish import publish
from aniworld.web.errors import AppError
from downloads import events
from downloads.following.decisions import Reason
from downloads.following.plan import Plan, Planned, left_today, plan
from downloads.models import AutomaticPick, QueueState
from downloads.services.adding import EpisodeRef, Why, enqueue
from library.models import AnimeSeries
from providers.coded import Coded, coded

log = logging.getLogger(__name__)

# A night's work is looked at in the morning, or after a holiday.
UNDO_LASTS = timedelta(days=14)


@dataclass(slots=True)
class Carried:
    """What was done: the plan, the ids of the queued items, and what the queue would not take."""

    plan: Plan
    ids: list[int] = field(default_factory=list)
    skipped: list[Planned] = field(default_factory=list)

    @property
    def series(self) -> int:
        skipped = {one.place for one in self.skipped}
        return len({one.series.pk for one in self.plan.to_queue if one.place not in skipped})


def carry_out(now: datetime) -> Carried:
    """Queue what :func:`plan` says is to be queued at ``now``.

    The queue starts only where the settings let it start by itself.

    Raises:
        ConfigError: the configuration cannot be read; nothing was queued.
    """
    _tell(events.AutoDownloadStarted())
    try:
        carried = Carried(plan(now))
        for group in _groups(carried.plan.to_queue):
            _carry(group, carried, now)
    except AppError as error:
        _tell(events.AutoDownloadError(error=error.as_json()))
        raise
    _tell(
        events.AutoDownloadCompleted(
            queued=len(carried.ids), series=carried.series, waiting=carried.plan.waiting_count
        )
    )
    log.info(
        "followed series=%d queued=%d skipped=%d",
        carried.plan.series,
        len(carried.ids),
        len(carried.skipped),
    )
    return carried


def _groups(planned: Sequence[Planned]) -> Iterator[list[Planned]]:
    """What is journalled together: neighbours of one series, language and reason."""
    for _, group in groupby(planned, key=lambda one: (one.series.pk, _why(one))):
        yield list(group)


def _why(one: Planned) -> Coded:
    return coded(one.decision.reason.value, language=one.decision.language)


def _carry(group: Sequence[Planned], carried: Carried, now: datetime) -> None:
    """One act: queue them, and note that it was done by itself."""
    first = group[0]
    with transaction.atomic():
        QueueState.locked()  # another process may just be doing the same
        open_ones = _still_open(group, now)
        refs = [_ref(one) for one in open_ones]
        taken = set()
        if refs and _is_there(first.series.pk):
            added = enqueue(
                series_key=first.series.key,
                episodes=refs,
                why=Why(_why(first), UNDO_LASTS),
            )
            skipped = {(skip.season, skip.episode) for skip in added.skipped}
            taken = {(ref.season, ref.episode) for ref in refs} - skipped
            carried.ids += added.ids
        _note([one for one in group if (one.facts.season, one.facts.number) in taken], now)
    for one in group:
        if (one.facts.season, one.facts.number) not in taken:
            carried.skipped.append(one)


def _is_there(series_id: int) -> bool:
    return AnimeSeries.objects.active().filter(pk=series_id).exists()


def _ref(one: Planned) -> EpisodeRef:
    return EpisodeRef(
        one.facts.season,
        one.facts.number,
        language=one.decision.language,
        is_beside=one.decision.reason is Reason.BETTER,
        is_replacing=one.decision.reason is Reason.BETTER and one.series.policy.replaces,
    )


def _still_open(group: Sequence[Planned], now: datetime) -> list[Planned]:
    """Those that no other process has queued since the plan was made, within the day's number."""
    first = group[0]
    picks = AutomaticPick.objects.filter(
        series_id=first.series.pk, language=first.decision.language
    )
    if first.series.followed.since is not None:
        picks = picks.filter(picked_at__gte=first.series.followed.since)
    done = set(picks.values_list("season", "episode_number"))
    left = left_today(now, store.load().following.episodes_a_day)
    return [one for one in group if (one.facts.season, one.facts.number) not in done][:left]


def _note(queued: Sequence[Planned], now: datetime) -> None:
    AutomaticPick.objects.bulk_create(
        [
            AutomaticPick(
                series_id=one.series.pk,
                season=one.facts.season,
                episode_number=one.facts.number,
                language=one.decision.language,
                picked_at=now,
            )
            for one in queued
        ],
        batch_size=100,
        update_conflicts=True,  # it was followed otherwise before
        unique_fields=["series", "season", "episode_number", "language"],
        update_fields=["picked_at"],
    )


def _tell(event: Event) -> None:
    with transaction.atomic():
        publish(event)
