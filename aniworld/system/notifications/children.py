"""The processes that send, one for each message, watched and killed at their limit."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import Protocol

from django.conf import settings

from aniworld.system.notifications.wire.errors import Broken, Died, TooSlow
from aniworld.system.notifications.wire.messages import MOST_ANSWERED, Answer, Job
from providers.coded import errno_name

LIMIT_SECONDS = 30.0
# What it needs of the environment: none of our secrets.
_PASSED_ON = frozenset(
    {
        *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "no_proxy", "PYTHONDONTWRITEBYTECODE"),
    }
)


class Child(Protocol):
    """What sends one message."""

    def is_over(self) -> bool:
        """Whether there is an answer, or has to be: it has ended, or takes too long."""
        ...

    def answer(self) -> Answer | None:
        """How it went; None while it goes on. One that takes too long is ended here."""
        ...

    def kill(self) -> None:
        """End it now."""
        ...


class Process:
    """A real one."""

    def __init__(self, job: Job, *, limit: float = LIMIT_SECONDS) -> None:
        """Raises ``OSError``, and ``ValueError`` for a message that is too large."""
        line = job.encoded()
        self._limit = limit
        self._until = time.monotonic() + limit
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "aniworld.system.notifications.wire"],
            cwd=settings.PROJECT_DIR,
            env={name: value for name, value in os.environ.items() if name in _PASSED_ON},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._popen.stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(BrokenPipeError):  # it has died already, which is seen below
            os.write(self._popen.stdin.fileno(), line)  # less than a pipe holds

    def is_over(self) -> bool:
        return self._popen.poll() is not None or time.monotonic() >= self._until

    def answer(self) -> Answer | None:
        code = self._popen.poll()
        if code is None:
            if time.monotonic() < self._until:
                return None
            self.kill()
            return Answer(TooSlow(seconds=round(self._limit)).as_json())
        return self._answered(code)

    def wait(self) -> Answer:
        """For whoever has nothing else to do: until it has ended, at the latest at its limit."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=max(self._until - time.monotonic(), 0.0))
        found = self.answer()
        while found is None:  # its limit ends between the two looks
            time.sleep(0.01)
            found = self.answer()
        return found

    def kill(self) -> None:
        if self._popen.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
        self._close()

    def _answered(self, code: int) -> Answer:
        assert self._popen.stdout is not None  # noqa: S101 - it is a pipe
        try:
            told = os.read(self._popen.stdout.fileno(), MOST_ANSWERED)
            return Answer.decoded(told)
        except ValueError:
            how = signal.Signals(-code).name if code < 0 else f"exit {code}"
            return Answer(Died(how=how).as_json())
        finally:
            self._close()

    def _close(self) -> None:
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class NotBegun:
    """What could not be begun at all."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def is_over(self) -> bool:
        return True

    def answer(self) -> Answer | None:
        reason = errno_name(self._error) if isinstance(self._error, OSError) else str(self._error)
        return Answer(Broken(reason=reason).as_json())

    def kill(self) -> None:
        return


def launch(job: Job) -> Child:
    """Begin to send a message."""
    try:
        return Process(job)
    except (OSError, ValueError) as error:
        return NotBegun(error)
