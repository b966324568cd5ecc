"""Send one message: see the package."""

# ruff: noqa: E402 (what is imported below is most of what this process does)

from __future__ import annotations

import os

os.nice(15)  # whatever is fetched or shown meanwhile goes first

import sys
import threading

from aniworld.system.notifications.wire import apprised, webhook
from aniworld.system.notifications.wire.errors import Broken
from aniworld.system.notifications.wire.messages import MOST_BYTES, WEBHOOK, Answer, Job
from providers.coded import CodedError


def main() -> None:
    """Read a job, do it, answer, end."""
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a service prints is no answer
    line = _read_line()
    if not line:
        return
    threading.Thread(target=_end_with_sender, daemon=True).start()
    os.write(answers, _done(line).encoded())
    os._exit(0)  # a service may have left threads that wait for something


def _done(line: bytes) -> Answer:
    try:
        return _did(Job.decoded(line))
    except CodedError as error:
        return Answer(error.as_json())
    except Exception as error:  # noqa: BLE001 - of a library that speaks to two hundred services
        return Answer(Broken(reason=type(error).__name__).as_json())


def _did(job: Job) -> Answer:
    if job.kind == WEBHOOK:
        check, send = webhook.check, webhook.send
    else:
        check, send = apprised.check, apprised.send
    if job.is_trial:
        check(job.address)
        return Answer()
    return send(job)


def _read_line() -> bytes:
    line = b""
    while not line.endswith(b"\n") and len(line) <= MOST_BYTES:
        piece = os.read(0, MOST_BYTES)
        if not piece:
            return b""
        line += piece
    return line


def _end_with_sender() -> None:
    """Whoever began this process holds the other end of its input."""
    while os.read(0, 1024):
        pass
    sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    main()
