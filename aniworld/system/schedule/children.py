"""The process of a run: started, watched and, where that must be, killed by a scheduler."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import Protocol

from django.conf import settings

from aniworld.installation import MANAGE
from aniworld.system.schedule.models import JobRun


class Child(Protocol):
    """The process of a run, as a scheduler sees it."""

    def exit_code(self) -> int | None:
        """How it ended; None while it runs. Negative: the signal that ended it."""
        ...

    def ask_to_end(self) -> None:
        """Let it end in good order, which it does within five seconds."""
        ...

    def kill(self) -> None:
        """End it now, with all that it has started."""
        ...


class Process:
    """A real one. It holds the other end of a pipe, and ends when that is closed: with whoever
    started it, however that went."""

    def __init__(self, run: JobRun) -> None:
        """Raises ``OSError``."""
        self._popen = subprocess.Popen(
            [*MANAGE, "runschedule", "--run", str(run.pk)],
            cwd=settings.PROJECT_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "aniworld.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # its log goes on to standard error, ours
            start_new_session=True,
        )

    def exit_code(self) -> int | None:
        return self._popen.poll()

    def ask_to_end(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._popen.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, number)


def launch(run: JobRun) -> Child:
    """Start the process of a run that was claimed. Raises ``OSError``."""
    return Process(run)
