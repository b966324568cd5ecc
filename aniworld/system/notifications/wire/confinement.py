"""What the process that sends may not do, whatever a service is told: begin programs, write, move
or remove files, read files of the machine, speak to its sockets.
"""

from __future__ import annotations

import contextlib
import mimetypes
import os
import resource
import sys
import sysconfig
from typing import Any

MEMORY = 1 << 30  # bytes: Apprise with all its services takes a tenth of it
_PROGRAMS = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"),
        *("os.fork", "os.forkpty", "pty.spawn", "os.startfile"),
    }
)
_CHANGES = frozenset(
    {
        *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"),
        *("os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr", "os.chflags"),
    }
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class NotHere(PermissionError):
    """It may not be done in this process."""


def confine() -> None:
    """From now on, and for good."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # a lower one holds already
            resource.setrlimit(limit, (most, most))
    readable = tuple(sorted(_own()))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _PROGRAMS or event in _CHANGES:
            raise NotHere(event)
        if event == "open":
            _look_at_file(arguments, readable)
        elif event == "socket.connect" and isinstance(arguments[1], (str, bytes)):
            raise NotHere(event)

    sys.addaudithook(hook)


def _own() -> set[str]:
    """The program itself: modules are loaded when they are first needed."""
    paths = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *mimetypes.knownfiles}
    paths |= {entry for entry in sys.path if entry.endswith("-packages")}
    return {os.path.realpath(path) for path in paths if path}  # noqa: PTH119, RUF100 - hook's form


def _look_at_file(arguments: tuple[Any, ...], readable: tuple[str, ...]) -> None:
    path, _mode, flags = arguments
    if isinstance(path, int):
        return
    if isinstance(flags, int) and flags & _WRITING:
        raise NotHere("open")
    real = os.path.realpath(os.fsdecode(path))
    if real not in (os.devnull, "/dev/urandom") and not any(
        real == one or real.startswith(f"{one}/") for one in readable
    ):
        raise NotHere("open")
