"""Calls are counted, and who fails again and again is left alone: for all processes alike."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from aniworld.config import store
from aniworld.sites.errors import RestNotFound
from aniworld.sites.health import line, monitor, services
from aniworld.sites.health.monitor import DatabaseWatch
from aniworld.sites.health.services import Health, Service
from aniworld.sites.models import CallCount, ServiceState
from providers.errors import (
    Blacklisted,
    ChallengeRequired,
    DecoderOutdated,
    MarkupChanged,
    PageBroken,
    ProviderError,
    SiteDown,
    SiteUnreachable,
)
from providers.watching import Called, Fault, Rest

pytestmark = pytest.mark.django_db
SITE, MIRROR = "aniworld.example", "mirror.example"
BROKEN = PageBroken(why="error_status", site="AniWorld", status=502)
REFUSED = SiteUnreachable(why="no_connection", site="AniWorld", errno="ECONNREFUSED")
CHALLENGE = ChallengeRequired(why="check", site="AniWorld", sign="DDoS-Guard")
BLOCKED = Blacklisted(site="AniWorld")
OFFLINE = SiteUnreachable(why="no_names", site="AniWorld")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What time it is: the last entry."""
    moments = [datetime(2026, 11, 30, 12, 2, tzinfo=timezone.get_default_timezone())]
    for module in (monitor, services, line):
        monkeypatch.setattr(module.timezone, "now", lambda: moments[-1])
    return moments


@pytest.fixture
def watch(now: list[datetime]) -> DatabaseWatch:
    store.update(lambda data: data["providers"].update(failures_until_rest=3, rest_seconds=60))
    chosen = {"enabled": True, "base_url": f"https://{SITE}", "mirrors": [f"https://{MIRROR}"]}
    store.update(lambda data: data["providers"]["sites"].update(aniworld=chosen))
    return DatabaseWatch()


def other() -> DatabaseWatch:
    """That of another process, or of one that was started anew."""
    return DatabaseWatch()


def fails(watch: DatabaseWatch, error: ProviderError = BROKEN, host: str = SITE) -> None:
    watch.note(Called("aniworld", host, Fault.of(error)))


def answers(watch: DatabaseWatch, host: str = SITE, seconds: float = 0.3, size: int = 10) -> None:
    watch.note(Called("aniworld", host, None, seconds, size))


def later(now: list[datetime], seconds: float) -> None:
    now.append(now[-1] + timedelta(seconds=seconds))


def site() -> Service:
    return next(one for one in services.services() if one.name == "aniworld")


def test_who_was_never_asked_is_asked(watch: DatabaseWatch) -> None:
    assert watch.rest("aniworld", SITE).seconds == 0
    assert site().health is Health.UNKNOWN


