"""What time it is for the sites: all that tells a machine whose clock is wrong that it is.

Kept beside a clock that nobody sets (it counts from the start of the machine), so that it is known
at any later moment what time it is for the site: in each process, whatever the machine's own clock
was set to since, until the machine starts anew.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

from aniworld.config.files import read_file, write_atomically

log = logging.getLogger(__name__)

NAME = "clock.json"
KEPT_SECONDS = 3600.0  # what a site says again within them is not written again
# A site's answer was on its way for a while, and its clock is nobody's standard.
SITE_MARGIN = timedelta(minutes=5)
MARGIN_SECONDS = 60.0  # by which two that go right may differ
_MOST_BYTES = 2000
_YEAR_10000 = 253_402_300_800.0
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Told:
    """What a host said.

    Attributes:
        time: seconds since the epoch by its clock.
        at: when it was said, in seconds since this machine was started.
        boot: which start of the machine that was.
    """

    host: str
    time: float
    at: float
    boot: str

    @property
    def now(self) -> float:
        """What time it is for the host now."""
        return self.time + (_since_start() - self.at)

    @property
    def apart(self) -> timedelta:
        """How far the clock of this machine is ahead of it."""
        return timedelta(seconds=time.time() - self.now)

    @property
    def is_of_this_start(self) -> bool:
        return self.boot == _boot() and 0 <= self.at <= _since_start()


def hear(host: str, moment: float) -> None:
    """A ``providers.base.HearTime``: keep it where it is news."""
    known = told()
    if (
        known is not None
        and abs(known.now - moment) <= MARGIN_SECONDS
        and _since_start() - known.at < KEPT_SECONDS
    ):
        return
    said = Told(host, moment, _since_start(), _boot())
    try:
        write_atomically(_path(), (json.dumps(asdict(said)) + "\n").encode())
    except OSError as error:  # the page is as good without it
        log.warning("%s cannot be written: %s", _path(), error.strerror)


def told() -> Told | None:
    """What the last host said since this machine was started; None while there was none."""
    try:
        kept = json.loads(read_file(_path(), most=_MOST_BYTES))
        said = Told(str(kept["host"]), float(kept["time"]), float(kept["at"]), str(kept["boot"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return said if 0 <= said.time < _YEAR_10000 and said.is_of_this_start else None


def is_known_to_be_ahead() -> bool:
    """Whether sites say that the clock of this machine is ahead: it makes old what is not."""
    said = told()
    return said is not None and said.apart > SITE_MARGIN


def _since_start() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:  # another system than Linux
        return ""


def _path() -> Path:
    return Path(settings.DATA_DIR) / NAME
