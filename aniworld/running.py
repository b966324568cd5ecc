"""``aniworld run``: the whole product on one machine.

Brings the database up to date, then keeps web server and worker running together until Ctrl-C
(SIGINT) or SIGTERM. A worker that dies is started again; when the web server ends, all ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from aniworld import settings
from aniworld.environment import require_free
from aniworld.installation import MANAGE, PROJECT_DIR

RESTART_SECONDS = 3.0
STOP_SECONDS = 8.0  # the worker promises 5
_PR_SET_PDEATHSIG = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)
_OURSELVES = os.getpid()


class Stopped(Exception):
    """A signal asked us to end."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # Both signals come to the whole process group on Ctrl-C; ours only has to end the waiting.
    raise Stopped


def main() -> int:
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        require_free(settings.HOST, settings.PORT)
        _say("Aniworld is starting: the database is made ready …")
        migrated = subprocess.run(
            [*MANAGE, "migrate", "--verbosity", "0"], check=False, preexec_fn=_end_with_parent
        )
        if migrated.returncode:
            return migrated.returncode
        _say("Web server and worker are starting …")
        children["web"] = _start_web()
        children["worker"] = _start_worker()
        _await(children["web"])
        return _watch(children)
    except Stopped:
        _say("Aniworld is stopping …")
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _end(list(children.values()))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - for the person at the terminal


def _start_web() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "aniworld.server"],
        cwd=PROJECT_DIR,
        preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
    )


def _start_worker() -> subprocess.Popen[bytes]:
    # What it shows on a terminal of its own the browser shows here; its log comes all the same.
    return subprocess.Popen(
        [*MANAGE, "runqueue"],
        cwd=PROJECT_DIR,
        stdout=subprocess.DEVNULL,
        preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
    )


def _end_with_parent() -> None:
    """In a new child: let Linux ask it to end when this process is gone, however that went."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != _OURSELVES:  # it had gone before the child could say so
            os._exit(1)


def _await(web: subprocess.Popen[bytes]) -> None:
    """Say where it is once it answers; one that ends before has said why."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104 - compared, not bound
    while web.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection((host, settings.PORT), timeout=1).close()
            shown = f"[{host}]" if ":" in host else host
            _say(f"Ready: http://{shown}:{settings.PORT}{settings.BASE_PATH}/  (Ctrl-C stops it)")
            return
        time.sleep(0.1)


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> int:
    while True:
        try:
            return children["web"].wait(timeout=RESTART_SECONDS)
        except subprocess.TimeoutExpired:
            if children["worker"].poll() is not None:
                _say("The worker has ended by itself and is started again.")
                children["worker"] = _start_worker()


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
