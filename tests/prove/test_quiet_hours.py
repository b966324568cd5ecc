"""A window of quiet hours that begins by the clock in the middle of a real download, and ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from downloads import services
from downloads.choices import Status
from library.models import AnimeSeries
from tests.integration.conftest import library, series, world  # noqa: F401 - fixtures
from tests.integration.downloads_support import WorkerProcess, queue, wait_until
from tests.integration.test_downloads_quiet import (
    HALF,
    is_half_there,
    is_in,
    item,
    pieces,
    quiet,
    set_to,
)
from tests.prove.conftest import Prove
from tests.site.world import SampleWorld

# Processes see no transaction of the test.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

MINUTE = timedelta(minutes=1)
PATIENCE = 300.0  # seconds for what a window is waited for


def window() -> tuple[datetime, datetime]:
    """From the next full minute on, for one."""
    begins = (timezone.localtime() + MINUTE).replace(second=0, microsecond=0)
    return begins, begins + MINUTE


def wait(condition: Callable[[], object], what: str) -> None:
    wait_until(condition, seconds=PATIENCE, what=what)


@pytest.mark.parametrize("when", ["STOP", "FINISH"])
def test_the_time_it_goes_on_is_shown_and_kept(
    world: SampleWorld,  # noqa: F811 - the fixture
    series: AnimeSeries,  # noqa: F811
    library: Path,  # noqa: F811
    when: str,
    proved: Prove,
) -> None:
    set_to(when_quiet_begins=when, connections=2)
    world.hold(HALF)
    queue(series, 1, 2)
    held = 1 if when == "STOP" else 2  # the one that has to wait
    with WorkerProcess():
        services.start()
        wait(is_half_there, "half of an episode")
        begins, ends = window()
        set_to(quiet_hours=[f"daily {begins:%H:%M}-{ends:%H:%M}=closed"])
        wait(lambda: quiet()["is_closed"], "quiet hours")
        assert datetime.fromisoformat(quiet()["goes_on_at"]) == ends
        if when == "STOP":
            wait(is_in(Status.PENDING), "the item in the queue")
        world.mend_all()
        wait(is_in(Status.COMPLETED, 2), "the end of the second one")
        wait(is_in(Status.COMPLETED), "the end of the first one")
    started = item(held).started_at
    assert started is not None
    assert started >= ends
    assert set(pieces(world).values()) == {1}
    assert [item(number).retry_count for number in (1, 2)] == [0, 0]
    proved(f"quiet hours, {when}: went on by itself {started - ends} after the time that was shown")
