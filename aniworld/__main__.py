"""``python -m aniworld``: the whole product on one machine.

Brings the database up to date, then keeps web server and worker running together until Ctrl-C
(SIGINT) or SIGTERM. A worker that dies is started again; when the web server ends, all ends.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from aniworld import settings

MANAGE = [sys.executable, str(Path(settings.PROJECT_DIR) / "manage.py")]
RESTART_SECONDS = 3.0
STOP_SECONDS = 8.0  # the worker promises 5


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
        migrated = subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=False)
        if migrated.returncode:
            return migrated.returncode
        children["web"] = _start_web()
        children["worker"] = _start_worker()
        where = f"http://{_shown_host()}:{settings.PORT}{settings.BASE_PATH}/"
        print(f"Aniworld is starting on {where} (Ctrl-C stops it)", flush=True)  # noqa: T201 - for the person at the terminal
        return _watch(children)
    except Stopped:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _end(list(children.values()))


def _start_web() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable,
            *("-m", "daphne", "--verbosity", "0", "--no-server-name"),
            *("-b", settings.HOST, "-p", str(settings.PORT)),
            "aniworld.asgi:application",
        ],
        cwd=settings.PROJECT_DIR,
    )


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([*MANAGE, "runqueue"], cwd=settings.PROJECT_DIR)


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> int:
    while True:
        try:
            return children["web"].wait(timeout=RESTART_SECONDS)
        except subprocess.TimeoutExpired:
            if children["worker"].poll() is not None:
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


def _shown_host() -> str:
    return "127.0.0.1" if settings.HOST in {"0.0.0.0", "::"} else settings.HOST  # noqa: S104 - compared, not bound


if __name__ == "__main__":
    sys.exit(main())