def test_so_many_failures_in_a_row_are_a_rest_for_every_process(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    for _ in range(2):
        fails(watch)
    assert watch.rest("aniworld", SITE).seconds == 0
    fails(other())
    assert [one.rest("aniworld", SITE).seconds for one in (watch, other())] == [60, 60]
    later(now, 20)
    assert watch.rest("aniworld", SITE).seconds == 40
    assert watch.rest("aniworld", MIRROR).seconds == 0  # the other address is well
    assert watch.rest("hoster:voe", "").seconds == 0


def test_an_answer_between_them_begins_the_count_anew(watch: DatabaseWatch) -> None:
    for _ in range(2):
        fails(watch)
    answers(watch)
    for _ in range(2):
        fails(watch)
    assert watch.rest("aniworld", SITE).seconds == 0


def test_one_call_sees_whether_it_is_well_again_and_the_others_wait(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    for _ in range(3):
        fails(watch)
    later(now, 61)
    assert watch.rest("aniworld", SITE).seconds == 0
    assert other().rest("aniworld", SITE).seconds == 120
    answers(watch)
    assert other().rest("aniworld", SITE).seconds == 0
    assert ServiceState.objects.get().rests == 0


def test_a_rest_that_ends_in_a_failure_is_followed_by_one_twice_as_long(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    for _ in range(3):
        fails(watch)
    rests = []
    for _ in range(8):
        later(now, 3601)
        assert watch.rest("aniworld", SITE).seconds == 0
        fails(watch)
        rests.append(watch.rest("aniworld", SITE).seconds)
    assert rests == [120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_whoever_saw_whether_it_is_well_and_died_does_not_hold_the_others(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    for _ in range(3):
        fails(watch)
    later(now, 61)
    assert watch.rest("aniworld", SITE).seconds == 0
    later(now, 121)
    assert other().rest("aniworld", SITE).seconds == 0


def test_a_clock_that_was_ahead_lets_nobody_rest_longer_than_an_hour(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    later(now, 86_400)
    for _ in range(3):
        fails(watch)
    watch.note(Called("hoster:voe", "", Fault.of(OFFLINE)))
    now.append(now[0])
    assert watch.rest("aniworld", SITE).seconds == 0
    assert not line.is_out()
    assert site().figures.calls == 0
    watch.note(Called("hoster:vidmoly", "", Fault.of(OFFLINE)))
    assert line.is_out()


def test_our_own_line_is_nobodys_fault(watch: DatabaseWatch, now: list[datetime]) -> None:
    for _ in range(5):
        fails(watch, OFFLINE)
    assert watch.rest("aniworld", SITE).seconds == 0
    assert line.out_since() == now[-1]
    assert site().health is not Health.DOWN
    answers(watch)
    assert not line.is_out()


def test_where_nobody_can_be_reached_it_is_our_line(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    answers(watch)
    later(now, 1)
    for _ in range(3):
        fails(watch, REFUSED)
    assert watch.rest("aniworld", SITE).seconds == 60
    assert not line.is_out()  # of one alone nobody can say whose fault it is
    watch.note(Called("hoster:voe", "", Fault.of(REFUSED)))
    assert line.is_out()
    assert watch.rest("aniworld", SITE).seconds == 0  # who is not to blame is not left alone for it
    later(now, 1)
    watch.note(Called("hoster:vidmoly", "", None, 0.1))
    assert not line.is_out()
    assert watch.rest("aniworld", SITE).seconds == 59


def test_a_site_that_answers_with_errors_says_that_our_line_is_well(watch: DatabaseWatch) -> None:
    fails(watch, REFUSED)
    watch.note(Called("hoster:voe", "", Fault.of(BROKEN)))
    assert not line.is_out()


def test_what_cannot_be_read_is_counted_and_lets_nobody_rest(watch: DatabaseWatch) -> None:
    for _ in range(6):
        answers(watch)
        watch.misread("aniworld", Fault.of(MarkupChanged("series", "a title")))
    watch.misread("hoster:voe", Fault.of(DecoderOutdated(why="no_decoder", site="VOE")))
    found = site()
    assert watch.rest("aniworld", SITE).seconds == 0
    assert (found.health, found.figures.calls, found.figures.failed) == (Health.HEALTHY, 6, 0)
    assert found.figures.errors == {"markup_changed": 6}


@pytest.mark.parametrize(
    ("good", "bad", "health"),
    [
        (4, 0, Health.HEALTHY),
        (1, 2, Health.HEALTHY),  # too few to say
        (19, 1, Health.HEALTHY),
        (17, 3, Health.DEGRADED),
        (9, 11, Health.DOWN),
    ],
)
def test_health_is_the_share_that_was_answered(
    watch: DatabaseWatch, good: int, bad: int, health: Health
) -> None:
    for at in range(good + bad):
        if (at * bad) // (good + bad) < ((at + 1) * bad) // (good + bad):
            fails(watch)
            ServiceState.objects.update(failures=0)
        else:
            answers(watch)
    assert site().health is health


def test_of_few_calls_the_last_one_counts(watch: DatabaseWatch) -> None:
    answers(watch)
    assert site().health is Health.HEALTHY
    fails(watch)
    assert site().health is Health.DEGRADED


def test_a_site_is_as_well_as_its_best_address(watch: DatabaseWatch) -> None:
    for _ in range(3):
        fails(watch)
        answers(watch, MIRROR)
    found = site()
    assert [(one.host, one.health) for one in found.addresses] == [
        (SITE, Health.DOWN),
        (MIRROR, Health.HEALTHY),
    ]
    assert found.health is Health.HEALTHY


def test_an_address_that_is_asked_no_more_says_nothing_of_a_site(watch: DatabaseWatch) -> None:
    answers(watch, "former.example")
    answers(watch, "")  # its covers, from elsewhere
    for _ in range(3):
        fails(watch)
    assert [one.host for one in site().addresses] == [SITE]
    assert site().health is Health.DOWN


def test_figures_are_those_of_the_last_hour(watch: DatabaseWatch, now: list[datetime]) -> None:
    answers(watch, seconds=9.0, size=1000)
    later(now, 3700)
    for seconds in (0.04, 0.3, 0.3, 7.0):
        answers(watch, seconds=seconds, size=25)
    fails(watch, SiteDown(why="timed_out", site="AniWorld"))
    figures = site().figures
    assert (figures.calls, figures.failed, figures.size) == (5, 1, 100)
    assert (figures.median, figures.slow) == (0.35, 8.0)
    assert figures.errors == {"site_down": 1}
    assert figures.share == 80


def test_hours_tell_of_two_days(watch: DatabaseWatch, now: list[datetime]) -> None:
    answers(watch)
    later(now, 3600)
    fails(watch)
    hours = site().hours
    assert len(hours) == 48
    assert [(hour.answered, hour.failed) for hour in hours[-2:]] == [(1, 0), (0, 1)]
    later(now, 3 * 86_400)
    answers(watch)
    assert CallCount.objects.count() == 1  # what is older is forgotten


def test_the_owner_ends_a_rest(watch: DatabaseWatch) -> None:
    for _ in range(3):
        fails(watch)
        fails(watch, host=MIRROR)
    assert all(one.rests_until for one in site().addresses)
    services.end_rest("aniworld")
    assert not any(one.rests_until for one in site().addresses)
    assert [watch.rest("aniworld", host).seconds for host in (SITE, MIRROR)] == [0, 0]
    fails(watch)
    assert watch.rest("aniworld", SITE).seconds == 120
    with pytest.raises(RestNotFound):
        services.end_rest("hoster:voe")


def test_who_is_well_costs_one_statement_a_call(
    watch: DatabaseWatch,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    answers(watch)
    watch.rest("aniworld", SITE)
    with django_assert_max_num_queries(1):
        watch.rest("aniworld", SITE)
        answers(watch)


def test_a_site_that_refuses_is_left_alone_at_once_and_says_why(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    fails(watch, CHALLENGE)
    for one in (watch, other()):
        assert one.rest("aniworld", SITE) == Rest(900, CHALLENGE.as_json())
    assert watch.rest("aniworld", MIRROR).seconds == 0
    assert site().health is Health.DOWN
    lengths = []
    for _ in range(6):
        later(now, 21_601)
        assert watch.rest("aniworld", SITE).seconds == 0  # we are to see how it is
        fails(watch, BLOCKED)
        lengths.append(watch.rest("aniworld", SITE).seconds)
    assert lengths == [1800, 3600, 7200, 14_400, 21_600, 21_600]
    later(now, 21_601)
    watch.rest("aniworld", SITE)
    answers(watch)
    assert watch.rest("aniworld", SITE) == Rest()
    assert site().health is not Health.DOWN


def test_where_only_some_of_its_pages_are_open_rests_grow_all_the_same(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    """The page of an episode comes before the link that is refused."""
    lengths = []
    for _ in range(4):
        answers(watch)
        fails(watch, CHALLENGE)
        lengths.append(watch.rest("aniworld", SITE).seconds)
        later(now, lengths[-1] + 1)
        assert watch.rest("aniworld", SITE).seconds == 0
    assert lengths == [900, 1800, 3600, 7200]
    answers(watch)
    later(now, 43_200)
    fails(watch, CHALLENGE)
    assert watch.rest("aniworld", SITE).seconds == 900  # that was long ago


def test_what_ends_during_a_rest_says_nothing_of_it(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    """A call that was on its way, or one that the owner has made."""
    fails(watch, CHALLENGE)
    later(now, 40)
    for _ in range(6):
        fails(watch, BROKEN)
        fails(watch, BLOCKED)
        answers(watch)
        other().note(Called("aniworld", SITE, None, 0.3, 10))
        assert other().rest("aniworld", SITE) == Rest(860, CHALLENGE.as_json())
    store.update(lambda data: data["providers"]["sites"]["aniworld"].update(mirrors=[]))
    assert [one.reason["code"] for one in services.refusals()] == ["challenge"]


def test_one_page_that_is_refused_is_no_refusal_of_the_site(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    forbidden = ChallengeRequired(why="refused", site="AniWorld", status=403)
    for _ in range(3):  # the same one, when it is tried again
        fails(watch, forbidden)
        assert watch.rest("aniworld", SITE).seconds == 0
        answers(watch)
        later(now, 1_801)
    fails(watch, forbidden)
    later(now, 60)
    fails(watch, forbidden)  # and another one
    assert watch.rest("aniworld", SITE) == Rest(900, forbidden.as_json())


def test_a_picture_that_is_refused_is_no_refusal_of_the_site(watch: DatabaseWatch) -> None:
    """Covers come from wherever a page says."""
    watch.note(Called("aniworld", "", Fault.of(CHALLENGE)))
    assert watch.rest("aniworld", "").seconds == 0


def test_failures_make_the_rest_after_a_refusal_no_longer(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    for _ in range(4):
        for _ in range(3):
            fails(watch)
        later(now, 3_601)
        watch.rest("aniworld", SITE)
    fails(watch, CHALLENGE)
    assert watch.rest("aniworld", SITE).seconds == 900


def test_while_one_sees_whether_it_lets_us_in_the_site_is_shut(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    store.update(lambda data: data["providers"]["sites"]["aniworld"].update(mirrors=[]))
    fails(watch, CHALLENGE)
    later(now, 901)
    assert services.refusals() == []
    assert watch.rest("aniworld", SITE).seconds == 0
    [shut] = services.refusals()
    assert shut.until == now[-1] + monitor.TRIAL
    later(now, 121)
    assert services.refusals() == []  # whoever tried has died


def test_it_counts_as_refused_until_something_has_come(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    fails(watch, CHALLENGE)
    assert services.still_refused() == {}  # the mirror was never asked
    for _ in range(2):
        fails(watch, host=MIRROR)
    later(now, 7_200)
    label, reason = services.still_refused()["aniworld"]
    assert (label, reason["code"]) == ("AniWorld", "challenge")
    answers(watch, MIRROR)
    assert services.still_refused() == {}
    fails(watch, host=MIRROR)
    answers(watch)
    assert services.still_refused() == {}


def test_calls_that_were_on_their_way_make_no_rest_longer(watch: DatabaseWatch) -> None:
    for _ in range(6):
        fails(watch)
    assert watch.rest("aniworld", SITE).seconds == 60


def test_one_file_that_a_hoster_refuses_lets_nobody_rest(watch: DatabaseWatch) -> None:
    watch.note(Called("hoster:voe", "", Fault.of(CHALLENGE)))
    assert watch.rest("hoster:voe", "").seconds == 0


def test_a_site_is_shut_where_none_of_its_addresses_lets_us_in(
    watch: DatabaseWatch, now: list[datetime]
) -> None:
    assert services.refusals() == []
    fails(watch, CHALLENGE)
    assert services.refusals() == []  # there is a mirror
    for _ in range(3):
        fails(watch, host=MIRROR)
    [refused] = services.refusals()
    assert (refused.site, refused.label, refused.reason["code"]) == (
        *("aniworld", "AniWorld"),
        "challenge",
    )
    assert refused.until == now[-1] + timedelta(seconds=60)  # the mirror is asked again first
    later(now, 61)
    assert services.refusals() == []


def test_a_site_that_only_fails_is_not_shut(watch: DatabaseWatch) -> None:
    for host in (SITE, MIRROR):
        for _ in range(3):
            fails(watch, host=host)
    assert watch.rest("aniworld", SITE) == Rest(60, None)
    assert services.refusals() == []


def test_the_owner_has_a_site_that_refused_asked_again(watch: DatabaseWatch) -> None:
    for host in (SITE, MIRROR):
        fails(watch, BLOCKED, host=host)
    assert len(services.refusals()) == 1
    services.end_rest("aniworld")
    assert services.refusals() == []
    assert watch.rest("aniworld", SITE).seconds == 0
