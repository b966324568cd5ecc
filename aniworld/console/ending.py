"""A process that was asked to end does end, whatever it waits for."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

# Five seconds are promised; whatever ends in good order has done so by then.
LONGEST_SECONDS = 4.0
_ASKING = {signal.SIGTERM, signal.SIGINT}


def end_in_time() -> None:
    """From the first SIGTERM or SIGINT on this process has ``LONGEST_SECONDS`` left.

    For processes that have handlers of their own for these. Python runs those between two of its
    instructions, so one that waits in SQLite for a lock (20 s) is not asked at all. The system
    writes the signal's number into a pipe at once, and a thread reads it. To end in the middle is
    to be killed, and all of ours can be killed at any moment.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reading,), name="ending", daemon=True).start()


def _watch(reading: int) -> None:
    while not _ASKING.intersection(os.read(reading, 64)):
        pass  # another signal
    end_soon()


def end_soon() -> None:
    """End this process after ``LONGEST_SECONDS``, if it has not ended by then. Blocks."""
    time.sleep(LONGEST_SECONDS)
    sys.stderr.write("aniworld: ended in the middle: what it waited for did not come in time\n")
    sys.stderr.flush()
    os._exit(1)
