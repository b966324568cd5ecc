"""python .ci/install.py LOCKFILE: pip, with a line that says how far it is.

A first start would else be silent for as long as a hundred packages take to come.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

EVERY_SECONDS = 10.0  # where nobody sees a line change
SHOWN_AT_FAILURE = 30  # lines of pip's
PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off")

_PINNED = re.compile(r"^[A-Za-z0-9][\w.\-\[\]]*==", re.MULTILINE)
# One line of pip's for each package, whether it comes, is there or belongs to another system.
_DONE = re.compile(r"^(?:Collecting|Requirement already satisfied:|Ignoring) ([\w.\-]+)")
_WRITING = re.compile(r"^Installing collected packages")


def main() -> int:
    lock = Path(sys.argv[1])
    started = time.monotonic()
    total = len(_PINNED.findall(lock.read_text()))
    command = [sys.executable, "-u", *PIP, "--require-hashes", "-r", str(lock)]
    last: deque[str] = deque(maxlen=SHOWN_AT_FAILURE)
    _say(f"Installing {total} packages of {lock.name}, once; it takes a minute or two.\n")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        _follow(pip.stdout or (), total, last)
    if pip.returncode:
        _say("\n" + "".join(last))
        return pip.returncode
    _say(f"  Installed in {time.monotonic() - started:.0f} seconds.\n")
    return 0


def _follow(lines: Iterable[str], total: int, last: deque[str]) -> None:
    is_terminal = sys.stdout.isatty()
    done, told = 0, time.monotonic()
    for line in lines:
        last.append(line)
        if found := _DONE.match(line):
            done += 1
            text = f"  {min(done, total)} of {total}: {found[1]}"
            if is_terminal:
                _say(f"\r\x1b[K{text}")
            elif time.monotonic() - told >= EVERY_SECONDS:
                told = time.monotonic()
                _say(f"{text}\n")
        elif _WRITING.match(line):
            _say("\r\x1b[K" if is_terminal else "")
            _say("  All are here; writing them to .venv …\n")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
