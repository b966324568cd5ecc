"""The folder in which static files lie ready: one for each state of their sources.

Its name is a digest of all that it is made from. A process finds the folder that belongs to its
code or makes it, whatever an older or newer one has left beside it; so a page never meets the style
sheet of another version, and nobody has to think of ``collectstatic`` after an upgrade.
"""

from __future__ import annotations

import atexit
import errno
import fcntl
import functools
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import storage as djangos
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.core.management import call_command
from whitenoise import compress
from whitenoise import storage as whitenoises

from aniworld.web.assets import joining, storage
from aniworld.web.assets.storage import AssetsStorage

log = logging.getLogger(__name__)

# Of the interface's packages only one is shown.
IGNORED = ["drf_spectacular_sidecar/redoc", "htmax*"]
KEPT = 2  # folders: ours, and one for pages that were open before an upgrade
WAIT_SECONDS = 60.0  # for another process that makes it; it takes one or two
LIST = "files.json"  # written last: every file of the folder, and how long it is
_LOCK = ".lock"
_MAKERS = (joining, storage, djangos, whitenoises, compress)


@functools.cache
def ready() -> Path:
    """The folder with the static files of this code; made first where it is not there.

    Where nothing can be written (a full disk, a read-only file system) it lies in a temporary
    folder until the process ends: pages must be seen then above all.

    Raises:
        OSError: not even that is possible.
        NotJoined: a source is in a form that is not understood.
    """
    root = Path(settings.STATIC_DIR)
    name = digest()
    if _is_whole(root / name):
        return root / name
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _alone(root):
            _make(root, name)
            _clear(root, name)
    except OSError as error:
        log.warning("static=%s cannot be written (%s); a temporary folder is used", root, error)
        root = Path(tempfile.mkdtemp(prefix="aniworld-static-"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        _make(root, name)
    return root / name


def before(current: Path) -> list[Path]:
    """The folders of other versions: pages that are open still ask for what lies there."""
    return [path for path in _by_age(current.parent) if path != current]


def digest() -> str:
    """What the sources are, and what makes something of them, as a short name."""
    sources: dict[str, Any] = {}
    for finder in get_finders():
        for path, found in finder.list(IGNORED):
            prefix = getattr(found, "prefix", None) or ""
            # The first of a name is the one that is taken.
            sources.setdefault(f"{prefix}/{path}".lstrip("/"), (found, path))
    sum_ = hashlib.sha256()
    for module in _MAKERS:
        sum_.update(Path(module.__file__ or "").read_bytes())
    for name in sorted(sources):
        found, path = sources[name]
        content = Path(found.path(path)).read_bytes()
        sum_.update(f"{name}\0{len(content)}\0".encode())
        sum_.update(content)
    return sum_.hexdigest()[:16]


def _make(root: Path, name: str) -> None:
    """Fill a folder that nobody knows, then give it its name."""
    if _is_whole(root / name):  # by another process, while we waited
        return
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".new-", dir=root, ignore_cleanup_errors=True) as half:
        whole = Path(half) / name
        command = Command()
        command.storage = AssetsStorage(location=whole)
        call_command(command, interactive=False, verbosity=0, ignore_patterns=IGNORED)
        (whole / LIST).write_text(json.dumps(_sizes(whole)))
        if (root / name).exists():  # what is not whole is of no use
            shutil.rmtree(root / name)
        whole.rename(root / name)
    log.info("static=%s seconds=%.1f made", root / name, time.monotonic() - started)


def _is_whole(folder: Path) -> bool:
    """Whether all is there: a power cut or a tidy hand may have left a part of it."""
    try:
        listed = json.loads((folder / LIST).read_text())
    except (OSError, ValueError):
        return False
    return bool(listed == _sizes(folder))


def _sizes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.name != LIST
    }


def _clear(root: Path, name: str) -> None:
    """Take away what is older than the last version, and what was begun and never ended."""
    old = [path for path in _by_age(root) if path.name != name][KEPT - 1 :]
    half = root.glob(".new-*")
    for path in (*old, *half):
        shutil.rmtree(path, ignore_errors=True)


def _by_age(root: Path) -> list[Path]:
    """The folders that were made to the end, the youngest first."""
    found = [listed.parent for listed in root.glob(f"*/{LIST}")]
    return sorted(found, key=lambda path: (path / LIST).stat().st_mtime, reverse=True)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the others off: several processes may start at once.

    Raises:
        TimeoutError: another process does not let go.
    """
    handle = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while not _is_held(handle):
            if time.monotonic() > deadline:
                raise TimeoutError(errno.ETIMEDOUT, "another process holds it")
            time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def _is_held(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
