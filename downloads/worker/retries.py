"""What to do with an item whose try has failed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, auto

from aniworld.config.schema import DownloadSettings
from aniworld.sites.health.monitor import DOUBTED_FOR
from downloads.choices import PauseCode, Quarantine
from downloads.models import DownloadQueueItem
from downloads.transfer.errors import SitesFailed
from downloads.transfer.messages import Failure
from providers.errors import SiteResting
from providers.watching import CHANGED, REFUSALS, is_our_line

LONGEST_DELAY = 3600.0
# A site that is down is no fault of the episode: that costs none of its retries. But at the
# usual settings an item that met nothing else for about six hours is given up.
OUTAGES = 12

_DISK_CODES = {
    "disk_full": PauseCode.DISK_FULL,
    "root_unavailable": PauseCode.DISK_FULL,
    "disk_refuses": PauseCode.DISK_REFUSES,
}
# Another episode has to be refused within that time for it to say something of the whole site.
_AFTER_REFUSAL = 1.1 * DOUBTED_FOR.total_seconds()
# Items that another site serves are tried there while their own is shut: not more often than that.
_LONGEST_WHILE_SHUT = 600.0
# A page that has changed is not changed back within a minute.
_SHORTEST_AFTER_CHANGE = 600.0


class Verdict(Enum):
    RETRY = auto()  # costs a retry
    WAIT_FOR_SITE = auto()  # costs none; the site's other items wait too
    WAIT_FOR_LINE = auto()  # costs nothing at all: it is this machine that has no way out
    WAIT_FOR_ENTRY = auto()  # costs nothing: nothing is taken from the site until it lets us in
    WAIT_ALONE = auto()  # costs no retry, but may not come again and again; the others go on
    PAUSE = auto()  # costs nothing; the queue pauses itself
    FAIL = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """``delay`` is in seconds; ``pause`` says why the queue pauses."""

    verdict: Verdict
    delay: float = 0.0
    pause: PauseCode = PauseCode.NONE


def decide(
    item: DownloadQueueItem,
    failure: Failure,
    settings: DownloadSettings,
    *,
    is_line_out: bool = False,
    is_shut: bool = False,
) -> Decision:
    """Decide by the kind of failure and by what the item went through before.

    Args:
        is_line_out: whether it was seen that nobody at all can be reached from here.
        is_shut: whether the site lets nobody in, so that its items are passed over.

    Where the owner has taken a file that was kept aside, he is told at once, and may try again.
    """
    if item.quarantine == Quarantine.WANTED:
        return Decision(Verdict.FAIL)
    if failure.code in _DISK_CODES:
        return Decision(Verdict.PAUSE, pause=_DISK_CODES[failure.code])
    base = settings.retry_base_seconds
    if failure.whole_site:
        return _of_site(item, failure, base, is_line_out=is_line_out, is_shut=is_shut)
    if failure.code == SitesFailed.code:
        return _alone(item, base)
    if failure.permanent or item.retry_count >= settings.max_retries:
        return Decision(Verdict.FAIL)
    return Decision(Verdict.RETRY, _delay(item.retry_count, base))


def _of_site(
    item: DownloadQueueItem, failure: Failure, base: float, *, is_line_out: bool, is_shut: bool
) -> Decision:
    """What to do where all of the site fails, or nobody at all can be reached."""
    if _was_heard(failure) or (is_shut and failure.code in REFUSALS):
        # One that is asked for elsewhere meanwhile comes again and again, and must not keep others.
        soon = min(failure.retry_after or 0.0, _LONGEST_WHILE_SHUT)
        return Decision(Verdict.WAIT_FOR_ENTRY, max(_delay(0, base), soon))
    if is_line_out or is_our_line(failure.params):
        return Decision(Verdict.WAIT_FOR_LINE, _delay(0, base))
    if item.outage_count >= OUTAGES:
        return Decision(Verdict.FAIL)
    delay = _delay(item.outage_count, base)
    if failure.code in REFUSALS:  # of this episode alone, as far as is known
        return Decision(Verdict.WAIT_ALONE, max(delay, _AFTER_REFUSAL))
    if failure.code in CHANGED:
        delay = max(delay, _SHORTEST_AFTER_CHANGE)
    return Decision(Verdict.WAIT_FOR_SITE, max(delay, failure.retry_after or 0.0))


def _alone(item: DownloadQueueItem, base: float) -> Decision:
    """A site is down that the series is tied to: no other item may be waiting for that one."""
    if item.outage_count >= OUTAGES:
        return Decision(Verdict.FAIL)
    return Decision(Verdict.WAIT_ALONE, _delay(item.outage_count, base))


def _was_heard(failure: Failure) -> bool:
    """Whether nothing was sent, since the site was heard to let nobody in."""
    return failure.code == SiteResting.code and failure.params.get("why") == "refused"


def _delay(tries: int, base: float) -> float:
    """Twice as long each time, and never quite the same: many items must not come back at once."""
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 (no secret)
    return float(min(base * 2**tries, LONGEST_DELAY) * jitter)
