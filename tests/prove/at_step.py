"""``python -m tests.prove.at_step STEP kill|fill COMMAND ARGUMENTS``: a management command to which
something happens at its STEPth step: it is killed as the kernel does it, or the disk of DATA_DIR
is full from then on.

A step is a call of a function, ours, Django's or the system's, out of what makes and restores
backups, writes settings, the journal and the database. With step 0 nothing happens, and the last
line says how many there were.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import manage

FILLER = "filler"
_ROOMS = (
    "/aniworld/system/",
    "/aniworld/config/",
    "/aniworld/journal/",
    "/library/moving.py",
    "/django/db/transaction.py",
    "/django/db/backends/",
)
_BEGINS = "/aniworld/system/backups/services.py"


class Steps:
    """Counts, and lets it happen."""

    def __init__(self, step: int, happen: Callable[[], None]) -> None:
        self.step = step
        self.happen = happen
        self.seen = 0
        self._counted: dict[CodeType, bool] = {}
        self._has_begun = False

    def look(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event not in {"call", "c_return"} or not self._counts(frame.f_code):
            return
        self.seen += 1
        if self.seen == self.step:
            sys.setprofile(None)
            self.happen()

    def _counts(self, code: CodeType) -> bool:
        if code not in self._counted:
            is_import = code.co_name == "<module>"
            self._has_begun |= _BEGINS in code.co_filename and not is_import
            of_ours = any(room in code.co_filename for room in _ROOMS)
            if not self._has_begun:
                return False
            self._counted[code] = of_ours and not is_import
        return self._counted[code]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fill() -> None:
    """Let the disk take no more."""
    with contextlib.suppress(OSError), _filler().open("ab", buffering=0) as file:
        for size in (1 << 20, 4096):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


def _filler() -> Path:
    return Path(os.environ["DATA_DIR"]) / FILLER


def main() -> None:
    step, what, *command = sys.argv[1:]
    steps = Steps(int(step), {"kill": die, "fill": fill}[what])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
    sys.argv = ["manage.py", *command]
    sys.setprofile(steps.look)
    try:
        manage.main()
    finally:
        sys.setprofile(None)
        print(f"steps {steps.seen}")


if __name__ == "__main__":
    main()
