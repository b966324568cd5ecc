"""The rule by itself: facts in, a decision out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from downloads.following.decisions import UNKNOWN, Decision, Facts, Followed, Outcome, decide
from downloads.following.policy import Policy, at_once, ranks_of

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DUB, SUB, ENGLISH = "German Dub", "German Sub", "English Sub"
GAPS = Followed("GAPS", since=START - DAY, first_read=START - DAY)
PATIENT = Policy(ranks_of([f"{DUB}=now", f"{SUB}=14", f"{ENGLISH}=never"]))
BOTH = Policy(ranks_of([f"{DUB}=now", f"{SUB}=now"]), keeps_both=True)


def facts(*out: str, **known: Any) -> Facts:
    values = {"season": 1, "number": 1, "state": "MISSING", "first_out": START}
    return Facts(out=frozenset(out), **{**values, **known})


def decided(
    known: Facts, followed: Followed = GAPS, policy: Policy = PATIENT, *, day: float = 0
) -> Decision:
    return decide(known, followed, policy, START + day * DAY)


def told(decision: Decision) -> tuple[str, str, str]:
    return decision.outcome, decision.reason, decision.language


def test_the_best_language_is_taken_at_once() -> None:
    assert told(decided(facts(SUB, DUB))) == ("QUEUE", "follow_missing", DUB)


@pytest.mark.parametrize(("day", "outcome"), [(0, "WAIT"), (13.999, "WAIT"), (14, "QUEUE")])
def test_the_second_waits_its_days_from_the_first_source_on(day: float, outcome: str) -> None:
    decision = decided(facts(SUB), day=day)
    assert (decision.outcome, decision.language) == (outcome, SUB)
    assert decision.since == START
    if outcome == "WAIT":
        assert decision.reason == "follow_waits_for_better"
        assert (decision.until, decision.waits_for) == (START + 14 * DAY, (DUB,))


def test_days_count_from_the_first_source_in_any_language() -> None:
    """The subtitled one came on day 20; the English one, which is never taken, on day 0."""
    assert told(decided(facts(ENGLISH, SUB), day=20)) == ("QUEUE", "follow_missing", SUB)


def test_what_is_not_out_is_never_queued() -> None:
    decision = decided(facts(ENGLISH), day=500)
    assert told(decision) == ("WAIT", "follow_language_not_out", "")
    assert (decision.until, decision.waits_for) == (None, (DUB, SUB))


def test_what_has_gone_since_waits_again() -> None:
    assert decided(facts(), day=30).reason == "follow_language_not_out"


def test_a_language_in_another_spelling_is_the_same() -> None:
    policy = Policy(at_once(["german dub"]))
    assert told(decided(facts(DUB), policy=policy)) == ("QUEUE", "follow_missing", DUB)


def test_of_two_that_wait_the_one_that_opens_first_is_told() -> None:
    policy = Policy(ranks_of([f"{DUB}=30", f"{SUB}=7"]))
    decision = decided(facts(DUB, SUB), policy=policy)
    assert (decision.language, decision.until) == (SUB, START + 7 * DAY)
    assert decision.waits_for == (DUB,)


def test_no_language_at_all() -> None:
    policy = Policy(ranks_of([f"{DUB}=never"]))
    assert told(decided(facts(DUB), policy=policy)) == ("LEAVE", "follow_no_language", "")


def test_once_by_itself_in_a_language_is_enough() -> None:
    known = facts(DUB, SUB, picked=frozenset({DUB}))
    assert decided(known).outcome is Outcome.WAIT  # the other one, in its time
    assert told(decided(known, day=14)) == ("QUEUE", "follow_missing", SUB)
    known = facts(DUB, SUB, picked=frozenset({DUB, SUB}))
    assert told(decided(known, day=99)) == ("LEAVE", "follow_queued_before", "")


def test_after_a_try_the_languages_that_are_not_out_are_waited_for() -> None:
    decision = decided(facts(SUB, picked=frozenset({SUB})), day=20)
    assert told(decision) == ("WAIT", "follow_language_not_out", "")
    assert decision.waits_for == (DUB,)


@pytest.mark.parametrize(
    ("known", "followed", "reason"),
    [
        (facts(DUB), Followed("OFF"), "follow_off"),
        (facts(DUB), Followed("GAPS", is_monitored=False), "follow_not_monitored"),
        (facts(DUB), Followed("GAPS", is_held=True), "follow_catalogue_held"),
        (facts(DUB, is_queued=True), GAPS, "follow_queued"),
        (facts(DUB, state="UNAVAILABLE"), GAPS, "follow_unavailable"),
        (facts(DUB, state="PRESENT"), GAPS, "follow_present"),
        (facts(state="PRESENT", first_out=None), GAPS, "follow_present"),
        (facts(DUB, state="PRESENT"), Followed("NEW", since=START), "follow_present"),
        (facts(DUB, state="PRESENT", is_listed=False), GAPS, "follow_present"),
        (facts(DUB, state="PRESENT"), Followed("OFF"), "follow_off"),
        (facts(DUB, is_wanted=False), GAPS, "follow_unwanted"),
        (facts(DUB, is_listed=False), GAPS, "follow_not_listed"),
        (facts(DUB), Followed("SEASON", 2), "follow_earlier_season"),
        (facts(DUB, season=0), Followed("SEASON", 1), "follow_earlier_season"),
        (facts(state="ANNOUNCED", first_out=None), GAPS, "follow_not_out"),
        (facts(DUB), Followed("NEW", since=START), "follow_not_new"),
        (facts(DUB), Followed("NEW", since=START - DAY, first_read=START), "follow_not_new"),
    ],
)
def test_every_reason_to_leave_an_episode(known: Facts, followed: Followed, reason: str) -> None:
    assert told(decided(known, followed)) == ("LEAVE", reason, "")


def test_a_followed_season_and_what_comes_after_it() -> None:
    for season in (2, 3):
        assert decided(facts(DUB, season=season), Followed("SEASON", 2)).outcome is Outcome.QUEUE


def test_what_appears_after_the_series_is_followed_is_new() -> None:
    followed = Followed("NEW", since=START - DAY, first_read=START - 2 * DAY)
    assert decided(facts(DUB), followed).outcome is Outcome.QUEUE


def there(*languages: str, out: tuple[str, ...] = (), **known: Any) -> Facts:
    return facts(*out, state="PRESENT", on_disk=frozenset(languages), **known)


def test_a_better_language_comes_beside_what_is_there() -> None:
    known = there(SUB, out=(SUB, DUB))
    assert told(decided(known, policy=BOTH)) == ("QUEUE", "follow_better", DUB)
    assert decided(known, policy=PATIENT).reason == "follow_present"


REPLACE = Policy(ranks_of([f"{DUB}=now", f"{SUB}=now"]), replaces=True)


def test_a_better_language_takes_the_place_of_what_is_there() -> None:
    assert told(decided(there(SUB, out=(DUB,)), policy=REPLACE)) == ("QUEUE", "follow_better", DUB)
    assert decided(there(SUB), policy=REPLACE).reason == "follow_better_not_out"
    assert decided(there(DUB, out=(DUB, SUB)), policy=REPLACE).reason == "follow_present"


def test_a_file_that_holds_other_episodes_too_is_not_replaced() -> None:
    known = there(SUB, out=(DUB,), is_shared=True)
    assert told(decided(known, policy=REPLACE)) == ("LEAVE", "follow_shared_file", "")
    assert decided(known, policy=BOTH).outcome is Outcome.QUEUE


def test_a_worse_one_or_the_same_does_not() -> None:
    for languages in ((DUB,), (DUB, SUB)):
        known = there(*languages, out=(SUB, DUB))
        assert told(decided(known, policy=BOTH)) == ("LEAVE", "follow_present", "")


def test_a_better_one_that_is_not_out_is_waited_for() -> None:
    decision = decided(there(SUB, out=(SUB,)), policy=BOTH)
    assert told(decision) == ("WAIT", "follow_better_not_out", "")
    assert decision.waits_for == (DUB,)


def test_nothing_comes_beside_a_file_in_a_language_that_nobody_knows() -> None:
    for languages in ((UNKNOWN,), (UNKNOWN, SUB), ()):
        known = there(*languages, out=(SUB, DUB))
        assert decided(known, policy=BOTH).reason == "follow_language_unknown"


def test_a_file_of_an_episode_that_no_catalogue_has_stays_as_it_is() -> None:
    known = there(SUB, first_out=None)
    assert told(decided(known, policy=BOTH)) == ("LEAVE", "follow_present", "")


def test_a_language_that_is_in_no_rank_is_worse_than_all() -> None:
    assert decided(there(ENGLISH, out=(SUB,)), policy=BOTH).language == SUB


def test_only_new_episodes_get_a_better_copy_where_only_they_are_followed() -> None:
    known = there(SUB, out=(SUB, DUB))
    assert decided(known, Followed("NEW", since=START), BOTH).reason == "follow_not_new"


@pytest.mark.parametrize("entry", ["German Dub", "=now", "German Dub=soon"])
def test_what_is_no_rank_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"rank|soon"):
        ranks_of([entry])
