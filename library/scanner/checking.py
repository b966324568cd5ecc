"""Looking at files that nothing has changed: are they as they are known, and can they be read?

A disk that rots tells nobody. A sample each night reads through a library in its time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypedDict

from aniworld.config import reach
from library.borders import Borders, Outside
from library.models import MediaFile
from library.naming.videos import is_disc_image
from library.scanner.reader import MediaReader

log = logging.getLogger(__name__)

SAMPLE = 50  # files
SHOWN = 5  # paths that are named
LONGEST_PATH = 200  # characters of one


class State(StrEnum):
    """How a file was found."""

    WELL = "well"
    GONE = "gone"
    CHANGED = "changed"  # since it was scanned; the next scan reads it
    DAMAGED = "damaged"
    OUTSIDE = "outside"  # it leads out of the library: it is not read


class Checked(TypedDict):
    """What a look at a sample has shown. ``last`` is the key of its last file."""

    checked: int
    gone: int
    changed: int
    damaged: int
    files: list[str]
    last: int


def sample(*, after: int) -> list[MediaFile]:
    """The next files behind that key, from the first one on again where there are too few."""
    present = MediaFile.objects.present().filter(root__is_active=True, size__gt=0)
    ordered = present.select_related("root").order_by("pk")
    found = list(ordered.filter(pk__gt=after)[:SAMPLE])
    if len(found) < SAMPLE:
        found += list(ordered.filter(pk__lte=after)[: SAMPLE - len(found)])
    return found


def check(
    files: Sequence[MediaFile],
    is_stopping: Callable[[], bool],
    tell: Callable[[int, int], object] = lambda _number, _total: None,
) -> Checked:
    """Look at these files, one after the other. Nothing is written.

    Args:
        tell: is told how many of how many were looked at.
    """
    report = Checked(checked=0, gone=0, changed=0, damaged=0, files=[], last=0)
    borders, silent = Borders.now(), set[str]()
    with MediaReader() as reader:
        for number, file in enumerate(files):
            if is_stopping():
                break
            tell(number, len(files))
            report["last"] = file.pk
            if file.root.path in silent:
                continue
            try:
                _note(report, file, _look(file, reader, borders))
            except reach.NoAnswer:
                log.warning("root=%s does not answer; its files wait", file.root.path)
                silent.add(file.root.path)
    return report


def _note(report: Checked, file: MediaFile, state: State) -> None:
    if state is State.OUTSIDE:
        return
    report["checked"] += 1
    if state is State.WELL:
        return
    log.warning("file=%r is %s", file.path, state)
    if state is State.GONE:
        report["gone"] += 1
    elif state is State.CHANGED:
        report["changed"] += 1
    else:
        report["damaged"] += 1
        if len(report["files"]) < SHOWN:
            report["files"].append(file.path[:LONGEST_PATH])


def _look(file: MediaFile, reader: MediaReader, borders: Borders) -> State:
    """Raises ``NoAnswer`` where its disk does not answer."""
    path = file.location
    try:
        reach.ask(file.root.path, lambda: borders.check(path))
        status = reach.ask(file.root.path, path.stat)
    except Outside:
        return State.OUTSIDE
    except reach.NoAnswer:
        raise
    except FileNotFoundError:
        return State.GONE
    except OSError as error:
        log.warning("file=%r cannot be looked at: %s", file.path, error.strerror)
        return State.DAMAGED
    if status.st_size != file.size or status.st_mtime_ns != file.mtime_ns:
        return State.CHANGED
    if is_disc_image(path.name) or file.media_problem:
        return State.WELL  # nobody looks into it, or it is told already
    return State.WELL if reader.info(path).problem is None else State.DAMAGED
