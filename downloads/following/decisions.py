"""What becomes of one episode by itself, and why. Plain code: facts in, a decision out.

The whole rule is here, for the simulation as for the earnest. Days count from when the episode
first had a source in any language (:attr:`Facts.first_out`), each being 24 hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from downloads.following.policy import Policy, Rank, taken_at_some_time
from library.choices import EpisodeState, Follow

UNKNOWN = ""  # the language of a file that nobody knows


class Outcome(StrEnum):
    QUEUE = "QUEUE"  # it is queued now, in the language of the decision
    WAIT = "WAIT"  # for a language, or for a day
    LEAVE = "LEAVE"  # nothing is to be done


class Reason(StrEnum):
    """Why, as a code; its sentence is in ``downloads.following.texts``."""

    # QUEUE
    MISSING = "follow_missing"
    BETTER = "follow_better"
    # WAIT
    BETTER_LANGUAGE = "follow_waits_for_better"
    LANGUAGE_NOT_OUT = "follow_language_not_out"
    BETTER_NOT_OUT = "follow_better_not_out"
    BUDGET = "follow_budget"
    # LEAVE
    NOT_FOLLOWED = "follow_off"
    NOT_MONITORED = "follow_not_monitored"
    HELD = "follow_catalogue_held"
    QUEUED = "follow_queued"
    UNAVAILABLE = "follow_unavailable"
    UNWANTED = "follow_unwanted"
    PRESENT = "follow_present"
    NOT_LISTED = "follow_not_listed"
    EARLIER_SEASON = "follow_earlier_season"
    NOT_OUT = "follow_not_out"
    NOT_NEW = "follow_not_new"
    NO_LANGUAGE = "follow_no_language"
    QUEUED_BEFORE = "follow_queued_before"
    LANGUAGE_UNKNOWN = "follow_language_unknown"
    SHARED_FILE = "follow_shared_file"


@dataclass(frozen=True, slots=True)
class Followed:
    """What the owner wants of a series.

    ``since`` is when that was said; ``first_read`` when its catalogue was first read: what was out
    at the later of the two is not new.
    """

    follow: str = Follow.OFF
    season: int | None = None
    since: datetime | None = None
    first_read: datetime | None = None
    is_monitored: bool = True
    is_held: bool = False  # nobody knows which episodes its numbers are now

    def is_new(self, first_out: datetime) -> bool:
        is_since = self.since is None or first_out > self.since
        return is_since and (self.first_read is None or first_out > self.first_read)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one episode.

    Attributes:
        out: the languages it is out in now, as the catalogue writes them.
        first_out: when it first had a source in any language, also in one that has gone since.
        is_queued: it waits in the queue, or is being fetched.
        picked: the languages it was queued in by itself, since the series is followed as it is.
        on_disk: the languages of its files; ``UNKNOWN`` for one that nobody knows.
        is_wanted: its owner has not deleted its file on purpose.
        is_shared: one of its files holds other episodes too.
    """

    season: int
    number: int
    state: str
    is_listed: bool = True
    out: frozenset[str] = frozenset()
    first_out: datetime | None = None
    is_queued: bool = False
    picked: frozenset[str] = frozenset()
    on_disk: frozenset[str] = frozenset()
    is_wanted: bool = True
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an episode.

    Attributes:
        language: the one it is queued in, or would be at ``until``.
        since: when the episode first had a source.
        until: when waiting ends at the latest; None: nobody knows.
        waits_for: the languages that would end it earlier, the best first.
    """

    outcome: Outcome
    reason: Reason
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    waits_for: tuple[str, ...] = ()


def decide(facts: Facts, followed: Followed, policy: Policy, now: datetime) -> Decision:
    """What becomes of an episode at ``now``."""
    is_there = facts.state == EpisodeState.PRESENT
    reason = _reason_to_leave(facts, followed)
    if reason is not None:
        stays = is_there and reason not in _OF_THE_SERIES and not policy.takes_better
        told = Reason.PRESENT if stays else reason
        return Decision(Outcome.LEAVE, told, since=facts.first_out)
    if is_there:
        return _beside(facts, policy, now)
    return _choice(facts, policy.wanted, now, _AS_MISSING)


def until_tomorrow(decision: Decision, tomorrow: datetime) -> Decision:
    """The same episode where as many were queued today as may be."""
    # By hand: ``replace`` takes five times as long, and there may be some hundred thousand.
    return Decision(
        Outcome.WAIT,
        Reason.BUDGET,
        decision.language,
        decision.since,
        tomorrow,
        decision.waits_for,
    )


def _is_earlier(facts: Facts, followed: Followed) -> bool:
    return followed.follow == Follow.SEASON and facts.season < (followed.season or 0)


def _is_announced(facts: Facts) -> bool:
    return facts.first_out is None and facts.state != EpisodeState.PRESENT


def _is_old(facts: Facts, followed: Followed) -> bool:
    if followed.follow != Follow.NEW:
        return False
    return facts.first_out is None or not followed.is_new(facts.first_out)


def _reason_to_leave(facts: Facts, followed: Followed) -> Reason | None:
    """The first that applies; None where something may be fetched."""
    applies = (
        (Reason.NOT_FOLLOWED, followed.follow == Follow.OFF),
        (Reason.NOT_MONITORED, not followed.is_monitored),
        (Reason.HELD, followed.is_held),
        (Reason.QUEUED, facts.is_queued),
        (Reason.UNAVAILABLE, facts.state == EpisodeState.UNAVAILABLE),
        (Reason.UNWANTED, not facts.is_wanted),
        (Reason.NOT_LISTED, not facts.is_listed),
        (Reason.EARLIER_SEASON, _is_earlier(facts, followed)),
        (Reason.NOT_OUT, _is_announced(facts)),
        (Reason.NOT_NEW, _is_old(facts, followed)),
    )
    return next((reason for reason, does in applies if does), None)


# What is told of an episode that is on disk, too: the rest says why nothing is fetched.
_OF_THE_SERIES = (Reason.NOT_FOLLOWED, Reason.NOT_MONITORED, Reason.HELD, Reason.QUEUED)


@dataclass(frozen=True, slots=True)
class _Words:
    """The reasons of a choice: those of a missing episode, or of a better copy of one."""

    queued: Reason
    not_out: Reason
    nothing: Reason  # no language is wanted at all


_AS_MISSING = _Words(Reason.MISSING, Reason.LANGUAGE_NOT_OUT, Reason.NO_LANGUAGE)
_AS_BETTER = _Words(Reason.BETTER, Reason.BETTER_NOT_OUT, Reason.PRESENT)


def _beside(facts: Facts, policy: Policy, now: datetime) -> Decision:
    """An episode that is on disk: whether a better language is fetched for it."""
    if not policy.takes_better:
        return Decision(Outcome.LEAVE, Reason.PRESENT, since=facts.first_out)
    if not facts.on_disk or UNKNOWN in facts.on_disk:
        return Decision(Outcome.LEAVE, Reason.LANGUAGE_UNKNOWN, since=facts.first_out)
    if policy.replaces and facts.is_shared:
        return Decision(Outcome.LEAVE, Reason.SHARED_FILE, since=facts.first_out)
    there = {name.casefold() for name in facts.on_disk}
    places = [place for place, rank in enumerate(policy.ranks) if rank.name in there]
    better = policy.ranks[: min(places, default=len(policy.ranks))]
    return _choice(facts, taken_at_some_time(better), now, _AS_BETTER)


def _choice(facts: Facts, ranks: tuple[Rank, ...], now: datetime, words: _Words) -> Decision:
    """The best of these languages that may be taken now, else what is waited for."""
    since = facts.first_out
    if not ranks or since is None:
        return Decision(Outcome.LEAVE, words.nothing, since=since)
    out = {name.casefold(): name for name in facts.out}
    before = {name.casefold() for name in facts.picked}
    open_ranks = [rank for rank in ranks if rank.name in out and rank.name not in before]
    for rank in open_ranks:
        if (rank.opens(since) or since) <= now:
            return Decision(Outcome.QUEUE, words.queued, out[rank.name], since)
    opening = sorted(_opening(open_ranks, since), key=lambda pair: pair[0])
    if opening:
        until, rank = opening[0]
        better = _names(ranks[: ranks.index(rank)], before)
        return Decision(Outcome.WAIT, Reason.BETTER_LANGUAGE, out[rank.name], since, until, better)
    awaited = tuple(rank for rank in ranks if rank.name not in out)
    if not awaited or not _names(awaited, before):
        return Decision(Outcome.LEAVE, Reason.QUEUED_BEFORE, since=since)
    return Decision(Outcome.WAIT, words.not_out, since=since, waits_for=_names(awaited, before))


def _opening(ranks: Sequence[Rank], since: datetime) -> Iterator[tuple[datetime, Rank]]:
    for rank in ranks:
        if (moment := rank.opens(since)) is not None:
            yield moment, rank


def _names(ranks: Sequence[Rank], before: set[str]) -> tuple[str, ...]:
    return tuple(rank.language for rank in ranks if rank.name not in before)


def count_of(decisions: Sequence[Decision]) -> Mapping[Reason, int]:
    """How many there are of each reason, in the order of the reasons."""
    found = Counter(decision.reason for decision in decisions)
    return {reason: found[reason] for reason in Reason if reason in found}
